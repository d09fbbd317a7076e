"""A whole migration's leavings, searched for canaries: no token anywhere, people only where the documents say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import TOKEN, importer, migrate, write_canaries

from importer.sandbox.process import Process, start

ROOT = Path(__file__).parent.parent.parent
PRIVACY = ROOT / "docs" / "explanation" / "privacy.md"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, Path, dict[str, str]]]:
    """A store, the folder of a migration into it, and what the verbs said."""
    folder = tmp_path_factory.mktemp("canaries")
    with start(TOKEN, plan="unlimited", window=1.0, customers=20, products=5) as store:
        yield store, folder, migrate(store, folder)


def birds(text: str) -> list[str]:
    """The canaries in a text."""
    return re.findall(r"canary\w*|bird\d+|bird\.example|5\.?55 ?0199", text.lower().replace(TOKEN, "the token itself"))


def leavings(folder: Path) -> dict[str, str]:
    """Every file below the folder, but for the export, as text."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "orders.csv"]
    return {str(path.relative_to(folder)): path.read_bytes().decode("utf-8", "replace") for path in files}


def documented(answer: str) -> set[str]:
    """The file names that the page on privacy gives that answer for."""
    rows = re.findall(r"^\| (.*?) \| (yes|no)\b.*\|$", PRIVACY.read_text(encoding="utf-8"), re.M)
    return {name for names, said in rows if said == answer for name in re.findall(r"`([^`]+)`", names)}


def test_the_token_is_nowhere(story: tuple[Process, Path, dict[str, str]]) -> None:
    """Neither in a file nor in anything that a verb says."""
    _, folder, said = story
    assert [name for name, text in {**leavings(folder), **said}.items() if TOKEN in text] == []


def test_people_are_only_where_the_documents_say(story: tuple[Process, Path, dict[str, str]]) -> None:
    """The page on privacy names every file of the leavings, and those that it calls free of people are."""
    _, folder, _ = story
    found = {Path(name).name for name, text in leavings(folder).items() if birds(text)}
    all_names = {re.sub(r"-(wal|shm)$", "", Path(name).name) for name in leavings(folder)}
    assert found <= documented("yes")
    assert all_names <= documented("yes") | documented("no")
    assert documented("yes") & all_names == found  # the page cries no wolf


def test_what_verbs_say_of_people_is_what_they_quote(story: tuple[Process, Path, dict[str, str]]) -> None:
    """Only validate and map, which show why an order is refused, quote a value of the export."""
    assert {verb for verb, text in story[2].items() if birds(text)} <= {"validate", "map", "run"}


def test_a_person_is_forgotten(story: tuple[Process, Path, dict[str, str]]) -> None:
    """forget lists the traces first; with --yes nothing of the person is left but in the export, which it names."""
    store, folder, _ = story
    wanted = "canary1015@bird.example"
    listed = importer(store, folder, "forget", wanted, ".", "--export", "orders.csv", codes=(1,))
    assert "shopify-csv:#1015 (archived) is order" in listed
    assert "1 lines found" in listed
    told = importer(store, folder, "forget", wanted, ".", "--export", "orders.csv", "--yes", codes=(1,))
    assert "1 traces are left" in told
    left = {name for name, text in leavings(folder).items() if re.search(r"canary1015\b|bird1015\b", text.lower())}
    assert left == set()
    (folder / "orders.csv").unlink()
    assert "nothing of the person is left" in importer(store, folder, "forget", wanted, codes=(0,))


def test_a_customer_is_taken_out_of_a_snapshot(tmp_path: Path) -> None:
    """By the hash of the e-mail; the others stay."""
    with start(TOKEN, plan="unlimited", window=1.0, customers=20, products=5) as store:
        importer(store, tmp_path, "snapshot", "--into", "s", "--api-url", store.url)
        wanted = "customer7@example.com"
        assert "customer 7 found" in importer(store, tmp_path, "forget", wanted, "s", codes=(1,))
        assert "customer 7 removed" in importer(store, tmp_path, "forget", wanted, "s", "--yes", codes=(0,))
        assert "customer" not in importer(store, tmp_path, "forget", wanted, "s", codes=(0,)).split("looked")[0]
        assert "customer 8 found" in importer(store, tmp_path, "forget", "customer8@example.com", "s", codes=(1,))


def test_an_address_is_read_from_stdin_or_refused(tmp_path: Path) -> None:
    """What is no e-mail is a mistake of the command line."""
    write_canaries(tmp_path / "orders.csv")
    with start(TOKEN) as store:
        assert "forget takes an e-mail" in importer(store, tmp_path, "forget", "Ada", codes=(2,))
