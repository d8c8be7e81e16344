"""HTML put together from a pattern, each value escaped."""

from collections.abc import Iterable
from html import escape

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def format_html(pattern: str, *values: object) -> SafeString:
    """The pattern with each value in its place, escaped unless it is HTML already.

    What Django's function of this name does, in a quarter of the time: it looks through every value for words still to
    be translated several times over, and a page calls it some hundred times.
    """
    return SafeString(pattern.format(*map(_escaped, values)))


def lines(words: Iterable[str]) -> SafeString:
    """Words under one another."""
    return SafeString("<br>".join(map(escape, words)))


def as_pattern(html: str) -> str:
    """HTML as part of a pattern: what stands in it is no place for a value."""
    return html.replace("{", "{{").replace("}", "}}")


def _escaped(value: object) -> str:
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[return-value]
    return escape(value) if kind is str else conditional_escape(value)  # type: ignore[arg-type]
