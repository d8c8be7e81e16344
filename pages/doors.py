"""The ways out of a list: taking it out as a file, keeping its filters under a name.

Both are done by an app of a higher layer, which registers its door here by value. The list's page draws what the person
at hand may use, without a query and without a line in the list's own view.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agencies.principal import Principal
from rules.core import Decision

from .navigation import address_if_known

MayUse = Callable[[Principal], Decision]


@dataclass(frozen=True)
class Door:
    """Whether somebody may take lists out, or keep their filters, at all, and the names of the pages that do it."""

    may_export: MayUse
    export_page: str
    exports_page: str
    formats: Sequence[tuple[str, str]]
    purposes: Sequence[tuple[str, str]]
    may_save: MayUse
    views_page: str


@dataclass(frozen=True)
class WaysOut:
    """What the list's page draws. An empty address: this way is closed to the person."""

    address: str
    export_url: str
    exports_url: str
    views_url: str
    formats: Sequence[tuple[str, str]]
    purposes: Sequence[tuple[str, str]]


_DOORS: list[Door] = []


def register_door(door: Door) -> None:
    """Called in ``AppConfig.ready()`` by the app that writes the files. A later one takes the place of an earlier."""
    _DOORS[:] = [door]


def ways_out(principal: Principal, address: str, *, exported: bool) -> WaysOut | None:
    """The ways out of the list at this address; None when there is none. ``exported`` is what the list says itself."""
    if not _DOORS:
        return None
    door = _DOORS[0]
    export_url = address_if_known(door.export_page) if exported and door.may_export(principal) else ""
    views_url = address_if_known(door.views_page) if door.may_save(principal) else ""
    if not (export_url or views_url):
        return None
    exports_url = address_if_known(door.exports_page) if export_url else ""
    return WaysOut(address, export_url, exports_url, views_url, door.formats, door.purposes)
