"""Pages of an agency's contact and deputy, and of who is away: somebody else, or oneself."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from agencies.contacts import parts_held, people_who_speak_for, roles_awaited, standing_of
from agencies.models import Absence, Contact, User
from agencies.queries import agencies_in_area, users_of
from agencies.roles import Perm, Role
from agencies.services.contacts import end_absence, end_contact, may_end_absence, name_contact, record_absence
from pages.guards import ActionPage, FormPage, Offer
from rules.vocabulary import ContactPart

from .forms import AbsenceForm, ContactForm, LastDayForm, OwnAbsenceForm
from .views import AgencyFormPage, agency_url


class ContactName(AgencyFormPage):
    """Name the agency's contact or deputy."""

    form_class = ContactForm
    title = "Name a contact or deputy"
    part = "contacts"
    done = "The contact is named."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"people": people_who_speak_for(self.object, on=self.today)}

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        name_contact(
            by=self.principal, today=self.today, agency_id=self.object.pk, user_id=said["user"].pk,
            part=ContactPart(said["part"]), starts_on=said["starts_on"],
        )  # fmt: skip
        return self.back()


class ContactEnd(FormPage[Contact]):
    """Set the last day of a contact or deputy."""

    permission = Perm.AREA_EDIT
    model = Contact
    form_class = LastDayForm
    template_name = "desk/agencies/row_form.html"

    def get_queryset(self) -> QuerySet[Contact]:
        rows = Contact.objects.select_related("agency", "user")
        return rows.filter(agency__in=agencies_in_area(self.principal))

    def get_title(self) -> str:
        return f"{ContactPart(self.object.part).label}: last day"

    def get_initial(self) -> Mapping[str, Any]:
        return {"ends_on": self.object.ends_on or self.today}

    def get_cancel_url(self) -> str:
        return agency_url(self.object.agency_id, "contacts")

    def act(self, form: Any) -> str:
        end_contact(
            by=self.principal, today=self.today, contact_id=self.object.pk, ends_on=form.cleaned_data["ends_on"]
        )
        messages.success(self.request, "The last day is saved.")
        return self.get_cancel_url()


class AbsenceRecord(AgencyFormPage):
    """Record that somebody who speaks for the agency is away: the deputy takes over."""

    form_class = AbsenceForm
    title = "Record that somebody is away"
    part = "contacts"
    done = "The days away are recorded."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"people": people_who_speak_for(self.object, on=self.today)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_absence(
            by=self.principal, today=self.today, user_id=said["user"].pk, starts_on=said["starts_on"],
            ends_on=said["ends_on"],
        )  # fmt: skip
        return self.back()


class AbsenceEnd(ActionPage[Absence]):
    """Somebody is back, or is not going after all."""

    permission = Perm.AREA_EDIT
    model = Absence

    def get_queryset(self) -> QuerySet[Absence]:
        return Absence.objects.select_related("user").filter(user__in=users_of(self.principal))

    def get_cancel_url(self) -> str:
        contact = self.object.user.contact_for.filter(agency__in=agencies_in_area(self.principal)).first()
        return agency_url(contact.agency_id, "contacts") if contact is not None else reverse("agencies")

    def act(self) -> str:
        end_absence(by=self.principal, today=self.today, absence_id=self.object.pk)
        messages.success(self.request, "Recorded: they are back.")
        return self.get_cancel_url()


# What follows when they are away, of those who are waited for by their role.
_WAITED = {
    Role.PANEL_MEMBER: "your substitute votes while you are away; without one, the panel decides without you",
    Role.CHAIR: "the unit sees it on the sittings that you chair, and when it names a chair",
}


class OwnAbsence(FormPage[Absence]):
    """One's own days away, for contacts and deputies of agencies, panel members and chairs: somebody takes over."""

    permission = Perm.ACCOUNT
    form_class = OwnAbsenceForm
    template_name = "desk/agencies/own_absence.html"
    not_exported = "One's own days away stay on one's own page."
    title = "When you are away"
    submit_label = "Save the days"

    def get_cancel_url(self) -> str:
        return reverse("account")

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_absence(
            by=self.principal, today=self.today, user_id=self.principal.user_id or 0, starts_on=said["starts_on"],
            ends_on=said["ends_on"],
        )  # fmt: skip
        messages.success(self.request, "Your days away are recorded.")
        return reverse("own-absence")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = User.objects.get(pk=self.principal.user_id or 0)
        away = user.absences.filter(ends_on__gte=self.today).order_by("starts_on")
        return super().get_context_data(
            parts=[
                (ContactPart(each.part).label, each.agency.name, self._stands_in(each))
                for each in parts_held(user, on=self.today)
            ],
            roles=[(role.label, _WAITED[role]) for role in roles_awaited(user, on=self.today)],
            away=[(each, self._end(each)) for each in away],
            **context,
        )

    def _stands_in(self, contact: Contact) -> str:
        """Who takes over from the contact while they are away; empty for a deputy, and where there is none."""
        deputy = standing_of(contact.agency, on=self.today).deputy
        return deputy.user.name if deputy is not None and contact.part == ContactPart.SPOC else ""

    def _end(self, absence: Absence) -> list[Offer]:
        label = "Back today" if absence.starts_on < self.today else "Not away after all"
        decision = may_end_absence(absence, by=self.principal, today=self.today)
        return [Offer(label, reverse("own-absence-end", args=[absence.pk]), decision, post=True)]


class OwnAbsenceEnd(ActionPage[Absence]):
    """One is back, or is not going after all. Somebody else's days do not exist here."""

    permission = Perm.ACCOUNT

    def load(self) -> None:
        found = Absence.objects.filter(pk=self.kwargs["absence"], user=self.principal.user_id).first()
        if found is None:
            raise Http404
        self.object = found

    def get_cancel_url(self) -> str:
        return reverse("own-absence")

    def act(self) -> str:
        end_absence(by=self.principal, today=self.today, absence_id=self.object.pk)
        messages.success(self.request, "Recorded.")
        return self.get_cancel_url()
