"""What a log line says about an exception: its kind and where it arose, never its text.

The text of an exception may quote what somebody typed, a row that the database refused, or the variables of a frame:
all of that is personal data. Kind, place and, from the database, the name of the broken constraint find the fault.
"""

import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def without_texts(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001
    """A processor: ``exc_info`` becomes ``exception``, the kinds and frames of the whole chain."""
    found = event.pop("exc_info", None)
    if found:
        error = _error_of(found)
        if error is not None:
            event["exception"] = "\n".join(_chain(error))
    return event


# What follows in these addresses opens something to whoever holds it.
_KEYS = re.compile(r"(/feeds/|/account/invitation/)[\w-]+")


def without_keys(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001
    """A processor: an address that was not found says no key."""
    event["event"] = _KEYS.sub(r"\1KEY", str(event.get("event", "")))
    return event


def _error_of(found: Any) -> BaseException | None:
    if isinstance(found, BaseException):
        return found
    if isinstance(found, tuple):
        return found[1] if isinstance(found[1], BaseException) else None
    return sys.exc_info()[1]


def _chain(error: BaseException | None) -> list[str]:
    """The first cause first, as Python prints it."""
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines = [*_one(error), *lines]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _one(error: BaseException) -> list[str]:
    # Frames without their variables, and without the line of source, which stands in the repository.
    frames = [
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        for frame in traceback.extract_tb(error.__traceback__, limit=-50)
    ]
    kind = type(error)
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    said = f" ({constraint})" if constraint else ""
    return [*frames, f"{kind.__module__}.{kind.__qualname__}{said}"]
