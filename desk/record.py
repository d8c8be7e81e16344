"""The nominal's page, composed: rows of the register, what the rules derive from them, and what may be done next."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.written import Written, keep
from audit.reads import AccessKind
from cases.clashes import possible_doubles
from cases.facts import (
    CaseFacts,
    ground_facts,
    level_facts,
    meeting_facts,
    whereabouts_facts,
)
from cases.merging.addresses import told_otherwise
from cases.models import (
    Address,
    Alias,
    Ground,
    Identifier,
    KeyDate,
    LeadAgencySpan,
    LevelSpan,
    NamedOfficerSpan,
    Nominal,
    QualifyingMeeting,
    WhereaboutsSpan,
)
from cases.obligations import reviews_wanted
from cases.queries import officers_gone_of, overdue_of, own_numbers_first
from cases.thresholding import Question, thresholding_of
from pages.base import show
from pages.dates import british_date
from pages.offers import Offer
from rules.ahead import is_child
from rules.calendar import age_on
from rules.categories import category_of, category_on
from rules.core import Answer, Decision, Period, Reason
from rules.deadlines import detained_periods, ground_ending, is_brought_forward, review_due, status_of
from rules.facts import PersonFacts, RegisterFacts
from rules.leading import nobody_leads_since
from rules.levels import level_on
from rules.notification import review_eligible_on
from rules.parameters import Parameters
from rules.vocabulary import Category, GroundKind, Handling, Level, ObligationKind, Whereabouts
from rules.whereabouts import counts_as_community, pauses_review_clock

from .circumstances import warned
from .corrections import Line, lines_of
from .lines import Ahead, GroundLine, Review, quoted
from .offers import offers_for, offers_for_ground

Span = Address | LeadAgencySpan | LevelSpan | NamedOfficerSpan | WhereaboutsSpan
S = TypeVar("S", Address, LeadAgencySpan, LevelSpan, NamedOfficerSpan, WhereaboutsSpan)


# What the page of a nominal shows of them, by the names under which they have it.
_EVERYTHING: dict[str, Written[Any]] = {
    "identifiers": Written(lambda key: own_numbers_first(Identifier.objects.filter(nominal=key))),
    "aliases": Written(lambda key: Alias.objects.filter(nominal=key)),
    "key_dates": Written(lambda key: KeyDate.objects.filter(nominal=key)),
    "whereabouts": Written(lambda key: WhereaboutsSpan.objects.filter(nominal=key)),
    "levels": Written(lambda key: LevelSpan.objects.filter(nominal=key)),
    "qualifying_meetings": Written(lambda key: QualifyingMeeting.objects.filter(nominal=key)),
    "addresses": Written(lambda key: Address.objects.filter(nominal=key).select_related("closest_links")),
    "lead_agencies": Written(lambda key: LeadAgencySpan.objects.filter(nominal=key).select_related("agency")),
    "named_officers": Written(
        lambda key: NamedOfficerSpan.objects.filter(nominal=key).select_related("officer", "agency")
    ),
    "grounds": Written(
        lambda key: Ground.objects.filter(nominal=key).select_related("offence").order_by("starts_on", "id")
    ),
}


def read_everything(nominal: Nominal) -> None:
    """Reads all that the page of the nominal shows, at one query a kind, and keeps it at the nominal."""
    for name, rows in _EVERYTHING.items():
        keep(nominal, name, rows(nominal.pk))


class Record:
    """What the page of one nominal shows. Built from one with :func:`read_everything`."""

    def __init__(self, nominal: Nominal, *, by: Principal, today: date) -> None:
        self.nominal = nominal
        self.by = by
        self.today = today

    @cached_property
    def facts(self) -> CaseFacts:
        nominal = self.nominal
        return CaseFacts(
            nominal_id=nominal.pk,
            area_id=nominal.area_id,
            register=RegisterFacts(
                key=nominal.pk,
                grounds=tuple(ground_facts(row) for row in nominal.grounds.all()),
                levels=tuple(level_facts(row) for row in _by_start(nominal.levels.all())),
                whereabouts=tuple(whereabouts_facts(row) for row in _by_start(nominal.whereabouts.all())),
            ),
            meetings=tuple(meeting_facts(row) for row in nominal.qualifying_meetings.all()),
        )

    @cached_property
    def params(self) -> Parameters:
        return parameters_for(self.nominal.area)

    @cached_property
    def category(self) -> Answer[Category | None]:
        return category_on(self.facts.register.grounds, self.today)

    @cached_property
    def level(self) -> Answer[Level | None]:
        return level_on(self.facts.register.levels, self.today)

    @cached_property
    def thresholding(self) -> Question | None:
        """Whether domestic abuse or stalking needs Level 2 or 3, while that is to be said (R50). None: it is not."""
        if self.category.value is None:
            return None
        question = thresholding_of(self.nominal, self.level.value)
        return question if question.asked else None

    @property
    def level_since(self) -> date | None:
        span = _on(self.nominal.levels.all(), self.today)
        return span.starts_on if span else None

    @property
    def age(self) -> int | None:
        born = self.nominal.date_of_birth
        return age_on(born, self.today) if born else None

    @property
    def born(self) -> str:
        """The day and the age, in words."""
        born = self.nominal.date_of_birth
        return f"{british_date(born)} (aged {self.age})" if born else "not known"

    @cached_property
    def child(self) -> Answer[bool]:
        """Whether the person is under 18 today (R30)."""
        return is_child(self.nominal.date_of_birth, self.today, self.params)

    @property
    def handling_label(self) -> str:
        """Shown when the record is not an ordinary one."""
        return "" if self.nominal.handling == Handling.ORDINARY else self.nominal.get_handling_display()

    @property
    def identity(self) -> list[tuple[str, str]]:
        return quoted((row.kind, row.normalised) for row in self.nominal.identifiers.all())

    @cached_property
    def review(self) -> Review | None:
        """The open review, if the person is at Level 2 or 3 and a meeting has been held."""
        register = self.facts.register
        waiting = [
            row
            for row in reviews_wanted(self.facts, today=self.today, params=self.params)
            if row.met_on is None and row.cancelled_on is None
        ]
        if not waiting:
            return None
        row = waiting[-1]
        detained = detained_periods(register.whereabouts, self.params)
        clock = review_due(self.level.value, row.triggered_on, detained, self.params, today=self.today)
        status = status_of(
            row.due_on,
            row.met_on,
            self.today,
            brought_forward=is_brought_forward(row.triggered_on, self.nominal.area.starts_on),
        )
        return Review(row.due_on, row.works_to, status, clock.reasons)

    @property
    def ground_heads(self) -> list[str]:
        heads = ["Ground", "Outcome", "From", "To", "State"]
        return [*heads, "Change"] if self.may_edit_grounds else heads

    @cached_property
    def grounds(self) -> Sequence[GroundLine]:
        """Open grounds first, then those to come and those over; voided ones last."""
        order = {"Open": 0, "To come": 1, "Ended": 2, "Void": 3}
        lines = [
            GroundLine(
                row,
                category_of(GroundKind(row.kind)),
                self._state(row),
                offers_for_ground(row, by=self.by, today=self.today) if self.may_edit_grounds else (),
            )
            for row in self.nominal.grounds.all()
        ]
        return sorted(lines, key=lambda line: (order[line.state], line.ground.starts_on))

    def _state(self, ground: Ground) -> str:
        if ground.voided_on is not None:
            return "Void"
        if ground.starts_on > self.today:
            return "To come"
        return "Ended" if ground.ends_on is not None and ground.ends_on < self.today else "Open"

    @cached_property
    def may_edit_grounds(self) -> Decision:
        return can(self.by, Perm.GROUND_EDIT, self.nominal)

    @cached_property
    def ahead(self) -> Sequence[Ahead]:
        """Dates to come that change what must be done, the nearest first; a review that is overdue stays among them."""
        found = [
            Ahead(row.falls_on, row.get_kind_display(), _note(row))
            for row in self.nominal.key_dates.all()
            if row.falls_on >= self.today
        ]
        for row in self.nominal.grounds.all():
            if row.voided_on is not None:
                continue
            if row.starts_on > self.today:
                found.append(Ahead(row.starts_on, "Ground starts", row.get_kind_display()))
            if row.ends_on is not None and row.ends_on >= self.today:
                found.append(self._ending(row, row.ends_on))
        found.extend(self._reviews_ahead())
        return sorted(found, key=lambda each: each.on)

    def _ending(self, ground: Ground, ends_on: date) -> Ahead:
        """The end of a ground; of the last one at Level 2 or 3, also that it is to be decided by then (R26)."""
        note = ground.get_kind_display() + ("" if ground.end_confirmed else ", not yet confirmed")
        facts = [each for each in self.facts.register.grounds if not each.voided]
        own = next(each for each in facts if each.key == ground.pk)
        level = level_on(self.facts.register.levels, ends_on).value or self.level.value
        answer = ground_ending(own, [each for each in facts if each is not own], level, self.params)
        decide = answer.value is not None and answer.value.decide_by is not None
        what = "Last ground ends: decide by then to exit or to begin Category 3" if decide else "Ground ends"
        return Ahead(ends_on, what, note, reasons=answer.reasons)

    def _reviews_ahead(self) -> list[Ahead]:
        # The review at Level 2 or 3 is worked out below, with its reasons.
        found = [
            Ahead(row.due_on, ObligationKind(row.kind).label, "", overdue=True)
            for row in overdue_of(self.nominal.pk, self.today)
            if row.due_on is not None and row.kind != ObligationKind.REVIEW_LEVEL_2_3
        ]
        if self.review is not None and self.review.due_on is not None:
            found.append(
                Ahead(
                    self.review.due_on,
                    "Review due at the latest",
                    "Level 2 or 3 meeting",
                    self.review.overdue,
                    self.review.reasons,
                )
            )
            if self.review.works_to is not None and self.review.works_to >= self.today:
                found.append(Ahead(self.review.works_to, "Next meeting", "Date set by the chair"))
        person = PersonFacts(surname=self.nominal.family_name, born_on=self.nominal.date_of_birth)
        for facts in self.facts.register.grounds:
            if facts.voided:
                continue
            eligible = review_eligible_on(facts, person, self.params)
            if eligible.value is not None and eligible.value >= self.today:
                what, note = "Indefinite notification may be reviewed", "On application by the person"
                found.append(Ahead(eligible.value, what, note, reasons=eligible.reasons))
        return found

    @property
    def may_merge(self) -> bool:
        """Whether the reader looks after doubles: their role says so for every record that is open to them."""
        return bool(can(self.by, Perm.NOMINAL_MERGE))

    @cached_property
    def doubles(self) -> list[Nominal]:
        """Others who may be the same person, as far as the reader may see them: they are on the page, so they count as
        shown (R4)."""
        found = possible_doubles(self.by, self.nominal)
        show(found, AccessKind.LIST)
        return found

    @property
    def warned(self) -> list[tuple[str, str]]:
        """What staff are warned of today."""
        return warned(self.nominal)

    @cached_property
    def community(self) -> Answer[bool] | None:
        """Whether they are counted on 31 March where they are (R85); None for nowhere and for the dead."""
        if self.whereabouts is None or self.whereabouts.kind == Whereabouts.DEAD:
            return None
        return counts_as_community(Whereabouts(self.whereabouts.kind), self.today, self.params)

    @property
    def counted(self) -> bool:
        return self.community is not None and self.community.value

    @cached_property
    def where_why(self) -> Sequence[Reason]:
        """Why they are counted or not, and whether the review clock stands (R85, R52)."""
        if self.whereabouts is None or self.community is None:
            return ()
        clock = pauses_review_clock(Whereabouts(self.whereabouts.kind), self.today, self.params)
        return (*self.community.reasons, *clock.reasons)

    # --- dated facts ------------------------------------------------------------------------------------------------

    @cached_property
    def whereabouts(self) -> WhereaboutsSpan | None:
        return _on(self.nominal.whereabouts.all(), self.today)

    @cached_property
    def lead_agency(self) -> LeadAgencySpan | None:
        return _on(self.nominal.lead_agencies.all(), self.today)

    @cached_property
    def nobody_leads_since(self) -> date | None:
        """Since when the person has had no lead agency while in MAPPA; None: one leads, or there is no status."""
        leads = [Period(row.starts_on, row.ends_on) for row in self.nominal.lead_agencies.all()]
        return nobody_leads_since(leads, self.facts.register.grounds, self.today)

    @cached_property
    def named_officers(self) -> list[NamedOfficerSpan]:
        return [row for row in self.nominal.named_officers.all() if _holds(row, self.today)]

    @cached_property
    def officers_gone(self) -> frozenset[int]:
        """The spans of today's named officers who have left (R97)."""
        return frozenset(row.pk for row in officers_gone_of(self.nominal.pk, self.today))

    @cached_property
    def lead_lines(self) -> list[Line[LeadAgencySpan]]:
        return lines_of(_by_start(self.nominal.lead_agencies.all())[::-1], by=self.by, today=self.today)

    @cached_property
    def officer_lines(self) -> list[Line[NamedOfficerSpan]]:
        return lines_of(_by_start(self.nominal.named_officers.all())[::-1], by=self.by, today=self.today)

    @cached_property
    def whereabouts_by_date(self) -> list[Line[WhereaboutsSpan]]:
        return lines_of(_by_start(self.nominal.whereabouts.all())[::-1], by=self.by, today=self.today)

    @cached_property
    def meeting_lines(self) -> list[Line[QualifyingMeeting]]:
        return lines_of(self.meetings_by_date, by=self.by, today=self.today)

    @cached_property
    def level_lines(self) -> list[Line[LevelSpan]]:
        return lines_of(self.levels_by_date, by=self.by, today=self.today)

    @property
    def meetings_by_date(self) -> list[QualifyingMeeting]:
        return sorted(self.nominal.qualifying_meetings.all(), key=lambda row: row.held_on, reverse=True)

    @property
    def levels_by_date(self) -> list[LevelSpan]:
        return _by_start(self.nominal.levels.all())[::-1]

    @cached_property
    def addresses_by_date(self) -> tuple[list[Line[Address]], list[Line[Address]]]:
        """Those of today and to come, and those that have ended; the latest first."""
        lines = lines_of(_by_start(self.nominal.addresses.all())[::-1], by=self.by, today=self.today)
        ended = [line for line in lines if line.row.ends_on is not None and line.row.ends_on < self.today]
        return [line for line in lines if line not in ended], ended

    @cached_property
    def homes_told_otherwise(self) -> frozenset[int]:
        """Addresses recorded twice with two answers to whose home it is, as a merge of two records leaves them."""
        return told_otherwise(list(self.nominal.addresses.all()))

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """What may be done next, by the part of the page that offers it."""
        return offers_for(self.nominal, by=self.by, today=self.today)


def _holds(row: Span, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)


def _on(rows: Iterable[S], day: date) -> S | None:
    return next((row for row in rows if _holds(row, day)), None)


def _by_start(rows: Iterable[S]) -> list[S]:
    return sorted(rows, key=lambda row: row.starts_on)


def _note(row: KeyDate) -> str:
    return ", ".join(filter(None, ("confirmed" if row.certain else "not yet confirmed", row.note)))
