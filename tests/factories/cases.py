"""People of the register for tests: built as plain records, put in by the bulk service that imports use."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from agencies.models import Area
from agencies.principal import Principal
from cases.models import Nominal
from cases.records import (
    GroundRecord,
    IdentifierRecord,
    LevelRecord,
    MeetingRecord,
    PersonRecord,
    WhereaboutsRecord,
)
from cases.reference import load_offences
from cases.services.bulk import insert_people
from cases.spans import LevelSlot
from rules.vocabulary import (
    DecidingBody,
    Disposal,
    GroundKind,
    IdentifierKind,
    Level,
    OffenceOutcome,
    Whereabouts,
)

TODAY = date(2026, 11, 23)
LONG_AGO = date(2020, 1, 6)
OFFENCE = "wounding-with-intent"


def system(on: date = TODAY) -> Principal:
    """The system itself: may write everything, sees everything."""
    return Principal.system("tests", on=on)


def offences(on: date = TODAY) -> None:
    """The table of qualifying offences, as far as it is not there yet."""
    load_offences(system(on), on)


def notification(starts_on: date = LONG_AGO, ends_on: date | None = None, **more: Any) -> GroundRecord:
    """A Category 1 ground."""
    facts = {
        "outcome": OffenceOutcome.CONVICTION,
        "outcome_on": starts_on,
        "offence_text": "Sexual assault",
        "disposal": Disposal.COMMUNITY_ORDER,
        "disposal_on": starts_on,
    }
    return GroundRecord(GroundKind.NOTIFICATION, starts_on, ends_on, **facts | more)  # type: ignore[arg-type]


def qualifying(starts_on: date = LONG_AGO, ends_on: date | None = None, **more: Any) -> GroundRecord:
    """A Category 2 ground. Its offence is given in words unless ``offence_code`` is given: then load ``offences``."""
    facts = {
        "outcome": OffenceOutcome.CONVICTION,
        "outcome_on": starts_on,
        "offence_text": "Wounding with intent",
        "disposal": Disposal.IMPRISONMENT,
        "disposal_on": starts_on,
        "term_months": 60,
    }
    return GroundRecord(GroundKind.QUALIFYING_DISPOSAL, starts_on, ends_on, **facts | more)  # type: ignore[arg-type]


def other_dangerous(starts_on: date = LONG_AGO, ends_on: date | None = None, **more: Any) -> GroundRecord:
    """A Category 3 ground. The person needs Level 2 or 3 on its days."""
    facts = {
        "outcome": OffenceOutcome.CONVICTION,
        "outcome_on": LONG_AGO - timedelta(days=100),
        "offence_text": "Common assault",
        "finding_capacity": "Repeated violence against partners.",
        "finding_current": "New partner, alcohol, threats.",
    }
    return GroundRecord(GroundKind.OTHER_DANGEROUS, starts_on, ends_on, **facts | more)  # type: ignore[arg-type]


def terrorism(starts_on: date = LONG_AGO, ends_on: date | None = None, **more: Any) -> GroundRecord:
    """An automatic Category 4 ground."""
    facts = {
        "outcome": OffenceOutcome.CONVICTION,
        "outcome_on": starts_on,
        "offence_text": "Encouragement of terrorism",
        "terrorist_offence": True,
    }
    return GroundRecord(GroundKind.TERRORIST_NOTIFICATION, starts_on, ends_on, **facts | more)  # type: ignore[arg-type]


def at_level(level: Level, starts_on: date = LONG_AGO, body: DecidingBody = DecidingBody.IMPORTED) -> LevelRecord:
    """A decision on the level."""
    return LevelRecord(level, starts_on, decided_by=body)


def stay(kind: Whereabouts, starts_on: date = LONG_AGO, ends_on: date | None = None) -> WhereaboutsRecord:
    """Where the person is."""
    return WhereaboutsRecord(kind, starts_on, ends_on)


def meeting(held_on: date, level: Level = Level.TWO, next_on: date | None = None) -> MeetingRecord:
    """A meeting that counts for the review clock."""
    return MeetingRecord(held_on, level, next_on)


def pnc(serial: int, year: int = 90) -> IdentifierRecord:
    """A PNC ID with the right letter."""
    letter = "ZABCDEFGHJKLMNPQRTUVWXY"[int(f"{year:02d}{serial:07d}") % 23]
    return IdentifierRecord(IdentifierKind.PNC, f"{year:02d}/{serial}{letter}")


def person(area: Area, **more: Any) -> PersonRecord:
    """Somebody in the community at Level 1 on one Category 1 ground, unless said otherwise."""
    facts: dict[str, Any] = {
        "family_name": "Gritstone",
        "given_names": "Adam",
        "date_of_birth": date(1984, 5, 17),
        "grounds": (notification(),),
        "levels": (at_level(Level.ONE),),
        "whereabouts": (stay(Whereabouts.COMMUNITY),),
    }
    return PersonRecord(area_id=area.pk, **facts | more)


def people(*records: PersonRecord, today: date = TODAY) -> list[Nominal]:
    """These people, stored, in the order given."""
    ids = insert_people(by=system(today), today=today, batch=records)
    stored = Nominal.objects.in_bulk(ids)
    return [stored[key] for key in ids]


def nominal(area: Area, *, today: date = TODAY, **more: Any) -> Nominal:
    """One stored person; see :func:`person`."""
    return people(person(area, **more), today=today)[0]


def level_days(slots: Iterable[LevelSlot]) -> list[tuple[Level, date, date | None]]:
    """Levels with their days, for comparing."""
    return [(slot.level, slot.starts_on, slot.ends_on) for slot in slots]


# --- random people ----------------------------------------------------------------------------------------------------

DAYS = st.integers(min_value=0, max_value=400).map(lambda off: date(2025, 6, 1) + timedelta(days=off))
AUTOMATIC = (GroundKind.NOTIFICATION, GroundKind.QUALIFYING_DISPOSAL, GroundKind.TERRORIST_DISPOSAL)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    """A first day, and a last day or none."""
    first = draw(DAYS)
    length = draw(st.none() | st.integers(min_value=0, max_value=200))
    return first, None if length is None else first + timedelta(days=length)


@st.composite
def grounds(draw: st.DrawFn) -> tuple[GroundRecord, ...]:
    """Automatic grounds that may overlap, some void; or a Category 3 ground alone."""
    if draw(st.integers(min_value=0, max_value=5)) == 0:
        first, last = draw(spans())
        return (other_dangerous(first, last),)
    drawn = []
    for _ in range(draw(st.integers(min_value=0, max_value=3))):
        first, last = draw(spans())
        void = draw(st.integers(min_value=0, max_value=4)) == 0
        drawn.append(
            GroundRecord(
                draw(st.sampled_from(AUTOMATIC)), first, last, offence_text="An offence",
                voided_on=TODAY if void else None, void_reason="Quashed" if void else "",
            )
        )  # fmt: skip
    return tuple(drawn)


@st.composite
def persons(draw: st.DrawFn, area: Area) -> PersonRecord:
    """A person whose levels go with the grounds, with gaps, ends ahead, custody and meetings."""
    own = draw(grounds())
    third = any(ground.kind is GroundKind.OTHER_DANGEROUS for ground in own)
    levels = tuple(
        at_level(draw(st.sampled_from([Level.TWO, Level.THREE] if third else [Level.ONE, Level.TWO, Level.THREE])), day)
        for day in sorted(draw(st.sets(DAYS, max_size=3)))
    )
    if third:
        levels = (at_level(Level.TWO, own[0].starts_on), *(one for one in levels if one.starts_on > own[0].starts_on))
    days = sorted(draw(st.sets(DAYS, max_size=4)))
    kinds = st.sampled_from([Whereabouts.COMMUNITY, Whereabouts.CUSTODY, Whereabouts.HOSPITAL, Whereabouts.RECALLED])
    where = tuple(
        WhereaboutsRecord(draw(kinds), first, following - timedelta(days=1) if following else None)
        for first, following in zip(days, [*days[1:], None][: len(days)], strict=True)
    )
    held = sorted(draw(st.sets(DAYS, max_size=3)))
    return person(area, grounds=own, levels=levels, whereabouts=where, meetings=tuple(map(meeting, held)))
