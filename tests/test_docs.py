"""The documentation holds: its commands run, its options exist, its links lead somewhere, its tables are the code's."""

from __future__ import annotations

import ast
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from importer.cli import VERBS
from importer.ledger import State
from importer.orders import CODES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))
RUNNABLE = ["docs/tutorial.md"]


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """The language and the text of each fenced block."""
    for _, language, text in re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.S | re.M):
        yield language, text


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


# -- commands ------------------------------------------------------------------------------------------------------


def transcript(script: list[str], folder: Path) -> list[tuple[str, int]]:
    """Runs the lines in one shell, in an empty folder beside the samples; gives each one's output and exit code."""
    (folder / "samples").symlink_to(ROOT / "samples")
    (folder / "bin").mkdir()
    shim = folder / "bin" / "importer"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m importer "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    told = "\n".join(f"{line}\necho; echo :exit: $?" for line in script)
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BIGCOMMERCE_")}
    environ = {**plain, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    told = told.replace("\necho; echo :exit: $?", "\n_code=$?; echo; echo :exit: $_code")
    done = subprocess.run(
        ["bash", "-c", told],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environ,
        check=False,
        timeout=120,
    )
    parts = re.split(r"^:exit: (\d+)\n", done.stdout.decode(), flags=re.M)
    return list(zip(parts[::2], map(int, parts[1::2]), strict=False))


@pytest.mark.parametrize("name", RUNNABLE)
def test_page_runs_as_it_is_written(name: str, tmp_path: Path) -> None:
    """Every command of the page gives the exit code that its comment states, else 0, and the lines shown below it."""
    page = list(blocks(ROOT / name))
    script = [line for language, text in page if language == "sh" for line in lines_of(text)]
    results = transcript(script, tmp_path)
    assert len(results) == len(script), results[-1:]
    for line, (output, code) in zip(script, results, strict=True):
        stated = re.search(r"# exit code (\d+)", line)
        assert code == int(stated[1] if stated else 0), f"{line}\n{output}"
    said = " ".join(" ".join(output for output, _ in results).split())
    missing = [line for language, text in page if language == "text" for line in lines_of(text)]
    assert [line for line in missing if " ".join(line.split()) not in said] == []


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for language, text in blocks(page):
            if language == "sh":
                found += [(named(page), line) for line in lines_of(text) if line.startswith("importer ")]
    return found


@pytest.mark.parametrize(("page", "line"), commands(), ids=lambda text: text[:60])
def test_command_of_a_page_exists(page: str, line: str) -> None:
    """A command shown anywhere names a verb, and only options that it has."""
    _, verb, *words = shlex.split(line.partition(" # ")[0].partition(" > ")[0])
    assert verb in VERBS, page
    known = {name for one in import_module(f"importer.cli.{verb}").command.params for name in one.opts}
    assert {word for word in words if word.startswith("-")} <= known, page


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


def test_every_state_is_documented() -> None:
    """The reference says what each state of the ledger means."""
    assert list(GENERATE["STATES"]) == list(State)
