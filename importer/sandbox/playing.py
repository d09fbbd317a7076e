"""Playing a fault: the store acts before it, after it, late, twice, or not at all."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from importer.sandbox import orders
from importer.sandbox.breakages import AFTER, BREAKAGES, LATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.faults import Rule
    from importer.sandbox.shop import Shop
    from importer.sandbox.wire import Answer

    Act = Callable[[], tuple[Answer, int | None]]


def play(rule: Rule, act: Act, shop: Shop) -> Answer:
    """What the client gets under a rule. `act` does what was asked and gives the answer and the new order's id."""
    spoil = BREAKAGES[rule.do][1]
    if rule.when == LATE:
        threading.Thread(target=_late, args=(rule, act, shop), daemon=True).start()
        return spoil(None, rule.seconds if rule.do == "hang" else 0.0)
    if rule.do == "shut":
        shop.closed_until = shop.clock.now() + rule.seconds
    made, order_id = act() if rule.when == AFTER else (None, None)
    if made and made.status >= 300:
        return made
    if rule.do == "replay":
        act()
    if rule.do == "unseen" and order_id:
        _hide(order_id, rule.seconds, shop)
    return spoil(made, rule.seconds)


def _late(rule: Rule, act: Act, shop: Shop) -> None:
    """The store acts when the client has long heard of an error."""
    dice = random.Random(rule.seed)  # noqa: S311 - a rehearsal, no secret
    shop.clock.sleep(rule.seconds or dice.random() * shop.switches.late_commit)
    if shop.closing:
        return
    with suppress(ConnectionAbortedError):
        _, order_id = act()
        shop.note("late", order_id=order_id)


def _hide(order_id: int, seconds: float, shop: Shop) -> None:
    with shop.state.transaction():
        record = shop.state.order(order_id)
        if record:
            record["first"] += seconds
            orders.save(record, shop)
