"""The documentation holds: its commands run, its options exist, its links lead somewhere, its tables are the code's."""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docs_pages import NOT_RUN, Setting
from docs_pages import PAGES as DOCS_SETTINGS

from importer.cli import VERBS
from importer.ledger import State
from importer.mapping import load_mapping
from importer.orders import CODES
from importer.run.line import open_line
from importer.sandbox.process import start

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """The language and the text of each fenced block."""
    for _, language, text in re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.S | re.M):
        yield language, text


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


# -- commands ------------------------------------------------------------------------------------------------------

SHIM = """#!/bin/sh
case "$*" in
*"--store sandbox"*) ;;
run* | verify* | undo* | snapshot* | doctor*) set -- "$@" --api-url "$SANDBOX_URL" ;;
esac
exec "{python}" -m importer "$@"
"""
"""`importer`; where a page speaks to a real store, the test's sandbox takes its place."""


@pytest.fixture
def store() -> Iterator[dict[str, str]]:
    """The environment in which a real store's credentials are those of an empty sandbox."""
    with start(plan="unlimited") as sandbox:
        yield {
            "BIGCOMMERCE_STORE_HASH": sandbox.store,
            "BIGCOMMERCE_ACCESS_TOKEN": sandbox.token,
            "SANDBOX_URL": sandbox.url,
            "IMPORTER_PSEUDONYM_KEY": "a key of the tests, as long as a key must be",
        }


def script_of(page: Path) -> list[str]:
    """The lines of a page's shell blocks that can be run, in their order."""
    lines = [line for language, text in blocks(page) if language == "sh" for line in lines_of(text)]
    return [line for line in lines if not line.startswith(tuple(NOT_RUN))]


def transcript(script: list[str], setting: Setting, folder: Path, store: dict[str, str]) -> list[tuple[str, int]]:
    """Runs the lines in one shell, in a folder beside the samples; gives each one's output and exit code."""
    (folder / "bin").mkdir()
    shim = folder / "bin" / "importer"
    shim.write_text(SHIM.format(python=sys.executable), encoding="utf-8")
    shim.chmod(0o755)
    told = [setting.first]
    for line in script:
        by_hand = setting.before.get(command_of(line), ":")
        told.append(f"{by_hand}\n{line}\n_code=$?; echo; echo :exit: $_code")
    environ = {**os.environ, **store, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", "\n".join(told)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environ,
        check=False,
        timeout=120,
    )
    parts = re.split(r"^:exit: (\d+)\n", done.stdout.decode(), flags=re.M)
    return list(zip(parts[::2], map(int, parts[1::2]), strict=False))


def command_of(line: str) -> str:
    """A line without its comment."""
    return line.partition("  #")[0].partition(" # ")[0].strip()


