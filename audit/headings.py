"""The words that head a row, by which people tell it from its like.

A model names them in ``heading``: its fields in the order in which they are said, each after the words that lead to it,
as in ``("level", "from starts_on", "to ends_on")``. A field that says nothing is left out with its words. Who may read
the row, and how a value is said, is for the caller.
"""

from collections.abc import Callable
from textwrap import shorten

from django.db.models import Model

# Letters of one field: a text of many lines heads nothing.
LONGEST = 60


def parts_of(model: type[Model]) -> list[tuple[str, str]]:
    """For each field of the heading the words before it, and its name."""
    pieces: tuple[str, ...] = getattr(model, "heading", ())
    return [(before, name) for before, _, name in (piece.rpartition(" ") for piece in pieces)]


def heading_of(model: type[Model], said: Callable[[str], str]) -> str:
    """The heading of a row of this model, of whose fields ``said`` gives the words."""
    found = ""
    for before, name in parts_of(model):
        words = shorten(", ".join(said(name).splitlines()), LONGEST, placeholder=" …")
        if words and not found:
            found = f"{before.lstrip(', ')} {words}".lstrip()
        elif words:
            found = f"{found}{'' if before.startswith(',') else ' '}{before} {words}" if before else f"{found} {words}"
    return found
