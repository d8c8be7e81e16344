"""The main navigation: entries are registered by the apps that own the pages, and shown by what a role may do.

Apps register while they are being loaded, so this module needs no model.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from agencies.principal import Principal
from agencies.roles import Perm, scope_of


@dataclass(frozen=True, order=True)
class NavEntry:
    """One entry: shown to those whose acting role holds ``permission``, in rising ``order``."""

    order: int
    label: str
    url_name: str
    permission: Perm


@dataclass(frozen=True)
class NavItem:
    """An entry ready to draw."""

    label: str
    url: str
    current: bool


_ENTRIES: set[NavEntry] = set()


def register(*entries: NavEntry) -> None:
    """Called in ``AppConfig.ready()``; registering the same entry again changes nothing."""
    _ENTRIES.update(entries)


def registered() -> Iterable[NavEntry]:
    return sorted(_ENTRIES)


def items_for(principal: Principal | None, path: str) -> list[NavItem]:
    """The entries this principal may use; the current one is the longest address that begins the path."""
    if principal is None:
        return []
    urls = [(entry.label, _address(entry)) for entry in registered() if scope_of(principal.role, entry.permission)]
    matching = [url for _, url in urls if path == url or (url != "/" and path.startswith(url))]
    current = max(matching, key=len, default="")
    return [NavItem(label, url, url == current) for label, url in urls if url]


def _address(entry: NavEntry) -> str:
    """Empty when the address is unknown: an error page must still draw when the address table is broken."""
    try:
        return address_of(entry.url_name)
    except NoReverseMatch:
        return ""


def address_of(url_name: str) -> str:
    """The address of a page that is about nothing in particular, looked up once. Raises ``NoReverseMatch``."""
    return _looked_up(url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=500)
def _looked_up(url_name: str, _urlconf: str, _prefix: str) -> str:
    return reverse(url_name)
