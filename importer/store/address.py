"""Which store is spoken to, and with which token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from importer.errors import UsageError

API_URL = "https://api.bigcommerce.com"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HASH_VARIABLE = "BIGCOMMERCE_STORE_HASH"
TOKEN_VARIABLE = "BIGCOMMERCE_ACCESS_TOKEN"  # noqa: S105 - the name of a variable, not a token


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A store at an API. The token never shows in a repr, a log line or a message."""

    hash: str
    token: str = field(repr=False)
    api_url: str = API_URL

    @property
    def url(self) -> str:
        """The root below which `/v2/...` and `/v3/...` lie."""
        return f"{self.api_url}/stores/{self.hash}"

    @property
    def name(self) -> str:
        """What a ledger is bound to: the API's host and the store; no port, a sandbox changes it at each start."""
        return f"{urlsplit(self.api_url).hostname}/stores/{self.hash}"

    @property
    def loopback(self) -> bool:
        """Whether the store is on this machine."""
        return urlsplit(self.api_url).hostname in LOOPBACK


def store_address(environ: Mapping[str, str], store: str = "", api_url: str = "") -> StoreAddress:
    """The store named by `--store` or BIGCOMMERCE_STORE_HASH, with the token of BIGCOMMERCE_ACCESS_TOKEN.

    `api_url` replaces https://api.bigcommerce.com, for a server on this machine only: the token must not travel.
    Raises UsageError where one of the three is missing or cannot be used.
    """
    return StoreAddress(_hash(store or environ.get(HASH_VARIABLE, "")), _token(environ), _api_url(api_url))


def _hash(text: str) -> str:
    if not text:
        raise UsageError(f"no store is named; give --store HASH or set {HASH_VARIABLE}")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise UsageError(
            f"the store hash {text[:64]!r} is not one: letters and digits, as in api.bigcommerce.com/stores/HASH"
        )
    return text


def _token(environ: Mapping[str, str]) -> str:
    token = environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise UsageError(f"no access token; set {TOKEN_VARIABLE} (an API account's token with the Orders scope)")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise UsageError(f"{TOKEN_VARIABLE} holds blanks or control characters; copy the token again")
    return token


def _api_url(text: str) -> str:
    if not text:
        return API_URL
    try:
        parts = urlsplit(text)
        local = parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK and parts.username is None
        usable = local and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(
            f"--api-url {text[:80]!r} is not on this machine; only http://127.0.0.1:PORT may replace {API_URL}"
        )
    return f"{parts.scheme}://{parts.netloc}"
