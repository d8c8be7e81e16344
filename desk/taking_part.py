"""Who takes part in a case, who reads it by name and who is kept out of it, in words: today and ahead, and before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.urls import reverse

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import CaseParticipation, Exclusion, HandlingChange, Nominal, PersonalGrant
from cases.readers import exclusions_told
from cases.services.following import FOLLOWS_A_SPAN
from cases.services.participation import (
    may_close_participation,
    may_end_exclusion,
    may_exclude,
    may_open_participation,
    may_set_handling,
)
from cases.views.access import TITLES
from pages.navigation import address_about
from pages.offers import Offer, shown
from rules.core import Decision
from rules.vocabulary import Handling, ParticipationSource

Row = CaseParticipation | PersonalGrant | Exclusion

MEANS = {
    Handling.ORDINARY: "It opens to whoever has the case within the reach of their role, and to those named below.",
    Handling.RESTRICTED: "It opens to its named readers only. Whoever else has it within reach sees a card, “contact "
    "the unit”, with no detail.",
    Handling.CATEGORY_4: "It opens to people cleared for Category 4 only. To everybody else it does not exist: no "
    "page, no hit, no count.",
}
_AS_READER = partial(may_open_participation, source=ParticipationSource.NAMED_READER)
# What can be added to each table: label, page, twin.
ADDING: dict[str, tuple[tuple[str, str, Callable[..., Decision]], ...]] = {
    "Agencies that take part": (("Let an agency take part", "participation-add", may_open_participation),),
    "People who read it by name": (
        ("Let a person read the record", "personal-grant-add", may_open_participation),
        ("Name a reader", "named-reader-add", _AS_READER),
    ),
    "Kept out": (("Keep somebody out", "exclusion-add", may_exclude),),
}
RULE = {Handling.RESTRICTED: "R100", Handling.CATEGORY_4: "R99"}


@dataclass(frozen=True)
class Line:
    """One agency or person, from a day to a day. ``span_url`` leads to the span that the row follows, if it does."""

    row: Row
    who: str
    why: str
    offers: Sequence[Offer] = ()
    span_url: str = ""


@dataclass(frozen=True)
class Table:
    """Lines under their headings. ``kept_out`` have no kind of part in the case."""

    rows: Sequence[Line]
    who: str
    caption: str
    kept_out: bool = False

    @property
    def can_change(self) -> bool:
        """Whether there is anything to press beside one of them."""
        return any(line.offers for line in self.rows)

    @property
    def heads(self) -> list[str]:
        because = [] if self.kept_out else ["Because"]
        return [self.who, *because, "From", "To", "Reason", *(["Change"] if self.can_change else [])]


@dataclass(frozen=True)
class Lines:
    """Those of today and ahead, and those that are over, the latest first. ``nobody`` stands there without any."""

    now: Table
    past: Table
    nobody: str
    adding: Sequence[Offer]


@dataclass(frozen=True)
class TakingPart:
    """All that the page shows of who may read the record."""

    handling: Handling
    changed: HandlingChange | None
    handling_offers: Sequence[Offer]
    agencies: Lines
    people: Lines
    kept_out: Lines

    @property
    def means(self) -> str:
        return MEANS[self.handling]

    @property
    def rule(self) -> str:
        return RULE.get(self.handling, "")


def taking_part_in(nominal: Nominal, *, by: Principal, today: date) -> TakingPart:
    """Who takes part in the case and who is kept out, in four queries. What is about the reader, or about their
    agency, is not told to them: a match about somebody is never learned by them (R100).
    """
    agencies = nominal.participations.select_related("group__agency", "granted_by")
    people = nominal.personal_grants.select_related("user", "granted_by")
    out = exclusions_told(by, nominal).select_related("user", "agency")
    lines = _Lines(nominal, by, today)
    return TakingPart(
        handling=Handling(nominal.handling),
        changed=nominal.handling_changes.select_related("changed_by").order_by("changed_on", "pk").last(),
        handling_offers=shown(handlings_offered(nominal, by=by, today=today)),
        agencies=lines.of(map(lines.agency, agencies), "Agency", "Agencies that take part", "No agency takes part."),
        people=lines.of(map(lines.person, people), "Person", "People who read it by name", "Nobody reads it by name."),
        kept_out=lines.of(map(lines.out, out), "Person or agency", "Kept out", "Nobody is kept out."),
    )


def handlings_offered(nominal: Nominal, *, by: Principal, today: date) -> Iterable[Offer]:
    """The other ways in which the record could be handled. Of the Category 4 wall only the cleared are told."""
    access = can(by, Perm.ACCESS_RESTRICT, nominal)
    for handling, label in TITLES.items():
        if handling != nominal.handling and (by.category_4 or handling is not Handling.CATEGORY_4):
            url = reverse("handling-set", args=[nominal.pk, handling])
            may = may_set_handling(nominal, by=by, today=today, handling=handling) if access else access
            yield Offer(label, url, may, access=access)


@dataclass(frozen=True)
class _Lines:
    """Makes the lines of one record, each with what the reader may do about it."""

    nominal: Nominal
    by: Principal
    today: date

    def of(self, found: Iterable[Line], who: str, caption: str, nobody: str) -> Lines:
        """Those of today and ahead, and those that are over."""
        rows = sorted(found, key=lambda line: (line.row.starts_on, line.row.pk))
        now = [line for line in rows if not self._over(line.row)]
        past = [line for line in rows if self._over(line.row)]
        kept_out = who == "Person or agency"
        earlier = Table(past[::-1], who, f"{caption}, earlier", kept_out)
        return Lines(Table(now, who, caption, kept_out), earlier, nobody, shown(self._adding(caption)))

    def agency(self, row: CaseParticipation) -> Line:
        """An agency that takes part."""
        return self._granted(row, row.group.agency.name, "participation-end")

    def person(self, row: PersonalGrant) -> Line:
        """Somebody who reads by name."""
        return self._granted(row, row.user.name, "personal-grant-end")

    def out(self, row: Exclusion) -> Line:
        """Somebody who is kept out."""
        may = may_end_exclusion(row, by=self.by, today=self.today)
        return self._line(row, str(row.user or row.agency), "", "exclusion-end", may)

    def _granted(self, row: CaseParticipation | PersonalGrant, who: str, url_name: str) -> Line:
        source = ParticipationSource(row.source)
        if source in FOLLOWS_A_SPAN:
            return Line(row, who, source.label, span_url=address_about("nominal", self.nominal.pk) + "#people")
        may = may_close_participation(row, by=self.by, today=self.today)
        return self._line(row, who, source.label, url_name, may)

    def _line(self, row: Row, who: str, why: str, url_name: str, may: Decision) -> Line:
        if self._over(row):
            return Line(row, who, why)
        return Line(row, who, why, shown([Offer("End", address_about(url_name, row.pk), may, access=may, of=who)]))

    def _over(self, row: Row) -> bool:
        return row.ends_on is not None and row.ends_on < self.today

    def _adding(self, caption: str) -> Iterable[Offer]:
        for label, url_name, asks in ADDING[caption]:
            may = asks(self.nominal, by=self.by, today=self.today)
            yield Offer(label, address_about(url_name, self.nominal.pk), may, access=may)
