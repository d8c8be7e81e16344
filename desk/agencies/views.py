"""One agency: what it is, what it has signed, whose homes it holds, and the area's word for a managed person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.agreements import signed_by
from agencies.contacts import people_who_speak_for, standing_of
from agencies.handover import waiting_handovers
from agencies.kinds import AgencyKind, Duty
from agencies.leaving import leavers
from agencies.models import Absence, Agency, Agreement, Area, FormerHomes, Membership, PlannedHandOver
from agencies.parameters import parameters_for
from agencies.queries import agencies_in_area, agencies_of, panel_areas_of
from agencies.roles import Perm
from agencies.services import create_agency
from agencies.services.agreements import correct_agreement, may_record_agreement, record_agreement
from agencies.services.contacts import may_end_absence, may_name_contact
from agencies.services.handover import may_hand_over
from agencies.services.partners import (
    change_agency,
    end_agency,
    end_homes,
    link_homes,
    may_change_agency,
    may_edit_in_area,
    may_end_agency,
    may_link_homes,
    set_person_word,
)
from agencies.services.succession import free_slug
from agencies.succession import lineage_of
from cases.queries import councils_of
from pages.guards import DetailPage, FormPage, Offer
from rules.core import Decision
from rules.vocabulary import AgreementKind, PersonWord

from .forms import AgencyForm, AgreementDaysForm, AgreementForm, HomesForm, LastDayForm, PersonWordForm


def agency_url(agency_id: int, part: str = "") -> str:
    """The agency's page, at one of its parts."""
    return reverse("agency", args=[agency_id]) + (f"#{part}" if part else "")


@dataclass(frozen=True)
class Held:
    """A role that somebody holds for the agency, whether its work may be handed over, and to whom it goes already."""

    membership: Membership
    hand_over: Decision
    planned: PlannedHandOver | None


@dataclass(frozen=True)
class Away:
    """Somebody who is away, and the button by which they are back."""

    absence: Absence
    offers: Sequence[Offer]


class AgencyPage(DetailPage[Agency]):
    """An agency: duty, contacts, agreements, homes, teams, who came before and after, and who acts for it."""

    permission = Perm.AGENCIES_VIEW
    model = Agency
    template_name = "desk/agencies/agency.html"

    def get_queryset(self) -> QuerySet[Agency]:
        return agencies_in_area(self.principal).select_related("area", "part_of", "housing_authority")

    def get_title(self) -> str:
        return self.object.name

    def offers(self) -> Iterable[Offer]:
        agency, by, today = self.object, self.principal, self.today
        change, end = (twin(agency, by=by, today=today) for twin in (may_change_agency, may_end_agency))
        return [self._offer("Change", "agency-change", change), self._offer("End", "agency-end", end)]

    def _offer(self, label: str, name: str, decision: Decision) -> Offer:
        access = can(self.principal, Perm.AREA_EDIT) & may_edit_in_area(self.object.area_id, by=self.principal)
        return Offer(label, reverse(name, args=[self.object.pk]), decision, access=access)

    def _away(self) -> list[Away]:
        """Who of its contacts is away, now or later, with the button by which they are back."""
        rows = Absence.objects.filter(
            user__in=people_who_speak_for(self.object, on=self.today), ends_on__gte=self.today
        ).select_related("user")
        access = can(self.principal, Perm.AREA_EDIT)
        return [
            Away(
                row,
                [Offer("Back", reverse("absence-end", args=[row.pk]),
                       may_end_absence(row, by=self.principal, today=self.today), access=access, post=True)],
            )
            for row in rows.order_by("starts_on", "pk")
        ]  # fmt: skip

    def _roles(self) -> Sequence[Held]:
        rows = Membership.objects.on(self.today).filter(agency=self.object).select_related("user")
        by, today = self.principal, self.today
        said = waiting_handovers().filter(agency=self.object).select_related("to")
        planned = {(each.leaver_id, each.role, each.area_id): each for each in said}
        return [
            Held(row, may_hand_over(row, by=by, today=today), planned.get((row.user_id, row.role, row.area_id)))
            for row in rows.order_by("role", "user", "pk")
        ]

    def _left(self) -> Sequence[Held]:
        """Who is there no more and still holds work of the agency."""
        gone = leavers(self.today).filter(agency=self.object).select_related("user")
        decision = can(self.principal, Perm.USERS_EDIT)
        return [Held(row, decision, None) for row in gone.order_by("ends_on", "user", "pk")]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        agency, by, today = self.object, self.principal, self.today
        parts = agency.succession_parts.select_related("succession__successor").order_by("-succession__happens_on")
        earlier = [pk for pk in lineage_of(agency) if pk != agency.pk]
        return super().get_context_data(
            kind=AgencyKind(agency.kind).label,
            duty=Duty(agency.duty).label,
            takes_part=agency.takes_part_on(today),
            standing=standing_of(agency, on=today),
            away=self._away(),
            signed=signed_by([agency], parameters_for(agency.area_id), today=today)[agency.pk],
            agreements=agency.agreements.order_by("-signed_on", "kind"),
            homes=agency.former_homes.select_related("authority").order_by("-starts_on"),
            held_by_others=_held_by_others(agency),
            is_landlord=agency.kind == AgencyKind.SOCIAL_LANDLORD,
            serves=agency.serves.all(),
            teams=agency.teams.on(today),
            parts=parts.filter(succession__cancelled_on__isnull=True),
            earlier=Agency.objects.filter(pk__in=earlier).order_by("-ends_on"),
            roles=self._roles(),
            left=self._left(),
            edits={
                "contact": self._offer("Name a contact or deputy", "contact-name",
                                       may_name_contact(agency, by=by, today=today)),
                "away": self._offer("Record that somebody is away", "absence-record",
                                    may_edit_in_area(agency.area_id, by=by)),
                "agreement": self._offer("Record a signature", "agreement-record",
                                         may_record_agreement(agency, by=by, today=today)),
                "homes": self._offer("Add a council", "homes-link", may_link_homes(agency, by=by, today=today)),
            },
            may_edit=bool(may_change_agency(agency, by=by, today=today)),
            today=today,
            **context,
        )  # fmt: skip


