"""The rest of the register: people at Level 1 or not yet set, as many as the published and invented counts need.

The counts of 31 March 2023 are the published ones; those of later years are invented. Whoever else is in the demo is
counted first, by the rules themselves, and these people fill what is missing.
"""

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rules.categories import category_on
from rules.facts import GroundFacts
from rules.vocabulary import Category, Disposal, EndReason, GroundKind, Level, Sex, Whereabouts

from .counts import (
    CATEGORY_3_ON,
    CHILDREN_DETAINED,
    CHILDREN_FREE,
    COMMUNITY_ON,
    COMMUNITY_TODAY,
    ELSEWHERE_PUBLISHED,
    ELSEWHERE_TODAY,
    ENDING,
    PUBLISHED,
    QUIET_DAYS,
    RESTRICTED_IN_HOSPITAL,
    Elsewhere,
)
from .days import Days, years_before
from .grounds import dangerous, months_between, registered, sentenced
from .names import MEN, MINERALS, WOMEN
from .people import Person, Stay, Step
from .places import COUNTY_WIDE, DISTRICTS, SHARE_WITHOUT_ABODE

_DAY = timedelta(days=1)
_ONE, _NOT_SET = Level.ONE, Level.NOT_SET
_COMMUNITY, _CUSTODY = Whereabouts.COMMUNITY, Whereabouts.CUSTODY
# What the snapshot counts as the community (R85).
_FREE = (Whereabouts.COMMUNITY, Whereabouts.APPROVED_PREMISES, Whereabouts.UNLAWFULLY_AT_LARGE)

_SEXUAL = ("sexual-assault", "indecent-images-making", "sexual-activity-child", "rape", "exposure", "voyeurism")
_VIOLENT = (
    "wounding-with-intent", "wounding", "actual-bodily-harm", "robbery", "arson", "threats-to-kill", "child-cruelty",
    "stalking-fear-of-violence", "aggravated-burglary", "kidnapping", "affray", "strangulation",
)  # fmt: skip


@dataclass
class _Life:
    """One person of the bulk while the years are played through, before their facts are written out."""

    category: Category
    where: Whereabouts
    not_set: bool
    joined: date | None = None
    released: date | None = None
    left: date | None = None
    ends_in: int | None = None
    child: bool = False
    person: Person | None = field(default=None)


def _bucket(person: Person, day: date, key: int) -> tuple[Category, Whereabouts, bool] | None:
    """Category, whereabouts and "level not yet set" of one person on a day; ``None`` without status."""
    facts = person.facts(key)
    category = category_on(facts.grounds, day).value
    if category is None or person.area != "derbyshire":
        return None
    where = next(stay.whereabouts for stay in facts.whereabouts if stay.is_open_on(day))
    level = next(span.level for span in facts.levels if span.is_open_on(day))
    return category, where, level is _NOT_SET


def _count(people: Iterable[Person], day: date) -> Counter[tuple[Category, Whereabouts, bool]]:
    found = (_bucket(person, day, key) for key, person in enumerate(people))
    return Counter(bucket for bucket in found if bucket is not None)


def _in_community(counted: Counter[tuple[Category, Whereabouts, bool]], category: Category) -> int:
    return sum(number for (found, where, _), number in counted.items() if found is category and where in _FREE)


