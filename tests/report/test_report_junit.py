"""The verdict for build servers."""

from xml.etree import ElementTree

from report_orders import refused, told_of, undecided, valid

from importer.model import Problem
from importer.report.junit import junit_xml


def cases(content: bytes) -> list[tuple[str | None, bool]]:
    suite = ElementTree.fromstring(content)  # noqa: S314 - our own output
    return [(case.get("name"), case.find("failure") is not None) for case in suite.iter("testcase")]


def test_each_cause_is_a_failed_case() -> None:
    """A go with refused orders has a passed verdict and a failure for each cause."""
    assert cases(junit_xml(told_of(valid(1), refused(2), refused(3), undecided(4, "odd")))) == [
        ("verdict", False),
        ("date_created", True),
        ("status_id", True),
    ]


def test_no_go_fails_the_verdict() -> None:
    """The verdict's case fails with the reasons."""
    content = junit_xml(told_of(valid(1), reasons=["too many"]))
    assert cases(content) == [("verdict", True)]
    assert b"too many" in content


def test_characters_that_xml_forbids_are_replaced() -> None:
    """Control characters and half characters of an export leave the document well-formed."""
    content = junit_xml(told_of(refused("1\x00\x0b", Problem("x", "", "bell \x07 half \ud83d"))))
    assert "bell \ufffd half \ufffd" in content.decode()
    assert len(cases(content)) == 2