def _held_by_others(agency: Agency) -> list[FormerHomes]:
    """Landlords that hold the homes of the council that this agency is."""
    if agency.housing_authority_id is None:
        return []
    rows = FormerHomes.objects.filter(authority=agency.housing_authority_id).select_related("landlord")
    return list(rows.order_by("-starts_on"))


class AgencyAdd(FormPage[Agency]):
    """Add an agency to the area."""

    permission = Perm.AREA_EDIT
    form_class = AgencyForm
    title = "Add an agency"
    submit_label = "Add the agency"

    def get_cancel_url(self) -> str:
        return reverse("agencies")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {
            "agencies": agencies_of(self.principal),
            "councils": councils_of(self.principal),
            "panel_areas": panel_areas_of(self.principal),
        }

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        area = Area.objects.get(pk=self.principal.area_id or 0)
        taken = set(Agency.objects.filter(area=area).values_list("slug", flat=True))
        agency = create_agency(
            by=self.principal, area=area, name=said["name"].strip(), slug=free_slug(taken, said["name"]),
            kind=AgencyKind(said["kind"]), duty=Duty(said["duty"]), part_of=said["part_of"],
            housing_authority=said["housing_authority"], serves=said["serves"], starts_on=said["starts_on"],
        )  # fmt: skip
        messages.success(self.request, "The agency is added.")
        return agency_url(agency.pk)


class AgencyFormPage(FormPage[Agency], abstract=True):
    """A form about one agency of the area."""

    permission = Perm.AREA_EDIT
    model = Agency
    template_name = "desk/agencies/agency_form.html"
    part: ClassVar[str] = ""
    done: ClassVar[str] = "Saved."

    def get_queryset(self) -> QuerySet[Agency]:
        return agencies_in_area(self.principal).select_related("area", "part_of", "housing_authority")

    def get_cancel_url(self) -> str:
        return agency_url(self.object.pk, self.part)

    def back(self) -> str:
        """Where the person came from, with a word that it was done."""
        messages.success(self.request, self.done)
        return self.get_cancel_url()


