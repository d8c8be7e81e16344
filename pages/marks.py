"""What stands beside a person by the hundred, as HTML: category and level, and the way to the reasons for them."""

from functools import lru_cache

from django.utils.safestring import SafeString

from rules.vocabulary import Category, Level

from .drawing import joined, tag_in_place
from .markup import as_pattern, format_html

_CATEGORY_COLOURS = {"1": "blue", "2": "purple", "3": "orange", "4": "magenta"}
_LEVEL_COLOURS = {"3": "red", "2": "yellow", "1": "teal"}


@lru_cache(maxsize=100, typed=True)
def category_tag(value: str | None, label: str = "") -> SafeString:
    """The category a person has, by its label; the colour only repeats it."""
    words = label or (f"Category {value}" if value else "No category")
    return tag_in_place(words, _CATEGORY_COLOURS.get(str(value), "grey"))


@lru_cache(maxsize=100, typed=True)
def level_tag(value: str | None, label: str = "") -> SafeString:
    """The level of management, by its label; the colour only repeats it."""
    words = label or (f"Level {value}" if value and value != Level.NOT_SET else str(Level.NOT_SET.label))
    return tag_in_place(words, _LEVEL_COLOURS.get(str(value), "grey"))


def why_link(record: str, part: str, about: str) -> SafeString:
    """Leads from a derived fact in a list to the reasons for it, on the part of the person's record that shows them.

    ``record`` is the address of the record; ``about`` says to people who hear the page what, and about whom.
    """
    return format_html(
        '<a class="govuk-link govuk-body-s app-why-link" href="{}#{}">'
        'Why?<span class="govuk-visually-hidden"> {}</span></a>',
        record, part, about,
    )  # fmt: skip


def category_why(value: str | None, label: str, record: str, name: str) -> SafeString:
    """The category of somebody in a list, with the way to its reasons on their record; "None" for none."""
    return _with_why(category_tag(value, label), label, record, name)


def level_why(value: str | None, label: str, record: str, name: str) -> SafeString:
    """The level of somebody in a list, with the way to its reasons on their record; "None" for none."""
    return _with_why(level_tag(value, label), label, record, name)


def status_why(category: str | None, level: str | None, record: str, name: str) -> SafeString:
    """Category and level of somebody, by their codes, with the way to the reasons on their record; nothing without a
    category."""
    if not category:
        return SafeString()
    about = f"{Category(category).label}, {Level(level).label if level else ''}, {name}"
    return format_html("{} {}<br>{}", category_tag(category), level_tag(level), why_link(record, "status", about))


def _with_why(tag: SafeString, label: str, record: str, name: str) -> SafeString:
    if not label:
        return joined(("None",))
    return format_html(_why_pattern(tag, label), record, name)


@lru_cache(maxsize=100)
def _why_pattern(tag: SafeString, label: str) -> str:
    """The tag with the way to its reasons: places for the address of a record and the name of its person."""
    return f"<div>{as_pattern(tag)}<br>{why_link('{}', 'status', f'{as_pattern(label)}, {{}}')}</div>"
