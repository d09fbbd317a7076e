"""An export tells its platform by itself."""

from pathlib import Path

import pytest
from fidelity_claims import ROOT, exports

from importer.run.line import find_mapping

TEMPLATES = {"generic-csv"}
SAMPLES = [folder for folder in sorted((ROOT / "samples").iterdir()) if folder.name not in TEMPLATES]


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_a_sample_needs_no_mapping_named(folder: Path) -> None:
    """Of all shipped mappings only its own fits a sample, or fits it best."""
    assert find_mapping(next(iter(sorted(folder.glob("orders.*"))))).name == folder.name


@pytest.mark.parametrize("file", exports("*_csv/*.csv", "etsy/*.csv", "wix/*.csv", "amazon/*.tsv"))
def test_a_real_export_needs_no_mapping_named(file: Path) -> None:
    """A real export is told as well, by its folder's platform."""
    platform = file.parent.name.split("_")[0]
    assert find_mapping(file).name.startswith(platform)