class AgencyChange(AgencyFormPage):
    """Describe the agency anew, as a correction."""

    form_class = AgencyForm
    title = "Change"
    done = "The agency is changed."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        others = agencies_of(self.principal).exclude(pk=self.object.pk)
        return {
            "agencies": others,
            "councils": councils_of(self.principal),
            "panel_areas": panel_areas_of(self.principal),
        }

    def get_initial(self) -> Mapping[str, Any]:
        agency = self.object
        return {
            "name": agency.name,
            "kind": agency.kind,
            "duty": agency.duty,
            "part_of": agency.part_of_id,
            "housing_authority": agency.housing_authority_id,
            "serves": list(agency.serves.values_list("pk", flat=True)),
            "starts_on": agency.starts_on,
        }

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        change_agency(
            by=self.principal, today=self.today, agency_id=self.object.pk, name=said["name"],
            kind=AgencyKind(said["kind"]), duty=Duty(said["duty"]), part_of=said["part_of"],
            housing_authority=said["housing_authority"], serves=said["serves"], starts_on=said["starts_on"],
        )  # fmt: skip
        return self.back()


class AgencyEnd(AgencyFormPage):
    """Set the last day on which the agency takes part."""

    form_class = LastDayForm
    title = "End"
    done = "The last day is saved."

    def act(self, form: Any) -> str:
        end_agency(by=self.principal, today=self.today, agency_id=self.object.pk, ends_on=form.cleaned_data["ends_on"])
        return self.back()


class HomesLink(AgencyFormPage):
    """Record that a landlord holds a council's former homes."""

    form_class = HomesForm
    title = "Former council homes"
    part = "homes"
    done = "The council is added."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"councils": councils_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        link_homes(
            by=self.principal, today=self.today, landlord_id=self.object.pk, authority=said["authority"],
            starts_on=said["starts_on"],
        )  # fmt: skip
        return self.back()


class HomesEnd(FormPage[FormerHomes]):
    """Set the last day on which a landlord holds a council's former homes."""

    permission = Perm.AREA_EDIT
    model = FormerHomes
    form_class = LastDayForm
    template_name = "desk/agencies/row_form.html"
    title = "Former council homes: last day"

    def get_queryset(self) -> QuerySet[FormerHomes]:
        rows = FormerHomes.objects.select_related("landlord", "authority")
        return rows.filter(landlord__in=agencies_in_area(self.principal))

    def get_cancel_url(self) -> str:
        return agency_url(self.object.landlord_id, "homes")

    def act(self, form: Any) -> str:
        end_homes(by=self.principal, today=self.today, link_id=self.object.pk, ends_on=form.cleaned_data["ends_on"])
        messages.success(self.request, "The last day is saved.")
        return self.get_cancel_url()


class AgreementRecord(AgencyFormPage):
    """Record what the agency has signed."""

    form_class = AgreementForm
    title = "Record a signature"
    part = "agreements"
    done = "The agreement is recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_agreement(
            by=self.principal, today=self.today, agency_id=self.object.pk, kind=AgreementKind(said["kind"]),
            signed_on=said["signed_on"], expires_on=said["expires_on"],
        )  # fmt: skip
        return self.back()


class AgreementCorrect(FormPage[Agreement]):
    """Put an agreement's days right, or end it early."""

    permission = Perm.AREA_EDIT
    model = Agreement
    form_class = AgreementDaysForm
    template_name = "desk/agencies/row_form.html"

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.select_related("agency").filter(agency__in=agencies_in_area(self.principal))

    def get_title(self) -> str:
        return f"{AgreementKind(self.object.kind).label}: days"

    def get_initial(self) -> Mapping[str, Any]:
        return {"signed_on": self.object.signed_on, "expires_on": self.object.expires_on}

    def get_cancel_url(self) -> str:
        return agency_url(self.object.agency_id, "agreements")

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_agreement(
            by=self.principal, today=self.today, agreement_id=self.object.pk, signed_on=said["signed_on"],
            expires_on=said["expires_on"],
        )  # fmt: skip
        messages.success(self.request, "The days are saved.")
        return self.get_cancel_url()


class PersonWordSet(FormPage[Area]):
    """Choose the area's word for a managed person."""

    permission = Perm.AREA_EDIT
    form_class = PersonWordForm
    title = "Word for a managed person"

    def get_cancel_url(self) -> str:
        return reverse("agencies")

    def act(self, form: Any) -> str:
        set_person_word(
            by=self.principal, today=self.today, area_id=self.principal.area_id or 0,
            word=PersonWord(form.cleaned_data["word"]),
        )  # fmt: skip
        messages.success(self.request, "The word is saved. It shows from the next page on.")
        return self.get_cancel_url()
