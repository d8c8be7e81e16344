"""Whom a typed number or name may mean: asked by forms that are about a person."""

from collections.abc import Callable
from datetime import date
from typing import Any

from agencies.principal import Principal
from agencies.roles import Perm
from audit.reads import AccessKind, searched
from cases.forms.about import Known
from cases.queries import find
from pages.guards import show


def looking_up(principal: Principal, today: date) -> Callable[[str], Known]:
    """What answers a form with the people that the text may mean, best first, as the search page would find them."""

    def look_up(text: str) -> Known:
        answer = find(principal, on=today, text=text, perm=Perm.SEARCH)
        found = [match.nominal for match in answer.matches]
        searched([text], len(found))
        show(found, AccessKind.SEARCH)
        return Known([(row.pk, _named(row)) for row in found], answer.total, at_least=answer.at_least)

    return look_up


def _named(row: Any) -> str:
    born = f", born {row.date_of_birth:%-d %B %Y}" if row.date_of_birth else ""
    return f"{row.family_name}, {row.given_names}{born}" if row.given_names else f"{row.family_name}{born}"