@pytest.mark.parametrize("name", DOCS_SETTINGS)
def test_page_runs_as_it_is_written(name: str, tmp_path: Path, store: dict[str, str]) -> None:
    """Every command of the page gives the exit code that its comment states, else 0, and the lines shown below it."""
    page, setting = ROOT / name, DOCS_SETTINGS[name]
    for folder in ("samples", "mappings"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for number, text in enumerate((text for language, text in blocks(page) if language == "yaml"), 1):
        (tmp_path / f"block-{number}.yml").write_text(textwrap.dedent(text), encoding="utf-8")
    script = script_of(page)
    results = transcript(script, setting, tmp_path, store)
    assert len(results) == len(script), results[-1:]
    for line, (output, code) in zip(script, results, strict=True):
        stated = re.search(r"# exit code (\d+)", line)
        assert code == int(stated[1] if stated else setting.codes.get(command_of(line), 0)), f"{line}\n{output}"
    said = " ".join(" ".join(output for output, _ in results).split())
    missing = [line for language, text in blocks(page) if language == "text" for line in lines_of(text)]
    assert [line for line in missing if " ".join(line.split()) not in said] == []


def test_every_command_is_run_or_says_why_not() -> None:
    """A page that shows commands is run, but for lines with a written reason; no setting or reason is left over."""
    assert {named(page) for page in PAGES if script_of(page)} == set(DOCS_SETTINGS)
    shown = [line for page in PAGES for language, text in blocks(page) if language == "sh" for line in lines_of(text)]
    assert [begin for begin in NOT_RUN if not any(line.startswith(begin) for line in shown)] == []
    by_hand = {line for setting in DOCS_SETTINGS.values() for line in (*setting.before, *setting.codes)}
    assert by_hand <= set(map(command_of, shown))


# -- links ---------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link names a file of the repository, and a heading that it has."""
    broken = []
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, heading = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if "://" not in link and (not path.exists() or (heading and heading not in anchors(path))):
            broken.append(link)
    assert broken == []


def test_every_page_is_linked_from_the_index() -> None:
    """docs/README.md leads to every page of the documentation."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {str(page.relative_to(ROOT / "docs")) for page in PAGES if "docs" in page.parts} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([^)#]+)\)", index))


# -- tables --------------------------------------------------------------------------------------------------------


def test_readme_has_every_mapping() -> None:
    """The README's table is what the heads of the shipped mappings say; `python docs/generate.py` writes it."""
    assert (ROOT / "README.md").read_text(encoding="utf-8") == GENERATE["readme"]()


def test_readme_names_every_verb() -> None:
    """The README's tables have a row for each verb."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"`importer {verb}" not in text] == []


def test_readme_mapping_works(tmp_path: Path) -> None:
    """The mapping on the README's page holds no mistake, and maps as many orders of the sample as the page says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (written,) = (block for language, block in blocks(ROOT / "README.md") if language == "yaml")
    (tmp_path / "readme.yml").write_text(written, encoding="utf-8")
    counts = []
    for name in (str(tmp_path / "readme.yml"), "shopify-csv"):
        with open_line(ROOT / "samples" / "shopify-csv" / "orders.csv", load_mapping(name)) as line:
            orders = list(line.orders(datetime.now(UTC)))
        counts.append(sum(bool(order.sendable) for order in orders))
    stated = re.search(r"sends (\d+) of the (\d+) orders .*?sends (\d+)\.", text, re.S)
    assert stated
    assert (*counts, len(orders)) == (int(stated[1]), int(stated[3]), int(stated[2]))


def test_readme_shows_the_report() -> None:
    """The picture is there, and small enough for a repository."""
    assert "](docs/report.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert 20_000 < (ROOT / "docs" / "report.png").stat().st_size < 200_000


def raised_codes() -> set[str]:
    """The codes of the problems that the package makes, read from its code."""
    found = {"refused"}  # in generated code
    for file in (ROOT / "importer").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                undecided = name == "__init__" and node.args[0].value == "undecided"
                if name in ("Problem", "FieldError", "_problem") or undecided:
                    found.add(str(node.args[0].value))
    return found


def test_every_problem_code_is_documented() -> None:
    """The reference has each code that the code can give, and no other."""
    others = set(GENERATE["OTHER_CODES"])
    assert raised_codes() - set(CODES) == others
    assert not others & set(CODES)


def exit_codes() -> set[int]:
    """The exit codes that stand in the code: of errors, and of verbs."""
    text = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "importer").rglob("*.py")))
    stated = re.findall(r"(?:exit_code = |code = |context\.exit\()(\d+)", text)
    chosen = re.findall(r"(?:context\.exit\(|^    +return )(\d+) if .* else (\d+)", text, re.M)
    returned = re.findall(r"is Stop\.\w+:\n +return (\d+)", text)
    return {int(code) for code in (*stated, *returned, *(one for pair in chosen for one in pair))}


def test_every_exit_code_is_documented() -> None:
    """The reference says what each exit code of the errors and the verbs means."""
    known = set(GENERATE["EXIT_CODES"])
    assert exit_codes() - {0} <= known
    assert known >= {0, 1, 2, 3, 4, 130}


def test_every_state_is_documented() -> None:
    """The reference says what each state of the ledger means."""
    assert list(GENERATE["STATES"]) == list(State)
