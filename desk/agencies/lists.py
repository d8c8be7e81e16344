"""The agencies of the area, by the letter of their duty, and what each lacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.agreements import Signed, signed_by
from agencies.contacts import Standing, standings
from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency
from agencies.queries import agencies_in_area
from agencies.roles import Perm
from agencies.services.partners import may_edit_in_area
from agencies.spans import open_on
from agencies.succession import waiting_successions
from pages.guards import ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter
from rules.vocabulary import AgreementKind, AgreementState

EVERY, FORMER = "every", "former"
NO_SPOC, NO_DEPUTY, NOT_REACHED = "no_spoc", "no_deputy", "not_reached"
CONTACT_GAP, AGREEMENT_GAP = "contacts", "agreements"

DUTIES: Choices = [(duty.value or "none", duty.label) for duty in Duty]
LACKS: Choices = [
    (CONTACT_GAP, "Anything about contacts"),
    (AGREEMENT_GAP, "Anything about agreements"),
    (NO_SPOC, "No single point of contact"),
    (NO_DEPUTY, "No deputy"),
    (NOT_REACHED, "Nobody is reached today"),
    *(
        (f"{kind}:{state}", f"{kind.label}: {state.label.lower()}")
        for kind in AgreementKind
        for state in (AgreementState.NEVER_SIGNED, AgreementState.EXPIRED, AgreementState.RUNNING_OUT)
    ),
]


@dataclass(frozen=True)
class AgencyRow:
    """A line of the list."""

    agency: Agency
    kind: str
    duty: str
    standing: Standing
    signed: Sequence[Signed]

    @property
    def asked(self) -> bool:
        """Agreements are asked of it."""
        return any(each.asked for each in self.signed)

    @property
    def in_order(self) -> bool:
        """All that is asked of it is in force."""
        return self.asked and not any(each.wants_attention for each in self.signed)

    def lacks(self, code: str) -> bool:
        """Whether this is one of the things to be put right for the agency."""
        if code == CONTACT_GAP:
            return any(self.lacks(each) for each in (NO_SPOC, NO_DEPUTY, NOT_REACHED))
        if code == AGREEMENT_GAP:
            return any(each.wants_attention for each in self.signed)
        if code in (NO_SPOC, NO_DEPUTY):
            contact = self.standing.spoc if code == NO_SPOC else self.standing.deputy
            return bool(self.standing.missing) and contact is None
        if code == NOT_REACHED:
            return self.standing.expected and self.standing.reached is None
        return any(each.asked and f"{each.kind}:{each.state}" == code for each in self.signed)


def rows_of(agencies: Iterable[Agency], context: ListContext) -> list[AgencyRow]:
    """With contacts and agreements of the day, in a constant number of queries."""
    found = list(agencies)
    contacts = standings(found, on=context.today)
    signed = signed_by(found, context.parameters, today=context.today)
    return [
        AgencyRow(each, AgencyKind(each.kind).label, Duty(each.duty).label, contacts[each.pk], signed[each.pk])
        for each in found
    ]


def _lacking(rows: QuerySet[Agency], code: str, context: ListContext) -> QuerySet[Agency]:
    lacking = rows_of(agencies_in_area(context.principal).on(context.today), context)
    return rows.filter(pk__in=[row.agency.pk for row in lacking if row.lacks(code)])


def _duty(rows: QuerySet[Agency], code: str, _context: ListContext) -> QuerySet[Agency]:
    return rows.filter(duty="" if code == "none" else code)


LISTING = Listing(
    sorts=(
        Sort("name", "Name", ("name",)),
        Sort("duty", "Duty", ("duty", "name")),
        Sort("kind", "Kind", ("kind", "name")),
    ),
    columns=(Column("Name", "name"), Column("Duty", "duty"), Column("Reached through"), Column("Agreements")),
    filters=(
        choice_filter("duty", "Duty", DUTIES, _duty),
        choice_filter("lacks", "To be put right", LACKS, _lacking),
        choice_filter(
            "status", "Which", [(EVERY, "All that are known"), (FORMER, "Those that take no part today")],
            lambda rows, _code, _context: rows, empty_label="Those that take part today",
        ),
    ),
    noun=("agency", "agencies"),
    empty="No agency of this area takes part yet.",
    empty_filtered="No agency matches these filters.",
)  # fmt: skip


def known_by_status(rows: QuerySet[Agency], status: str, today: date) -> QuerySet[Agency]:
    """Those that take part on the day; every one that is known, or those that do not, when the status says so."""
    if status == EVERY:
        return rows
    if status == FORMER:
        return rows.exclude(pk__in=Agency.objects.on(today).values("pk"))
    return rows.filter(open_on(today))


class AgencyList(ListPage[Agency]):
    """The agencies of the area."""

    permission = Perm.AGENCIES_VIEW
    model = Agency
    listing = LISTING
    template_name = "desk/agencies/agency_list.html"
    title = "Agencies"

    def get_queryset(self) -> QuerySet[Agency]:
        rows = agencies_in_area(self.principal).select_related("part_of")
        return known_by_status(rows, self.request.GET.get("status", ""), self.today)

    def offers(self) -> Iterable[Offer]:
        edit = may_edit_in_area(self.principal.area_id or 0, by=self.principal)
        access = can(self.principal, Perm.AREA_EDIT)
        return [
            Offer("Add an agency", reverse("agency-add"), edit, access=access),
            Offer("Plan a merger or a successor", reverse("succession-plan"), edit, access=access),
            Offer("Word for a managed person", reverse("person-word-set"), edit, access=access),
        ]

    def decorate(self, rows: Sequence[Agency]) -> Sequence[AgencyRow]:
        return rows_of(rows, ListContext(self.principal, self.today))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = waiting_successions().filter(area=self.principal.area_id).select_related("successor")
        return super().get_context_data(planned=list(waiting), **context)
