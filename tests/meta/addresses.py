"""Every address of the project, read off the resolver: name, view, and what stands in its place holders."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views import View

from pages.base import GuardedView
from pages.drf import Guarded


@dataclass(frozen=True)
class Address:
    """One pattern. ``actions`` are what a view set does with each method; empty for other views."""

    name: str
    route: str
    view: type[View]
    holders: tuple[str, ...]
    actions: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_page(self) -> bool:
        """Made of our bases for pages."""
        return issubclass(self.view, GuardedView)

    @property
    def is_interface(self) -> bool:
        """Made of our bases for machines."""
        return issubclass(self.view, Guarded)

    @property
    def is_guarded(self) -> bool:
        return self.is_page or self.is_interface

    @property
    def is_ours(self) -> bool:
        """Written here, whatever it is made of; the rest are pages of the sign-in library."""
        return self.view.__module__.partition(".")[0] in OURS

    def url(self, **values: object) -> str:
        """The address with these values. Raises ``KeyError`` for a place holder that has none."""
        return reverse(self.name, kwargs={name: values[name] for name in self.holders})


OURS = frozenset(
    {"agencies", "audit", "board", "cases", "desk", "disclosures", "exchange", "letters", "mappa", "meetings", "pages"}
)


@cache
def addresses() -> tuple[Address, ...]:
    """All of them. Raises ``AssertionError`` for a pattern that has no name or no class behind it."""
    return tuple(_below(get_resolver(), "", ""))


def guarded() -> list[Address]:
    return [address for address in addresses() if address.is_guarded]


def unguarded() -> list[Address]:
    return [address for address in addresses() if not address.is_guarded]


def _below(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _below(entry, here, below)
        else:
            yield _address(entry, here, namespace)


def _address(entry: URLPattern, route: str, namespace: str) -> Address:
    assert entry.name, f"The address {route} has no name: give it one in its urls.py."
    callback: Any = entry.callback
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    assert view is not None, f"The address {entry.name} leads to a function: write a view class with a permission."
    # Regular expressions of the router and paths of ours: both name what stands in the address.
    holders = tuple(re.findall(r"\(\?P<(\w+)>|<(?:\w+:)?(\w+)>", route))
    names = tuple(first or second for first, second in holders)
    # The framework adds HEAD to what a view set does when it first answers: it is GET, whoever asked before.
    actions = {
        method: action for method, action in (getattr(callback, "actions", None) or {}).items() if method != "head"
    }
    return Address(namespace + entry.name, route, view, names, actions)
