"""Registers as files, made to a wanted table: whoever counts them must find the table again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from rules.counting import ReportingYear
from rules.vocabulary import YearlyLevelBasis
from tests.exchange.files import more, row

Cells = Mapping[tuple[int, int], int]  # (level, category) -> people

DAY = timedelta(days=1)
OUTSIDE = ("custody", "remand", "recalled", "hospital", "hospital_leave", "immigration_detention", "abroad")
WITHIN = ("community", "approved_premises", "unlawfully_at_large")

_OFFENCE = {"offence": "robbery", "outcome": "conviction", "disposal": "imprisonment", "term": "8 years"}
_KINDS = {1: "notification", 2: "qualifying_disposal", 3: "other_dangerous"}


def ground(category: int, starts_on: date, ends_on: date | None = None) -> dict[str, str]:
    """Cells of a ground that gives this category."""
    cells = {
        "ground": _KINDS[category],
        "ground_start": starts_on.isoformat(),
        "ground_end": ends_on.isoformat() if ends_on else "",
        "outcome_date": starts_on.isoformat(),
        **_OFFENCE,
    }
    if category == 3:
        cells |= {"finding_capacity": "Serious harm was done.", "finding_current": "Several agencies are needed."}
    return cells


def level(number: int | str, starts_on: date) -> dict[str, str]:
    return {"level": str(number), "level_start": starts_on.isoformat()}


def stay(kind: str, starts_on: date) -> dict[str, str]:
    return {"whereabouts": kind, "whereabouts_start": starts_on.isoformat()}


@dataclass
class Register:
    """Rows of a file, person by person."""

    rows: list[dict[str, str]] = field(default_factory=list)
    people: int = 0

    def add(self, *blocks: Mapping[str, str]) -> None:
        """A person of these blocks: the first of each kind in the first row, the others in rows of their own."""
        self.people += 1
        first, further = row(self.people), []
        for block in blocks:
            if first.keys() & block.keys():
                further.append(more(self.people, block))
            else:
                first |= block
        self.rows += [first, *further]


def made_to(snapshot: Cells, yearly: Cells, year: ReportingYear, basis: YearlyLevelBasis) -> Register:
    """A register that has ``snapshot`` in the community on 31 March and ``yearly`` at Levels 2 and 3 in the year.

    ``snapshot`` has at most as many at a level as ``yearly``. Those counted in the year and not on the day are detained
    or abroad, have left, or have gone down to Level 1. Around them stand people who must count nowhere.
    """
    register = Register()
    before, first, last = year.starts_on - 400 * DAY, year.starts_on, year.ends_on
    level_1 = {category: snapshot.get((1, category), 0) for category in (1, 2, 3)}
    for (number, category), count in yearly.items():
        held = snapshot.get((number, category), 0)
        for one in range(count):
            start = before + one * 7 * DAY
            if one < held:
                # On the first day, in the middle and on the last day of the year.
                entered = (start, first + 100 * DAY, last)[one % 3]
                register.add(
                    ground(category, entered if category == 3 else start),
                    level(number, entered),
                    stay(WITHIN[one % 3], start),
                )
            elif one % 3 == 0 and category != 3 and level_1[category]:
                level_1[category] -= 1
                register.add(ground(category, start), level(number, start), level(1, last), stay("community", start))
            elif one % 3 == 1:
                register.add(ground(category, start, last - one * DAY), level(number, start), stay("community", start))
            else:
                other = 5 - number
                order = (other, number) if basis is YearlyLevelBasis.HIGHEST and number == 3 else (number, other)
                spans = [level(order[0], start), level(order[1], first + 60 * DAY)]
                if basis is YearlyLevelBasis.HIGHEST and number == 2:
                    spans = spans[:1]
                register.add(ground(category, start), *spans, stay(OUTSIDE[one % len(OUTSIDE)], start))
    for category, count in level_1.items():
        for one in range(count):
            start = before + one * DAY
            register.add(ground(category, start), level(1, start), stay(WITHIN[one % 3], start))
    for blocks in _bystanders(year):
        register.add(*blocks)
    return register


def _bystanders(year: ReportingYear) -> Iterator[list[dict[str, str]]]:
    """People near every edge of the tables, who stand in none."""
    first, last = year.starts_on, year.ends_on
    long_ago = first - 900 * DAY
    for category in (1, 2):
        # Left on the eve of the year, came on the morrow of it, went to prison on the last day.
        yield [ground(category, long_ago, first - DAY), level(2, long_ago), stay("community", long_ago)]
        yield [ground(category, last + DAY), level(3, last + DAY), stay("community", long_ago)]
        yield [ground(category, long_ago), level(1, long_ago), stay("community", long_ago), stay("custody", last)]
        yield [ground(category, long_ago), level(1, long_ago)]
        yield [ground(category, long_ago), level(2, long_ago), level(1, first), stay("custody", long_ago)]
    yield [ground(3, long_ago, first - DAY), level(3, long_ago), stay("community", long_ago)]
