"""A bar chart as a value: the component draws each bar beside the number it stands for, in one table."""

from collections.abc import Iterable
from dataclasses import dataclass

from .lists import Head

FULL = 100


@dataclass(frozen=True)
class Bar:
    """A number with its name. ``share`` is its length in per cent of the longest bar."""

    label: str
    number: int
    share: int


@dataclass(frozen=True)
class BarChart:
    """Bars under a caption. ``label`` and ``number`` head the two columns of the table."""

    caption: str
    label: str
    number: str
    bars: tuple[Bar, ...]

    @property
    def heads(self) -> tuple[Head, Head]:
        return Head(self.label, numeric=False, url="", direction="none"), Head(
            self.number, numeric=True, url="", direction="none"
        )


def bar_chart(caption: str, label: str, number: str, counted: Iterable[tuple[str, int]]) -> BarChart:
    """The chart of these names and numbers, in their order. A number above nought has a bar that can be seen."""
    found = list(counted)
    longest = max((count for _, count in found), default=0)
    return BarChart(caption, label, number, tuple(Bar(name, count, share_of(count, longest)) for name, count in found))


def share_of(count: int, longest: int) -> int:
    """The length of a bar in per cent of the longest, at least one unless the number is nought."""
    return max(1, round(FULL * count / longest)) if count and longest else 0
