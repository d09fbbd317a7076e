"""The verdict as JUnit XML, which every build server shows: one test a cause, failed if it stops the run."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

_NOT_XML = re.compile("[^\\t\\n\\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, even escaped."""


def junit_xml(figures: dict[str, Any]) -> bytes:
    """One test case for the verdict, one for each cause of refusals, one for each answer of the store."""
    ledger = figures.get("ledger", {"store": "", "answers": []})
    causes = [*figures.get("causes", []), *ledger["answers"]]
    failures = len(causes) + bool(figures["reasons"])
    name = _text(figures.get("export", ledger["store"]))
    suite = Element("testsuite", name=name, tests=str(len(causes) + 1), failures=str(failures))
    verdict = SubElement(suite, "testcase", classname=f"importer.{figures['stage']}", name="verdict")
    if figures["reasons"]:
        SubElement(verdict, "failure", message=figures["verdict"]).text = _text("\n".join(figures["reasons"]))
    for cause in causes:
        case = SubElement(
            suite, "testcase", classname=f"importer.{cause['code']}", name=_text(cause["path"] or "order")
        )
        told = _text("\n".join(f"{example['order']}: {example['message']}" for example in cause["examples"]))
        SubElement(case, "failure", message=f"{cause['orders']} orders").text = told
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(tostring(suite, encoding="utf-8"))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
