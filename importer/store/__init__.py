"""The wire: one store's orders over HTTP, paced by its quota, every answer read for what it means."""

from importer.store.address import StoreAddress, store_address
from importer.store.answers import Answer, CallFailed, Created, InDoubt, NotCreated, Refused, Rejected
from importer.store.client import PAGE, OrdersClient, is_last, rising
from importer.store.clock import CLOCK, Clock
from importer.store.pacing import Pacer
from importer.store.quota import read_quota

__all__ = [
    "CLOCK",
    "PAGE",
    "Answer",
    "CallFailed",
    "Clock",
    "Created",
    "InDoubt",
    "NotCreated",
    "OrdersClient",
    "Pacer",
    "Refused",
    "Rejected",
    "StoreAddress",
    "is_last",
    "read_quota",
    "rising",
    "store_address",
]
