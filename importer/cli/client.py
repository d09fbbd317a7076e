"""The store that a verb speaks to: its options, its address, its client."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import click

from importer.cli.options import Between
from importer.errors import UsageError
from importer.ledger import POSTGRES, shared_quota
from importer.run.shared_pacing import SharedPacer
from importer.sandbox.process import start
from importer.store import OrdersClient, Pacer, StoreAddress, store_address

F = TypeVar("F", bound=Callable[..., Any])

_SHARE = Between(1, 100)
_PATIENCE = Between(1, 600)
REHEARSAL = StoreAddress("sandbox", "", "http://127.0.0.1")
"""What `--store sandbox` is called in a ledger: its port changes with each start, its name does not."""

_OPTIONS = (
    click.option("--store", default="", metavar="HASH", help="The store's hash, or `sandbox` for one on this machine."),
    click.option(
        "--api-url", default="", metavar="URL", help="A server on this machine in place of api.bigcommerce.com."
    ),
    click.option("--quota-share", type=_SHARE, default=100.0, show_default=True, help="Percent of the quota."),
    click.option("--timeout", type=_PATIENCE, default=60.0, show_default=True, help="Seconds to wait for an answer."),
)


def store_options(command: F) -> F:
    """The options that say which store, and how fast it is spoken to."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def address_of(options: dict[str, Any]) -> StoreAddress:
    """The store that the options name; its token comes from the environment. Raises UsageError."""
    if options["store"] == "sandbox" and not options["api_url"]:
        return REHEARSAL
    return store_address(os.environ, options["store"], options["api_url"])


@contextmanager
def client_of(
    address: StoreAddress, ledger: str, options: dict[str, Any], *, shared: bool = False
) -> Iterator[OrdersClient]:
    """A client for the store; `shared`: its quota is that of all workers of the ledger.

    A rehearsal's store is started here; its orders last in a file beside the ledger.
    """
    pacer = Pacer(share=options["quota_share"] / 100)
    if shared and address is not REHEARSAL:
        with closing(shared_quota(ledger, address.name)) as account:
            pacer = SharedPacer(account, share=options["quota_share"] / 100)
            yield OrdersClient(address, timeout=options["timeout"], pacer=pacer)
        return
    if address is not REHEARSAL:
        yield OrdersClient(address, timeout=options["timeout"], pacer=pacer)
        return
    if ledger.startswith(POSTGRES):
        raise UsageError(
            "--store sandbox keeps its orders in a file beside the ledger's: name a ledger in a file, or start"
            " `importer sandbox` and pass its --api-url"
        )
    with start(state=f"{ledger.removeprefix('sqlite:///')}.sandbox", plan="enterprise") as sandbox:
        rehearsal = StoreAddress(sandbox.store, sandbox.token, sandbox.url)
        yield OrdersClient(rehearsal, timeout=options["timeout"], pacer=pacer)
