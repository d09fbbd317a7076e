"""What a compiled mapping says of an order beside its body: substitutions, and in the slow twin its problems."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from importer.errors import FieldError, Undecided
from importer.model import Body, Problem, Substitution

MOST_REPEATED = 100_000


class Notes(list[Substitution]):
    """The substitutions of one order, as the generated code records them. `after`: what is sent after it."""

    after: Body | None = None
    repeated = 0

    def over(self, listed: list[Any]) -> list[Any]:
        """The list, for a loop over it; loops inside one another have their end in what one order may repeat.

        Errors: FieldError `size`.
        """
        self.repeated += len(listed)
        if self.repeated > MOST_REPEATED:
            raise FieldError("size", f"the mapping's loops go over more than {MOST_REPEATED:,} values in this order")
        return listed

    def __call__(self, code: str, path: str | tuple[str, int], from_: object, to: object, origin: str = "") -> None:
        shown = path if isinstance(path, str) else path[0].replace("%d", str(path[1]), 1)
        self.append(Substitution(code, shown, str(from_)[:80], str(to)[:80], origin))


class Traps(list[Problem]):
    """The problems of one order, caught field by field by the slow twin, and the money that they hold up."""

    currency = ""
    total: Decimal | None = None

    def __call__(self, error: Exception, path: str | tuple[str, int], origin: str) -> None:
        shown = path if isinstance(path, str) else path[0].replace("%d", str(path[1]), 1)
        self.append(_problem(error, shown, origin))

    def money(self, currency: str, total: Decimal | None) -> None:
        """The source's total, told before the money is proved."""
        self.currency, self.total = currency, total

    def adds_up(self) -> bool:
        """Whether the money can still be proved: no line of the order was lost, and no figure of it."""
        return not any(problem.path.startswith(("products", "money.", "total_inc_tax")) for problem in self)


def _problem(error: Exception, path: str, origin: str) -> Problem:
    if isinstance(error, Undecided):
        return Problem(error.code, path, str(error), origin, (error.table, *error.keys))
    if isinstance(error, FieldError):
        return Problem(error.code, path, str(error), origin)
    return Problem("type", path, f"the expression does not fit the value: {type(error).__name__}: {error}", origin)
