"""Where a value of the body belongs, also where its index is only known when the order is mapped."""

from __future__ import annotations

from dataclasses import dataclass

from importer.mapping.terms import Place


@dataclass(frozen=True, slots=True)
class Path:
    """A field of the body: how it is shown in messages, and the code of its path where an index is only known later."""

    shown: str
    index: str = ""

    def child(self, key: str) -> Path:
        return Path(f"{self.shown}.{key}" if self.shown else key, self.index)

    def item(self, index: str) -> Path:
        return Path(f"{self.shown}[%d]", index)

    def place(self, origin: str) -> Place:
        return Place(self.code, self.plain, origin)

    @property
    def plain(self) -> str:
        """As messages show it before there is an order: `products[].name`."""
        return self.shown.replace("%d", "")

    @property
    def code(self) -> str:
        return f"({self.shown!r}, {self.index})" if self.index else repr(self.shown)