class Register:
    """Plays one category of the bulk from the published day to the day of loading."""

    def __init__(self, day: Days, others: Sequence[Person], seed: int) -> None:
        self.day = day
        self.others = others
        self.random = random.Random(seed)  # noqa: S311 - invented people, not secrets
        self.names = self._names()
        self.hospital = 0

    def people(self) -> list[Person]:
        """Everyone of the bulk, Category 1, then 2, then 3."""
        lives = [*self._play(Category.ONE), *self._play(Category.TWO)]
        self._mark_endings(lives)
        self._mark_children(lives)
        found = [self._person(life) for life in lives]
        self._add_second_grounds(found)
        found += self._category_3()
        self._place(found)
        return found

    def _play(self, category: Category) -> list[_Life]:
        counted = _count(self.others, PUBLISHED)
        free = [
            _Life(category, _COMMUNITY, False)
            for _ in range(COMMUNITY_ON[PUBLISHED][category] - _in_community(counted, category))
        ]
        away = self._missing(category, ELSEWHERE_PUBLISHED[category], counted)
        everyone = [*free, *away]
        days = [*COMMUNITY_ON, self.day.today]
        for since, until in itertools.pairwise(days):
            target = COMMUNITY_TODAY if until == self.day.today else COMMUNITY_ON[until]
            counted = _count(self.others, until)
            needed = target[category] - _in_community(counted, category)
            length = (until - since).days
            self._release(away, free, since, until, round(0.12 * length / 365 * len(away)))
            elsewhere = (ELSEWHERE_TODAY if until == self.day.today else ELSEWHERE_PUBLISHED)[category]
            everyone += self._settle_elsewhere(elsewhere, away, free, (since, until), category, counted)
            leaving = max(round(0.05 * length / 365 * len(free)), len(free) - needed)
            self._leave(free, since, until, leaving)
            joining = [
                _Life(category, _COMMUNITY, False, self._between(since, until)) for _ in range(needed - len(free))
            ]
            free += joining
            everyone += joining
        return everyone

    def _missing(
        self, category: Category, wanted: Elsewhere, counted: Counter[tuple[Category, Whereabouts, bool]]
    ) -> list[_Life]:
        return [
            _Life(category, where, not_set)
            for (where, not_set), number in wanted.items()
            for _ in range(number - counted[(category, where, not_set)])
        ]

    def _release(self, away: list[_Life], free: list[_Life], since: date, until: date, number: int) -> None:
        waiting = [life for life in away if life.where is _CUSTODY]
        for life in self.random.sample(waiting, min(number, len(waiting))):
            life.released = self._between(since, until)
            away.remove(life)
            free.append(life)

    def _settle_elsewhere(
        self,
        wanted: Elsewhere,
        away: list[_Life],
        free: list[_Life],
        interval: tuple[date, date],
        category: Category,
        counted: Counter[tuple[Category, Whereabouts, bool]],
    ) -> list[_Life]:
        """Bring the people elsewhere to the counts of the day: release the surplus, sentence what is missing."""
        new = []
        for (where, not_set), number in wanted.items():
            there = [life for life in away if life.where is where and life.not_set is not_set]
            needed = number - counted[(category, where, not_set)]
            for life in there[needed:] if needed < len(there) else []:
                life.released = self._between(*interval)
                away.remove(life)
                free.append(life)
            new += [_Life(category, where, not_set, self._between(*interval)) for _ in range(needed - len(there))]
        away += new
        return new

    def _leave(self, free: list[_Life], since: date, until: date, number: int) -> None:
        """Grounds of people who were there from the start end in these months."""
        old = [life for life in free if life.joined is None and life.released is None]
        for life in self.random.sample(old, min(number, len(old))):
            life.left = self._between(since, until - _DAY) if (until - since).days > 1 else until - _DAY
            free.remove(life)

    def _between(self, since: date, until: date) -> date:
        return since + timedelta(days=self.random.randint(1, max(1, (until - since).days)))

    def _mark_endings(self, lives: list[_Life]) -> None:
        """So many grounds end within 28, 91 and 182 days, those of the named people among them."""
        today = self.day.today
        soon = [
            (ground.ends_on - today).days
            for person in self.others
            if person.area == "derbyshire"
            for ground in person.grounds
            if not ground.voided and ground.ends_on is not None and ground.ends_on > today
        ]
        candidates = [life for life in lives if life.joined is None and life.left is None and life.where is _COMMUNITY]
        chosen = iter(self.random.sample(candidates, 40))
        marked = 0
        for first, last, wanted in ENDING:
            there = sum(1 for days in soon if days <= last)
            for _ in range(wanted - there - marked):
                next(chosen).ends_in = self.random.randint(first, last)
                marked += 1

    def _mark_children(self, lives: list[_Life]) -> None:
        recent = [
            life
            for life in lives
            if life.category is Category.TWO
            and life.joined is not None
            and life.joined > self.day(-700)
            and life.left is None
        ]
        for where, number in ((_COMMUNITY, CHILDREN_FREE), (_CUSTODY, CHILDREN_DETAINED)):
            for life in [life for life in recent if life.where is where and life.released is None][:number]:
                life.child = True

    def _names(self) -> list[str]:
        pairs = [f"{first}-{second}" for first in MINERALS for second in MINERALS if first != second]
        self.random.shuffle(pairs)
        return pairs

    def _person(self, life: _Life) -> Person:
        woman = self.random.random() < (0.01 if life.category is Category.ONE else 0.09)
        given = self.random.choice(WOMEN if woman else MEN)
        since, until, indefinite = self._status(life)
        if life.category is Category.ONE:
            ground = self._registration(life, since, until)
        else:
            ground = self._sentence(life, since, until, indefinite)
        born = self._born(life, since)
        lead = self._lead(life)
        return Person(
            given,
            self.names.pop(),
            born,
            "",
            lead,
            [ground],
            self._steps(life, since),
            self._stays(life, since),
            sex=Sex.FEMALE if woman else Sex.MALE,
            named=False,
            left_on=life.left,
        )

    def _status(self, life: _Life) -> tuple[date, date | None, bool]:
        """First and last day of status; the last day of people who stay lies well ahead, or there is none."""
        last = life.left or (self.day(life.ends_in) if life.ends_in is not None else None)
        if last is not None:
            years = self.random.choice((7, 10)) if life.category is Category.ONE else self.random.choice((4, 5, 6, 8))
            first = years_before(last, years)
            while first > PUBLISHED - timedelta(days=60):
                years += 3
                first = years_before(last, years)
            return first, last, False
        detained = life.where is not _COMMUNITY
        first = life.joined or PUBLISHED - timedelta(days=self.random.randint(200, 1500 if detained else 5000))
        if life.category is Category.ONE and self.random.random() < 0.5:
            return first, None, True
        if life.category is Category.TWO and self.random.random() < 0.12:
            return first, None, True
        if life.category is Category.ONE:
            ahead = _after_years(first, 10)
            if ahead < self.day(QUIET_DAYS):
                return first, None, True
            return first, ahead, False
        return first, self.day(QUIET_DAYS + self.random.randint(1, 1800)), False

    def _registration(self, life: _Life, since: date, until: date | None) -> GroundFacts:
        offence = self.random.choice(_SEXUAL[:4])
        ended = EndReason.NOTIFICATION_EXPIRED if until else None
        if life.where is Whereabouts.HOSPITAL:
            return registered(since, None, offence, disposal=Disposal.HOSPITAL_ORDER_RESTRICTED)
        return registered(since, until, offence, months=24 if until else 60, ended=ended)

    def _sentence(self, life: _Life, since: date, until: date | None, indefinite: bool) -> GroundFacts:
        offence = self.random.choice(_VIOLENT)
        if offence == "strangulation" and since < date(2022, 6, 7):
            offence = "wounding"
        if offence == "stalking-fear-of-violence" and since < date(2012, 11, 25):
            offence = "wounding"
        if life.where is Whereabouts.HOSPITAL:
            self.hospital += 1
            restricted = self.hospital <= RESTRICTED_IN_HOSPITAL
            order = Disposal.HOSPITAL_ORDER_RESTRICTED if restricted else Disposal.HOSPITAL_ORDER
            return sentenced(since, None, offence, disposal=order)
        if life.child and until is not None:
            return sentenced(since, until, "robbery", disposal=Disposal.DETENTION_250)
        if until is None or indefinite:
            return sentenced(since, None, "wounding-with-intent", disposal=Disposal.LIFE, months=0)
        return sentenced(since, until, offence, months=months_between(since, until))

    def _born(self, life: _Life, since: date) -> date:
        if life.child:
            return years_before(self.day(-self.random.randint(20, 300)), 16)
        return years_before(since, self.random.choices((19, 25, 32, 40, 48, 56, 64), (8, 18, 22, 20, 16, 10, 6))[0]) - (
            timedelta(days=self.random.randint(1, 2500))
        )

    def _lead(self, life: _Life) -> str:
        if life.child:
            return "yjs-county"
        if life.where is Whereabouts.HOSPITAL:
            return "healthcare-trust"
        draw = self.random.random()
        if life.category is Category.ONE:
            return "police" if draw < 0.79 else "pdu-county"
        return "healthcare-trust" if draw < 0.01 else "pdu-county" if draw < 0.7 else "pdu-city"

    def _steps(self, life: _Life, since: date) -> list[Step]:
        if life.not_set and life.released is None:
            return []
        if life.not_set and life.released is not None:
            return [Step(_ONE, max(since + _DAY, PUBLISHED + _DAY, life.released - timedelta(days=190)))]
        return [Step(_ONE, since)]

    def _stays(self, life: _Life, since: date) -> list[Stay]:
        if life.where is _COMMUNITY:
            return [Stay(_COMMUNITY, since)]
        place = {_CUSTODY: "HMP Ranby", Whereabouts.HOSPITAL: "Harrier Ward"}.get(life.where, "HMP Nottingham")
        if life.where is Whereabouts.RECALLED and life.joined is None:
            stays = [Stay(_CUSTODY, since), Stay(_COMMUNITY, since + timedelta(days=100)),
                     Stay(life.where, since + timedelta(days=190), place)]  # fmt: skip
        else:
            stays = [Stay(life.where, since, place)]
        if life.released is not None:
            stays.append(Stay(_COMMUNITY, life.released))
        return stays

    def _add_second_grounds(self, people: list[Person]) -> None:
        """Eleven in a hundred of Category 1 hold a Category 2 ground as well."""
        today = self.day.today
        registrants = [
            person
            for person in people
            if person.grounds[0].kind is GroundKind.NOTIFICATION
            and person.left_on is None
            and (person.grounds[0].ends_on is None or (person.grounds[0].ends_on - today).days > 1900)
            and person.stays[0].kind is not Whereabouts.HOSPITAL
        ]
        for person in self.random.sample(registrants, min(len(registrants), round(0.11 * 1306))):
            first = person.grounds[0]
            until = self.day(QUIET_DAYS + self.random.randint(1, 1500))
            person.grounds.append(sentenced(first.starts_on, until, first.offence.code if first.offence else "rape"))

    def _category_3(self) -> list[Person]:
        """Category 3 needs as many on each 31 March; these came and went with Level 2."""
        found: list[Person] = []
        for day, wanted in CATEGORY_3_ON.items():
            there = _in_community(_count([*self.others, *found], day), Category.THREE)
            for _ in range(wanted - there):
                since, until = day - timedelta(days=90), min(day + timedelta(days=80), self.day(-1))
                found.append(
                    Person(
                        self.random.choice(MEN),
                        self.names.pop(),
                        years_before(since, 33),
                        "",
                        "pdu-county",
                        [
                            dangerous(
                                since,
                                until,
                                "Common assault",
                                since - timedelta(days=50),
                                "Violence that grew over three convictions.",
                                "Several agencies must act together.",
                            )
                        ],
                        [Step(Level.TWO, since, "Several agencies must act together.")],
                        [Stay(_COMMUNITY, since - timedelta(days=50))],
                        named=False,
                        left_on=until,
                    )
                )
        return found

    def _place(self, people: list[Person]) -> None:
        """Districts by largest remainder over everyone with status today; two in a hundred have no fixed abode."""
        todays = [person for person in people if person.left_on is None]
        named = Counter(person.district for person in self.others if person.district and _open(person, self.day.today))
        total = len(todays) + sum(named.values())
        quota = _largest_remainder({district.name: district.share for district in DISTRICTS}, total)
        pool = [name for name, number in quota.items() for _ in range(max(0, number - named[name]))]
        pool = pool[: len(todays)] + [DISTRICTS[0].name] * (len(todays) - len(pool))
        self.random.shuffle(pool)
        for person, district in zip(todays, pool, strict=True):
            person.district = person.panel = district
        for person in people:
            if person.left_on is not None:
                person.district = self.random.choices(
                    [row.name for row in DISTRICTS], [row.share for row in DISTRICTS]
                )[0]
                person.panel = person.district
            if person.lead == "yjs-county":
                person.panel = COUNTY_WIDE
        free = [person for person in todays if person.stays[-1].kind is _COMMUNITY]
        for person in self.random.sample(free, round(len(todays) * SHARE_WITHOUT_ABODE / 100)):
            person.no_fixed_abode = True


def _open(person: Person, day: date) -> bool:
    return category_on(tuple(person.grounds), day).value is not None


def _after_years(day: date, years: int) -> date:
    return years_before(day, -years) - _DAY


def _largest_remainder(shares: dict[str, int], total: int) -> dict[str, int]:
    """Whole numbers that add to the total, each as near its share as can be."""
    exact = {name: total * share / 100 for name, share in shares.items()}
    whole = {name: int(value) for name, value in exact.items()}
    rest = total - sum(whole.values())
    for name in sorted(exact, key=lambda name: exact[name] - whole[name], reverse=True)[:rest]:
        whole[name] += 1
    return whole
