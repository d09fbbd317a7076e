"""The installed package works outside a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("order_importer-*.whl"))


@pytest.mark.parametrize(
    "name", ["mappings/shopify-csv.yml", "schemas/order.schema.json", "samples/shopify-csv/orders.csv"]
)
def test_wheel_holds_data(wheel: Path, name: str) -> None:
    """Mappings, schemas and samples are inside the wheel."""
    assert f"importer/{name}" in zipfile.ZipFile(wheel).namelist()


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Templates, styles, scripts and tables that lie beside the modules are inside the wheel."""
    beside = [path for path in (ROOT / "importer").rglob("*.*") if path.suffix in {".j2", ".css", ".js", ".tsv"}]
    names = {str(path.relative_to(ROOT)) for path in beside}
    assert names
    assert names <= set(zipfile.ZipFile(wheel).namelist())


def test_demo_runs_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """`importer demo` of the installed wheel, in an environment of its own outside the checkout, proves its orders."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=120)
    binaries = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
    done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    demo = subprocess.run(
        [str(binaries / "importer"), "demo"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
        timeout=120,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "equal: every order is in the store once, to the cent" in demo.stdout
