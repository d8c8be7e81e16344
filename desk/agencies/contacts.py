"""Pages of an agency's contact and deputy, and of who is away."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.contacts import people_who_speak_for
from agencies.models import Absence, Contact
from agencies.queries import agencies_in_area, users_of
from agencies.roles import Perm
from agencies.services.contacts import end_absence, end_contact, name_contact, record_absence
from pages.guards import ActionPage, FormPage
from rules.vocabulary import ContactPart

from .forms import AbsenceForm, ContactForm, LastDayForm
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
