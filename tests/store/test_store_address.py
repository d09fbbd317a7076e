"""Which store is spoken to: from the environment, and on this machine only where another API is named."""

from __future__ import annotations

import pytest

from importer.errors import UsageError
from importer.store import StoreAddress, store_address

ENVIRON = {"BIGCOMMERCE_ACCESS_TOKEN": "tok3n", "BIGCOMMERCE_STORE_HASH": "abc"}


def test_the_store_of_the_environment() -> None:
    """Hash and token come from the environment; --store goes before it."""
    assert store_address(ENVIRON).url == "https://api.bigcommerce.com/stores/abc"
    assert store_address(ENVIRON, "xyz").url == "https://api.bigcommerce.com/stores/xyz"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9/"])
def test_a_store_on_this_machine(url: str) -> None:
    """Loopback may replace the API; the paths stay, and the ledger's name for it leaves the port out."""
    address = store_address(ENVIRON, api_url=url)
    assert address.url == url.rstrip("/") + "/stores/abc"
    assert address.loopback
    assert ":" not in address.name.replace("::1", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
    ],
)
def test_the_token_does_not_travel(url: str) -> None:
    """Any other host is refused, however much it looks like loopback."""
    with pytest.raises(UsageError, match="not on this machine"):
        store_address(ENVIRON, api_url=url)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "BIGCOMMERCE_STORE_HASH"),
        ({"BIGCOMMERCE_STORE_HASH": "abc"}, "BIGCOMMERCE_ACCESS_TOKEN"),
        ({**ENVIRON, "BIGCOMMERCE_STORE_HASH": "abc/../xyz"}, "store hash"),
        ({**ENVIRON, "BIGCOMMERCE_ACCESS_TOKEN": "a\r\nHost: b"}, "blanks or control"),
        ({**ENVIRON, "BIGCOMMERCE_ACCESS_TOKEN": "  "}, "no access token"),
    ],
)
def test_what_is_missing_is_named(environ: dict[str, str], message: str) -> None:
    """A missing or impossible hash or token says which, and never shows the token."""
    with pytest.raises(UsageError, match=message) as caught:
        store_address(environ)
    assert "Host: b" not in str(caught.value)


def test_a_token_does_not_print() -> None:
    """A repr in a log or a traceback has no token."""
    assert "tok3n" not in repr(StoreAddress("abc", "tok3n"))
