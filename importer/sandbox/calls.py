"""One call of one resource: what a route's function is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from importer.sandbox.wire import InvalidJson, not_found, read_json, refused

if TYPE_CHECKING:
    from importer.sandbox.shop import Shop
    from importer.sandbox.state import Record
    from importer.sandbox.wire import Request


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in. `ids`: the numbers of its path, in order."""

    shop: Shop
    request: Request
    ids: tuple[int, ...]

    @property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        return self.request.query

    def body(self) -> dict[str, Any]:
        """The JSON object sent. Raises Refused for anything else."""
        value = self.value()
        if not isinstance(value, dict):
            raise refused(400, "The request body must be a JSON object.")
        return value

    def value(self) -> Any:
        """The JSON value sent. Raises Refused: 400 without JSON or without its type, 415 for another type.

        Source: status codes guide: malformed JSON, missing Content-Type, 415.
        """
        kind = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not kind:
            raise refused(400, "The header Content-Type is missing; it must be application/json.")
        if kind != "application/json":
            raise refused(415, "The content type of the request is not supported; it must be application/json.")
        try:
            return read_json(self.request.body)
        except InvalidJson as error:
            raise refused(400, "The request body is not valid JSON.") from error

    def order(self) -> Record:
        """The order that the path names first. Raises Refused: 404."""
        record = self.shop.state.order(self.ids[0])
        if record is None:
            raise not_found()
        return record
