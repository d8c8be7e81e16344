"""The main navigation: entries are registered by the apps that own the pages, and shown by what a role may do.

Entries of one group stand in the main row as one, which leads to the first of them; on the pages of the group all of
them stand in a row below. So the main row stays one row, and every page is two links away, with scripts or without.

Apps register while they are being loaded, so this module needs no model.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from agencies.principal import Principal
from agencies.roles import Perm, Role, scope_of


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
# The number of no row: larger than any that the database counts to.
NOBODYS = 10**19


def register(*entries: NavEntry) -> None:
    """Called in ``AppConfig.ready()``; registering the same entry again changes nothing."""
    _ENTRIES.update(entries)
    _open_to.cache_clear()
    _in_groups.cache_clear()


def items_for(principal: Principal | None, path: str) -> tuple[NavItem, ...]:
    """What this principal may use, groups as one; the current one has the longest address that begins the path.

    A group of which one entry is open to the principal is that entry.
    """
    if principal is None:
        return ()
    where = (principal.role, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    matching = [max(map(len, _beginning(addresses, path, where[2])), default=0) for _, addresses in _open_to(*where)]
    longest = max(matching, default=0)
    return _in_groups(*where, tuple(longest > 0 and matched == longest for matched in matching))


def _beginning(addresses: tuple[str, ...], path: str, prefix: str) -> Iterable[str]:
    """Of these addresses the ones that begin the path; the front page begins every path, and is one of them alone."""
    return (each for each in addresses if path == each or (each != prefix and path.startswith(each)))


@lru_cache(maxsize=500)
def _in_groups(role: Role | None, urlconf: str, prefix: str, current: tuple[bool, ...]) -> tuple[NavItem, ...]:
    groups: dict[str, list[NavItem]] = {}
    for (entry, addresses), here in zip(_open_to(role, urlconf, prefix), current, strict=True):
        groups.setdefault(entry.group or entry.label, []).append(NavItem(entry.label, addresses[0], here))
    return tuple(_as_one(label, items) for label, items in groups.items())


@lru_cache(maxsize=100)
def _open_to(role: Role | None, _urlconf: str, prefix: str) -> tuple[tuple[NavEntry, tuple[str, ...]], ...]:
    """The entries that a role may use, in their order, each with its own address and those it covers. What a role may
    do stands in a table of the code, so this holds as long as the process."""
    may_use = (entry for entry in sorted(_ENTRIES) if scope_of(role, entry.permission))
    return tuple(
        (entry, (address, *(prefix + beginning for beginning in entry.covers)))
        for entry in may_use
        if (address := address_if_known(entry.url_name))
    )


def _as_one(label: str, items: list[NavItem]) -> NavItem:
    if len(items) == 1:
        return items[0]
    return NavItem(label, items[0].url, any(item.current for item in items), tuple(items))


def address_if_known(url_name: str) -> str:
    """Empty when the address is unknown: an error page must still draw when the address table is broken."""
    try:
        return address_of(url_name)
    except NoReverseMatch:
        return ""


def address_of(url_name: str) -> str:
    """The address of a page that is about nothing in particular, looked up once. Raises ``NoReverseMatch``."""
    return _looked_up(url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


def address_about(url_name: str, number: int) -> str:
    """The address of a page about one row, by its number. Raises ``NoReverseMatch``."""
    return addresses_about(url_name)(number)


def addresses_about(url_name: str) -> Callable[[int], str]:
    """What tells the address of a page about one row by its number. Raises ``NoReverseMatch``.

    A list asks for as many as it has rows: the address is looked up once, with a number in it that is nobody's.
    """
    pattern = _looked_up(url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), NOBODYS)
    before, _, after = pattern.partition(str(NOBODYS))
    return lambda number: f"{before}{number}{after}"


@lru_cache(maxsize=500)
def _looked_up(url_name: str, _urlconf: str, _prefix: str, *about: int) -> str:
    return reverse(url_name, args=about)
