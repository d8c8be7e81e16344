"""Everybody of the demo register on a day of loading, as plain facts."""

from .days import Days
from .level_1 import add_level_1
from .named_cases import again_at_level_3, hidden, level_2_and_3
from .named_others import others
from .people import Person
from .published_year import people_of_the_published_year
from .register import Register


def cast(day: Days, seed: int) -> list[Person]:
    """Named people first, in the order of the demo's specification, then the rest of the register."""
    published = people_of_the_published_year()
    again_at_level_3(day, published[0])
    named = [*published, *level_2_and_3(day), hidden(day), *others(day)]
    everybody = [*named, *Register(day, named, seed).people()]
    add_level_1(day, everybody, seed)
    return everybody
