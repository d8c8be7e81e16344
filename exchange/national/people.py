"""Invented people with ten years behind them, in the mix of the demonstration.

How many are in the community, in custody or in hospital, at which level and of which category, follows the counts of
``exchange.demo.counts``; 14 in a hundred have left MAPPA again, as in the demonstration.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from cases.records import (
    AddressRecord,
    AliasRecord,
    GroundRecord,
    IdentifierRecord,
    KeyDateRecord,
    LeadAgencyRecord,
    LevelRecord,
    MeetingRecord,
    NamedOfficerRecord,
    PersonRecord,
    WhereaboutsRecord,
)
from exchange.demo import numbers
from exchange.demo.counts import COMMUNITY_TODAY, ELSEWHERE_TODAY
from exchange.demo.names import MEN, MINERALS, STREETS, WOMEN
from rules.vocabulary import (
    AliasKind,
    Category,
    DecidingBody,
    Disposal,
    EndReason,
    GroundKind,
    IdentifierKind,
    KeyDateKind,
    Level,
    OffenceOutcome,
    Sex,
    Whereabouts,
)

from .places import Place

_DAY = timedelta(days=1)
_YEARS = 10
_COMMUNITY, _CUSTODY = Whereabouts.COMMUNITY, Whereabouts.CUSTODY
_SEXUAL = ("sexual-assault", "indecent-images-making", "sexual-activity-child", "rape")
_VIOLENT = ("wounding-with-intent", "wounding", "actual-bodily-harm", "robbery", "arson", "threats-to-kill")
_OFFICERS = {"police": "officer", "probation": "practitioner"}
_CRNS = 99_999  # beyond these a probation case reference would need a seventh figure

# Category, level and whereabouts, with how many of them the demonstration holds on its day.
Bucket = tuple[Category, Level, Whereabouts]
_BUCKETS: dict[Bucket, int] = {
    (Category.ONE, Level.ONE, _COMMUNITY): COMMUNITY_TODAY[Category.ONE] - 7,
    (Category.ONE, Level.TWO, _COMMUNITY): 6,
    (Category.ONE, Level.THREE, _COMMUNITY): 1,
    (Category.TWO, Level.ONE, _COMMUNITY): COMMUNITY_TODAY[Category.TWO] - 7,
    (Category.TWO, Level.TWO, _COMMUNITY): 7,
    (Category.TWO, Level.TWO, _CUSTODY): 2,
    (Category.THREE, Level.TWO, _COMMUNITY): 4,
    **{
        (category, Level.NOT_SET if not_set else Level.ONE, where): number
        for category, elsewhere in ELSEWHERE_TODAY.items()
        for (where, not_set), number in elsewhere.items()
    },
}
_LEFT = 0.14


class People:
    """Draws the people of one area, always the same for the same seed."""

    def __init__(self, place: Place, *, today: date, seed: int) -> None:
        self.place = place
        self.today = today
        self.random = random.Random(seed)  # noqa: S311 - invented people, not secrets

    def draw(self, index: int) -> PersonRecord:
        """The person with this running number, which makes their own numbers unlike anybody else's."""
        category, level, where = self.random.choices(tuple(_BUCKETS), tuple(_BUCKETS.values()))[0]
        left = level is Level.ONE and where is _COMMUNITY and self.random.random() < _LEFT * 1.2
        # Category 3 stands on Level 2 from its first day; all others came some time in these ten years.
        since = (
            self._before(self.today, 100, 300) if category is Category.THREE else self._before(self.today, 200, 3650)
        )
        until = self._before(self.today, 1, (self.today - since).days - 100) if left else self._end(category, level)
        woman = self.random.random() < (0.01 if category is Category.ONE else 0.09)
        lead = self._lead(category, where)
        levels, meetings = self._levels(level, since, until, always=category is Category.THREE)
        return PersonRecord(
            area_id=self.place.area.pk,
            panel_area_id=self.random.choice(self.place.panels).pk,
            family_name="-".join(self.random.sample(MINERALS, 2)),
            given_names=self.random.choice(WOMEN if woman else MEN),
            date_of_birth=since - timedelta(days=self.random.randint(7_000, 25_000)),
            sex=Sex.FEMALE if woman else Sex.MALE,
            identifiers=self._identifiers(index, since, lead, where),
            aliases=self._aliases(),
            addresses=self._addresses(index, since) if where is _COMMUNITY else (),
            grounds=self._grounds(category, where, since, until, left=left),
            levels=levels,
            whereabouts=self._whereabouts(where, since),
            lead_agencies=(LeadAgencyRecord(self.place.agencies[lead].pk, since),),
            named_officers=self._officers(lead, index),
            key_dates=self._dates(where),
            meetings=meetings,
        )

    def _before(self, day: date, least: int, most: int) -> date:
        return day - timedelta(days=self.random.randint(least, max(least, most)))

    def _end(self, category: Category, level: Level) -> date | None:
        """Half of the registrations and a few sentences have no end; the others end within six years."""
        if self.random.random() < {Category.ONE: 0.5, Category.TWO: 0.12, Category.THREE: 1}[category]:
            return None
        least = 120 if level in (Level.TWO, Level.THREE) else 1
        return self.today + timedelta(days=self.random.randint(least, 2200))

    def _lead(self, category: Category, where: Whereabouts) -> str:
        if where is Whereabouts.HOSPITAL:
            return "health"
        draw = self.random.random()
        if category is Category.ONE:
            return "police" if draw < 0.78 else "probation"
        return "youth-justice" if draw < 0.01 else "probation"

    def _identifiers(self, index: int, since: date, lead: str, where: Whereabouts) -> tuple[IdentifierRecord, ...]:
        found = [
            IdentifierRecord(IdentifierKind.PNC, numbers.pnc(index, since.year)),
            IdentifierRecord(IdentifierKind.CRO, numbers.cro(index, since.year)),
            IdentifierRecord(IdentifierKind.VISOR, numbers.visor(index)),
        ]
        if lead == "probation" and index < _CRNS:
            found.append(IdentifierRecord(IdentifierKind.CRN, numbers.crn(index)))
        if where is not _COMMUNITY:
            found.append(IdentifierRecord(IdentifierKind.NOMS, numbers.noms(index)))
        return tuple(found)

    def _aliases(self) -> tuple[AliasRecord, ...]:
        if self.random.random() > 0.3:
            return ()
        return (AliasRecord(self.random.choice(MINERALS), self.random.choice(MEN), AliasKind.ALIAS),)

    def _addresses(self, index: int, since: date) -> tuple[AddressRecord, ...]:
        """A new address every few years; two in a hundred have none."""
        if self.random.random() < 0.02:
            return (AddressRecord(since, no_fixed_abode=True, closest_links_id=self.place.councils[0].pk),)
        starts = self._turns(since, self.random.randint(0, 3))
        return tuple(
            AddressRecord(
                day,
                ends,
                lines=f"{1 + (index + number * 7) % 97} {STREETS[(index + number) % len(STREETS)]}",
                postcode=f"ZZ99 {index % 9 + 1}AB",
            )
            for number, (day, ends) in enumerate(_spans(starts))
        )

    def _turns(self, since: date, number: int) -> list[date]:
        """The first day and ``number`` later ones, in order, each its own."""
        days = (self.today - since).days
        later = self.random.sample(range(1, days), min(number, days - 1))
        return [since, *(since + timedelta(days=each) for each in sorted(later))]

    def _grounds(
        self, category: Category, where: Whereabouts, since: date, until: date | None, *, left: bool
    ) -> tuple[GroundRecord, ...]:
        if category is Category.THREE:
            return (
                GroundRecord(
                    GroundKind.OTHER_DANGEROUS,
                    since,
                    offence_text="Common assault",
                    outcome=OffenceOutcome.CONVICTION,
                    outcome_on=since - timedelta(days=60),
                    finding_capacity="Violence that grew over three convictions.",
                    finding_current="Several agencies must act together.",
                ),
            )
        first = category is Category.ONE
        offences = _SEXUAL if first else _VIOLENT
        reason = EndReason.NOTIFICATION_EXPIRED if first else EndReason.LICENCE_ENDED
        own = self._ground(
            GroundKind.NOTIFICATION if first else GroundKind.QUALIFYING_DISPOSAL,
            self.random.choice(offences),
            where,
            since,
            until,
            reason,
        )
        # Eleven in a hundred of Category 1 hold a Category 2 ground as well.
        if not first or left or self.random.random() > 0.11:
            return (own,)
        ends = self.today + timedelta(days=self.random.randint(30, 900))
        if until is not None and until < ends:
            return (own,)
        second = self._ground(GroundKind.QUALIFYING_DISPOSAL, "wounding", where, since, ends, EndReason.LICENCE_ENDED)
        return own, second

    def _ground(
        self, kind: GroundKind, offence: str, where: Whereabouts, since: date, until: date | None, reason: EndReason
    ) -> GroundRecord:
        hospital = where is Whereabouts.HOSPITAL
        return GroundRecord(
            kind,
            since,
            None if hospital else until,
            offence_code=offence,
            outcome=OffenceOutcome.CONVICTION,
            outcome_on=since,
            disposal=Disposal.HOSPITAL_ORDER_RESTRICTED if hospital else Disposal.IMPRISONMENT,
            disposal_on=since,
            term_months=None if hospital else 24,
            end_reason=reason if until and not hospital else None,
            end_confirmed=until is not None and not hospital,
        )

    def _levels(
        self, level: Level, since: date, until: date | None, *, always: bool
    ) -> tuple[tuple[LevelRecord, ...], tuple[MeetingRecord, ...]]:
        """Level 1 throughout for most; six in a hundred of them were at Level 2 for a year.

        ``always``: at this level since the first day, as Category 3 must be (R25).
        """
        if level is Level.NOT_SET:
            return (LevelRecord(Level.NOT_SET, since, decided_by=DecidingBody.STATUS_OPENED),), ()
        one = LevelRecord(Level.ONE, since, decided_by=DecidingBody.SCREENING)
        if level is Level.ONE:
            last = min(until or self.today, self.today)
            if self.random.random() > 0.06 or (last - since).days < 500:
                return (one,), ()
            up = since + timedelta(days=self.random.randint(30, (last - since).days - 430))
            down = up + timedelta(days=360)
            meetings = self._meetings(Level.TWO, up, down)
            two = LevelRecord(Level.TWO, up, decided_by=DecidingBody.REFERRAL_PANEL, reason="Meetings add value.")
            return (one, two, LevelRecord(Level.ONE, down, decided_by=DecidingBody.MEETING)), meetings
        up = since if always else max(since, self._before(self.today, 30, 400))
        decided = LevelRecord(level, up, decided_by=DecidingBody.REFERRAL_PANEL, reason="Meetings add value.")
        meetings = self._meetings(level, up, self.today)
        return ((one, decided) if up > since else (decided,)), meetings

    def _meetings(self, level: Level, since: date, until: date) -> tuple[MeetingRecord, ...]:
        """A meeting every fifteen weeks, or seven, so that most reviews are in time."""
        step = 105 if level is Level.TWO else 49
        found, day = [], since
        while day <= until:
            found.append(MeetingRecord(day, level, day + timedelta(days=step), "national"))
            day += timedelta(days=step)
        return tuple(found)

    def _whereabouts(self, where: Whereabouts, since: date) -> tuple[WhereaboutsRecord, ...]:
        """Most were in custody before; one in six was recalled and came out again."""
        place = {_CUSTODY: "HMP Ranby", Whereabouts.HOSPITAL: "Harrier Ward"}.get(where, "")
        kinds: Sequence[Whereabouts] = (where,)
        if where is _COMMUNITY and (draw := self.random.random()) < 0.7:
            kinds = (_CUSTODY, _COMMUNITY) if draw > 0.12 else (_CUSTODY, _COMMUNITY, Whereabouts.RECALLED, _COMMUNITY)
        elif where is Whereabouts.RECALLED:
            kinds = (_CUSTODY, _COMMUNITY, where)
        starts = self._turns(since, len(kinds) - 1)
        return tuple(
            WhereaboutsRecord(kind, day, ends, place if kind is where else "")
            for kind, (day, ends) in zip(kinds, _spans(starts), strict=True)
        )

    def _officers(self, lead: str, index: int) -> tuple[NamedOfficerRecord, ...]:
        post = _OFFICERS.get(lead)
        if post is None or index % 20:
            return ()
        since = self.today - timedelta(days=400)
        return (NamedOfficerRecord(self.place.staff[post].pk, self.place.agencies[lead].pk, since),)

    def _dates(self, where: Whereabouts) -> tuple[KeyDateRecord, ...]:
        if where is not _CUSTODY:
            return ()
        return (KeyDateRecord(KeyDateKind.EARLIEST_RELEASE, self.today + timedelta(days=self.random.randint(5, 1500))),)


def _spans(starts: Sequence[date]) -> list[tuple[date, date | None]]:
    """Each start with the day before the next; the last stays open."""
    ends = [*(day - _DAY for day in starts[1:]), None]
    return list(zip(starts, ends, strict=True))
