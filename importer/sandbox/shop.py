"""The store's inside, as orders and routes use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importer.sandbox.clock import Clock
    from importer.sandbox.config import Config, Switches
    from importer.sandbox.state import State


class Shop:
    """What one store is at this moment.

    `settings`: what GET /v2/store shows, and behind `inventory`, `automatic_tax` and `hooks` what steers side effects.
    `links`: the address that the links in V2 answers begin with. `closed_until`: until when the store answers 503.
    `closing`: the sandbox ends, nothing late is done any more.
    """

    def __init__(self, config: Config, switches: Switches, clock: Clock, state: State) -> None:
        self.config = config
        self.switches = switches
        self.clock = clock
        self.state = state
        self.settings: dict[str, Any] = {}
        self.closed_until = 0.0
        self.closing = False
        self.links = f"https://api.bigcommerce.com/stores/{config.store}/v2"

    def note(self, kind: str, **detail: Any) -> None:
        """One line in the journal, at this moment of store time."""
        self.state.note(self.clock.now(), kind, detail)
