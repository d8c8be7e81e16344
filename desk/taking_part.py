"""Who takes part in a case, who reads it by name and who is kept out of it, in words: today and ahead, and before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import CaseParticipation, Exclusion, HandlingChange, Nominal, PersonalGrant
from cases.readers import exclusions_told
from cases.services.participation import may_set_handling
from cases.views.access import TITLES
from pages.navigation import address_about
from pages.offers import Offer, shown
from rules.vocabulary import Handling, ParticipationSource

Row = CaseParticipation | PersonalGrant | Exclusion

MEANS = {
    Handling.ORDINARY: "It opens to whoever has the case within the reach of their role, and to those named below.",
    Handling.RESTRICTED: "It opens to its named readers only. Whoever else has it within reach sees a card, “contact "
    "the unit”, with no detail.",
    Handling.CATEGORY_4: "It opens to people cleared for Category 4 only. To everybody else it does not exist: no "
    "page, no hit, no count.",
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
    out = exclusions_told(by, nominal.pk).select_related("user", "agency")
    return TakingPart(
        handling=Handling(nominal.handling),
        changed=nominal.handling_changes.select_related("changed_by").order_by("changed_on", "pk").last(),
        handling_offers=shown(handlings_offered(nominal, by=by, today=today)),
        agencies=_lines(map(_agency, agencies), today, "Agency", "Agencies that take part", "No agency takes part."),
        people=_lines(map(_person, people), today, "Person", "People who read it by name", "Nobody reads it by name."),
        kept_out=_lines(map(_out, out), today, "Person or agency", "Kept out", "Nobody is kept out.", kept_out=True),
    )


def handlings_offered(nominal: Nominal, *, by: Principal, today: date) -> Iterable[Offer]:
    """The other ways in which the record could be handled. Of the Category 4 wall only the cleared are told."""
    access = can(by, Perm.ACCESS_RESTRICT, nominal)
    for handling, label in TITLES.items():
        if handling != nominal.handling and (by.category_4 or handling is not Handling.CATEGORY_4):
            url = reverse("handling-set", args=[nominal.pk, handling])
            may = may_set_handling(nominal, by=by, today=today, handling=handling) if access else access
            yield Offer(label, url, may, access=access)


def _lines(found: Iterable[Line], today: date, who: str, caption: str, nobody: str, *, kept_out: bool = False) -> Lines:
    rows = sorted(found, key=lambda line: (line.row.starts_on, line.row.pk))
    now = [line for line in rows if line.row.ends_on is None or line.row.ends_on >= today]
    past = [line for line in rows if line.row.ends_on is not None and line.row.ends_on < today]
    earlier = Table(past[::-1], who, f"{caption}, earlier", kept_out)
    return Lines(Table(now, who, caption, kept_out), earlier, nobody)


def _agency(row: CaseParticipation) -> Line:
    return _by_source(row, row.group.agency.name, ParticipationSource.LEAD)


def _person(row: PersonalGrant) -> Line:
    return _by_source(row, row.user.name, ParticipationSource.NAMED_OFFICER)


def _by_source(row: CaseParticipation | PersonalGrant, who: str, following: ParticipationSource) -> Line:
    source = ParticipationSource(row.source)
    url = address_about("nominal", row.content_object_id) + "#people" if source is following else ""
    return Line(row, who, source.label, span_url=url)


def _out(row: Exclusion) -> Line:
    return Line(row, row.user.name if row.user is not None else str(row.agency), "")
