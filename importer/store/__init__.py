"""The wire: one store's orders over HTTP, paced by its quota, every answer read for what it means."""

from importer.store.address import StoreAddress, store_address
from importer.store.answers import Answer, CallFailed, Created, InDoubt, NotCreated, Refused, Rejected
from importer.store.client import OrdersClient
from importer.store.clock import CLOCK, Clock
from importer.store.pacing import Pacer

__all__ = [
    "CLOCK",
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
    "store_address",
]
