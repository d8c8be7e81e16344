"""The main navigation: entries are registered by the apps that own the pages, and shown by what a role may do.

Entries of one group stand in the main row as one, which leads to the first of them; on the pages of the group all of
them stand in a row below. So the main row stays one row, and every page is two links away, with scripts or without.

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
    """One entry: shown to those whose acting role holds ``permission``, in rising ``order``.

    ``group`` is the word under which it stands in the main row; empty for an entry that stands there by itself.
    ``covers`` are the beginnings of further addresses that belong to it, without the slash before them.
    """

    order: int
    label: str
    url_name: str
    permission: Perm
    group: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class NavItem:
    """An entry ready to draw, or a group with the entries ``within`` it."""

    label: str
    url: str
    current: bool
    within: tuple["NavItem", ...] = ()


_ENTRIES: set[NavEntry] = set()


def register(*entries: NavEntry) -> None:
    """Called in ``AppConfig.ready()``; registering the same entry again changes nothing."""
    _ENTRIES.update(entries)


def registered() -> Iterable[NavEntry]:
    return sorted(_ENTRIES)


def items_for(principal: Principal | None, path: str) -> list[NavItem]:
    """What this principal may use, groups as one; the current one has the longest address that begins the path.

    A group of which one entry is open to the principal is that entry.
    """
    if principal is None:
        return []
    entries = [entry for entry in registered() if scope_of(principal.role, entry.permission) and _address(entry)]
    matching = {
        entry: max((len(each) for each in _addresses(entry) if _begins(each, path)), default=0) for entry in entries
    }
    longest = max(matching.values(), default=0)
    groups: dict[str, list[NavItem]] = {}
    for entry in entries:
        item = NavItem(entry.label, _address(entry), longest > 0 and matching[entry] == longest)
        groups.setdefault(entry.group or entry.label, []).append(item)
    return [_as_one(label, items) for label, items in groups.items()]


def _as_one(label: str, items: list[NavItem]) -> NavItem:
    if len(items) == 1:
        return items[0]
    return NavItem(label, items[0].url, any(item.current for item in items), tuple(items))


def _addresses(entry: NavEntry) -> tuple[str, ...]:
    return (_address(entry), *(get_script_prefix() + beginning for beginning in entry.covers))


def _begins(address: str, path: str) -> bool:
    return path == address or (address != get_script_prefix() and path.startswith(address))


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
