"""What hangs on an order, held to the limits of the store before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from importer.model import Body, Problem

PROVIDERS = re.compile(r"|auspost|canadapost|endicia|fedex|royalmail|shipperhq|ups|upsready|upsonline|usps|carrier_\d+")
"""Source: V2 createOrderShipments `shipping_provider`."""

PERMISSIONS = ("app_only", "read", "write", "read_and_sf_access", "write_and_sf_access")
"""Source: V3 `MetafieldBase_Post.permission_set`."""

MOST_METAFIELDS = 250
"""Of one order and one API account. Source: V3 createOrderMetafield."""

LENGTHS = {
    "shipments": {"tracking_number": (1, 50), "tracking_link": (1, 500), "comments": (1, 65_535)},
    "metafields": {"namespace": (1, 64), "key": (1, 64), "value": (1, 65_535), "description": (0, 255)},
}
"""Characters, at least and at most. Source: V2 `orderShipment_Post`, V3 `MetafieldBase_Post`."""


def problems_after(after: Body) -> tuple[Problem, ...]:
    """Why the store would refuse what hangs on an order; () when it would not."""
    return (*_lengths(after), *_words(after), *_most(after))


def _lengths(after: Body) -> Iterator[Problem]:
    for kind, limits in LENGTHS.items():
        for number, one in enumerate(after.get(kind, ())):
            for name, (least, most) in limits.items():
                length = len(one.get(name, "x" * least))
                path = f"after.{kind}[{number}].{name}"
                if length < least:
                    yield Problem("too-short", path, "is blank; the store needs a text here")
                elif length > most:
                    yield Problem("too-long", path, f"has {length:,} characters, the store takes {most:,} at most")


def _words(after: Body) -> Iterator[Problem]:
    for number, one in enumerate(after.get("shipments", ())):
        if not PROVIDERS.fullmatch(one.get("shipping_provider", "")):
            named = one["shipping_provider"][:60]
            said = f"'{named}' is no shipping provider of the store; leave it out, or use a table"
            yield Problem("wrong-value", f"after.shipments[{number}].shipping_provider", said)
    for number, one in enumerate(after.get("metafields", ())):
        if one["permission_set"] not in PERMISSIONS:
            said = f"'{one['permission_set'][:60]}' is none of {', '.join(PERMISSIONS)}"
            yield Problem("wrong-value", f"after.metafields[{number}].permission_set", said)


def _most(after: Body) -> Iterator[Problem]:
    count = len(after.get("metafields", ()))
    if count > MOST_METAFIELDS:
        said = f"the order has {count:,} metafields, the store takes {MOST_METAFIELDS} of one order"
        yield Problem("too-many-items", "after.metafields", said)
