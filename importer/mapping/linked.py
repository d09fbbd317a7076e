"""Tables that link orders with what the store has already: customers by e-mail, variants by SKU, from a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from importer.crosswalk import Crosswalk, read_crosswalk
from importer.errors import FieldError, Finding, Undecided, UsageError
from importer.mapping.yaml_file import Node


class Link(NamedTuple):
    """What a look-up gives; with a code where it is not what was looked for, and what was."""

    value: Any
    code: str = ""
    wanted: str = ""


UNKNOWN = {"customers": ("undecided", "guest", "parked"), "variants": ("undecided", "custom-line", "parked")}
"""What may become of an order whose key the store does not have. The first is the default."""

GUEST = Link(0)
CUSTOM_LINE: dict[str, int] = {}


class LinkedRows(dict[str, Any]):
    """The rows of a snapshot: looked up one by one, never held. It is empty as a dict."""

    def __init__(self, name: str, crosswalk: Crosswalk, of: str, unknown: str) -> None:
        super().__init__()
        self._name, self._unknown = name, unknown
        find = {"customers": self._customer, "variants": self._variant}[of]
        self._crosswalk = crosswalk
        self.find: Callable[[str], Link] = lru_cache(4096)(find)
        """What the store has for a key. Errors: Undecided, FieldError `parked`, FieldError `several-hits`."""

    def _customer(self, email: str) -> Link:
        if not email.strip():
            return GUEST
        ids = self._crosswalk.customers(email)
        if len(ids) > 1:
            raise _several(self._name, f"{len(ids)} customers of the store have this order's e-mail")
        return Link(ids[0]) if ids else self._absent("", "a customer with this order's e-mail", GUEST.value)

    def _variant(self, sku: str) -> Link:
        if not sku.strip():
            return Link(CUSTOM_LINE)
        found = self._crosswalk.variants(sku)
        if len(found) > 1:
            raise _several(self._name, f"{len(found)} variants of the store have the SKU '{sku[:40]}'")
        if not found:
            return self._absent(sku, f"the SKU '{sku[:40]}'", CUSTOM_LINE)
        if found[0].required:
            return Link(CUSTOM_LINE, "options-required", sku)
        return Link({"product_id": found[0].product_id, "variant_id": found[0].variant_id})

    def _absent(self, key: str, wanted: str, otherwise: Any) -> Link:
        if self._unknown == "parked":
            raise FieldError(
                "parked", f"table '{self._name}': the store does not have {wanted} yet; parked until it does"
            )
        if self._unknown == "undecided":
            raise Undecided(self._name, (key or wanted,))
        return Link(otherwise, "customer-unknown" if not key else "product-unknown", key)


def _several(name: str, what: str) -> FieldError:
    return FieldError("several-hits", f"table '{name}': {what}; a person must make them one, then take a new snapshot")


def is_linked(node: Node) -> bool:
    """Whether an entry of `tables` names a snapshot."""
    return "snapshot" in node.value and set(node.value) <= {"snapshot", "of", "unknown"}


def read_linked(name: str, node: Node, path: Path | None) -> tuple[dict[str, Any], list[Finding]]:
    """The rows of a snapshot beside the mapping, and what is wrong with the entry."""
    file, of = node.value["snapshot"], str(node.value["of"].value) if "of" in node.value else ""
    if of not in UNKNOWN:
        return {}, [Finding(file.origin, f"table '{name}': `of` is customers or variants, not '{of}'")]
    unknown = str(node.value["unknown"].value) if "unknown" in node.value else UNKNOWN[of][0]
    if unknown not in UNKNOWN[of]:
        allowed = ", ".join(UNKNOWN[of])
        return {}, [Finding(file.origin, f"table '{name}': `unknown` of {of} is {allowed}, not '{unknown}'")]
    if path is None:
        return {}, [Finding(file.origin, f"'{file.value}' must be the plain name of a file beside the mapping")]
    try:
        return LinkedRows(name, read_crosswalk(path), of, unknown), []
    except UsageError as error:
        return {}, [Finding(file.origin, str(error))]
