"""Sittings as a list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from agencies.parameters import parameters_for
from rules.core import Answer
from rules.parameters import Parameters
from rules.sittings import state_of_sitting
from rules.vocabulary import Level, SittingState

from .words import day_in_words, hours_in_words, name_of, place_of

COLOURS = {
    SittingState.PEOPLE: "green",
    SittingState.EMPTY: "blue",
    SittingState.RELEASED: "grey",
    SittingState.PLANNED: "turquoise",
    SittingState.CANCELLED: "red",
}


@dataclass(frozen=True)
class SittingLine:
    """A sitting in words. ``heard`` is how many places are taken, as far as the reader may know."""

    row: Any
    name: str
    day: str
    hours: str
    level: str
    chair: str
    place: str
    heard: int
    state: SittingState
    colour: str


def lines_of(rows: Iterable[Any], *, today: date) -> list[SittingLine]:
    """Rows made by ``queries.with_heard``, as lines."""
    states = states_of(rows, today=today)
    return [
        SittingLine(
            row,
            name_of(row),
            day_in_words(row),
            hours_in_words(row),
            Level(row.level).label,
            row.chair.name if row.chair is not None else "Nobody yet",
            place_of(row),
            row.heard,
            state.value,
            COLOURS[state.value],
        )
        for row, state in states
    ]


def states_of(rows: Iterable[Any], *, today: date) -> list[tuple[Any, Answer[SittingState]]]:
    """Each sitting with what has become of it, by the rule; rows made by ``queries.with_heard``."""
    params = cache(parameters_for)
    return [(row, state_of(row, params(row.area_id), today=today)) for row in rows]


def state_of(row: Any, params: Parameters, *, today: date) -> Answer[SittingState]:
    """What has become of one sitting, by the rule, as far as the reader may know."""
    heard = row.heard if row.heard or row.counts_all else None
    return state_of_sitting(row.sits_on, heard=heard, cancelled_on=row.cancelled_on, params=params, today=today)
