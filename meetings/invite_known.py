"""What the register, the table and the agencies say of the meetings of an area on one day, read when first asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property

from agencies.models import Agency, Contact, FormerHomes, LocalHousingAuthority
from agencies.spans import open_on
from cases.models import CaseParticipation, LeadAgencySpan, NamedOfficerSpan, WhereaboutsSpan
from rules.invitations import InviteFacts
from rules.vocabulary import InviteReason, ProcessKind

from .invite_facts import Table, districts_of, invite_facts, processes_of, table_of, whereabouts_of
from .models import Invitation, PanelAgency, Slot

# What runs beside MAPPA and asks for whoever runs it; who that is may stand with it.
_RUN_BY = {
    ProcessKind.TAG: InviteReason.TAG,
    ProcessKind.WORK: InviteReason.WORK,
    ProcessKind.VICTIM_CONTACT: InviteReason.VICTIM_CONTACT,
    ProcessKind.MARAC: InviteReason.DOMESTIC_ABUSE,
}
ByKey = defaultdict[int, list[int]]


class Known:
    """The facts of several people who are heard in one area on one day: a handful of queries, however many they are.

    Raises ``ValueError`` without a slot.
    """

    def __init__(self, slots: Sequence[Slot], *, today: date) -> None:
        if not slots:
            raise ValueError("nobody is heard")
        self.on, self.today, self.area_id = slots[0].held_on, today, slots[0].nominal.area_id
        self.nominals = list({slot.nominal_id: slot.nominal for slot in slots}.values())
        self.ids = [each.pk for each in self.nominals]

    @cached_property
    def agencies(self) -> dict[int, Agency]:
        """Those of the area that take part on the day."""
        return {agency.pk: agency for agency in Agency.objects.on(self.on).filter(area=self.area_id)}

    @cached_property
    def reached(self) -> set[int]:
        """Those with a contact of their own."""
        rows = Contact.objects.filter(open_on(self.on), agency__in=self.agencies)
        return set(rows.values_list("agency", flat=True))

    @cached_property
    def table(self) -> Table:
        return table_of(self.area_id)

    @cached_property
    def facts(self) -> dict[int, InviteFacts]:
        return invite_facts(self.nominals, on=self.on)

    @cached_property
    def whereabouts(self) -> dict[int, WhereaboutsSpan]:
        return whereabouts_of(self.nominals, on=self.on)

    @cached_property
    def districts(self) -> dict[int, LocalHousingAuthority | None]:
        return districts_of(self.nominals, on=self.on)

    @cached_property
    def leads(self) -> ByKey:
        rows = LeadAgencySpan.objects.filter(open_on(self.on), nominal__in=self.ids)
        return self._here(rows.values_list("nominal", "agency"))

    @cached_property
    def officers(self) -> ByKey:
        rows = NamedOfficerSpan.objects.filter(open_on(self.on), nominal__in=self.ids)
        return self._here(rows.values_list("nominal", "agency"))

    @cached_property
    def taking_part(self) -> ByKey:
        """Those that take part in each case today, for whatever reason."""
        rows = CaseParticipation.objects.filter(open_on(self.today), content_object__in=self.ids)
        return self._here(rows.values_list("content_object", "group__agency"))

    @cached_property
    def runs(self) -> defaultdict[int, dict[InviteReason, list[int]]]:
        """Who is recorded as running what asks for them, by nominal."""
        found: defaultdict[int, dict[InviteReason, list[int]]] = defaultdict(dict)
        rows = processes_of(self.nominals, on=self.on).filter(agency__in=self.agencies, kind__in=_RUN_BY)
        for nominal, kind, agency in rows.order_by("agency").values_list("nominal", "kind", "agency"):
            found[nominal].setdefault(_RUN_BY[ProcessKind(kind)], []).append(agency)
        return found

    @cached_property
    def panels(self) -> ByKey:
        """Who stands in each panel of the area, by panel."""
        return self._here((panel, agency) for panel, _, agency in self._standing)

    @cached_property
    def panels_of_area(self) -> ByKey:
        """Who stands in the panels of each panel area, by panel area."""
        return self._here((area, agency) for _, area, agency in self._standing if area is not None)

    @cached_property
    def _standing(self) -> list[tuple[int, int | None, int]]:
        rows = PanelAgency.objects.filter(open_on(self.on), agency__in=self.agencies)
        return list(rows.values_list("panel", "panel__panel_area", "agency"))

    @cached_property
    def serving(self) -> defaultdict[int, set[int]]:
        """Which agencies serve each panel area."""
        found = defaultdict(set)
        for agency, area in Agency.serves.through.objects.filter(agency__in=self.agencies).values_list(
            "agency", "panelarea"
        ):
            found[area].add(agency)
        return found

    @cached_property
    def landlords(self) -> defaultdict[int, set[int]]:
        """Who holds the former homes of each district."""
        found = defaultdict(set)
        rows = FormerHomes.objects.filter(open_on(self.on), landlord__in=self.agencies)
        for authority, landlord in rows.values_list("authority", "landlord"):
            found[authority].add(landlord)
        return found

    @cached_property
    def invited_before(self) -> defaultdict[int, list[tuple[datetime, int]]]:
        """Which agencies were invited to earlier meetings of each person, the latest first."""
        found = defaultdict(list)
        rows = Invitation.objects.live().filter(slot__nominal__in=self.ids, agency__isnull=False)
        for nominal, at, agency in rows.order_by("-slot__starts_at", "pk").values_list(
            "slot__nominal", "slot__starts_at", "agency"
        ):
            found[nominal].append((at, agency))
        return found

    def _here(self, rows: Iterable[tuple[int, int | None]]) -> ByKey:
        """Agencies of the area alone, in the order of the rows."""
        found: ByKey = defaultdict(list)
        for key, agency in rows:
            if agency in self.agencies:
                found[key].append(agency)
        return found
