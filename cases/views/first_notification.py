"""One first notification: what it says, what became of it, and how the unit answers it (R43)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.parameters import parameters_for
from agencies.roles import Perm
from cases.forms.about import Known
from cases.forms.first_notification import CorrectedNotificationForm
from cases.forms.nominal import initial_lists
from cases.forms.referral import LinkForm, NoteForm
from cases.models import FirstNotification
from cases.naming import listed_name, written_name
from cases.services.first_notifications import (
    NUMBERS,
    correct_first_notification,
    may_answer_first_notification,
    may_correct_first_notification,
    may_open_from_first_notification,
    open_from_first_notification,
    refuse_first_notification,
    take_over_first_notification,
)
from pages.guards import DetailPage, FormPage, Offer
from rules.vocabulary import FirstNotificationState

from .about import nominal_url
from .first_notifications import line_of, notification_url
from .looking_up import looking_up
from .nominal import NominalAdd, details_of


class FirstNotificationPage(DetailPage[FirstNotification]):
    """One first notification: what it says, whether it came late, what became of it.

    It never names a record that its sender did not name: whoever was told "taken over" learns no more.
    """

    permission = Perm.FIRST_NOTIFICATION_VIEW
    seen_by = Perm.FIRST_NOTIFICATION_VIEW
    model = FirstNotification
    template_name = "cases/first_notification.html"

    def get_queryset(self) -> QuerySet[FirstNotification]:
        return FirstNotification.objects.select_related("nominal", "agency", "answered_by")

    def get_title(self) -> str:
        return f"First notification of {written_name(self.object)}"

    def offers(self) -> Iterable[Offer]:
        row, access = self.object, can(self.principal, Perm.FIRST_NOTIFICATION_ANSWER, self.object)
        corrects = may_correct_first_notification(row, by=self.principal, today=self.today)
        if row.state == FirstNotificationState.WAITING and corrects:
            yield Offer("Correct", reverse("first-notification-correct", args=[row.pk]), corrects)
        if not access or row.state != FirstNotificationState.WAITING:
            return
        answer = may_answer_first_notification(row, by=self.principal, today=self.today)
        link = "Take over with this record" if row.nominal_id else "Link to a record"
        yield Offer(link, reverse("first-notification-link", args=[row.pk]), answer, style="primary")
        if row.nominal_id is None:
            opens = may_open_from_first_notification(row, by=self.principal, today=self.today)
            yield Offer("Open a record", reverse("first-notification-open", args=[row.pk]), opens)
        yield Offer("Refuse", reverse("first-notification-refuse", args=[row.pk]), answer, style="warning")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            line=line_of(row, parameters_for(row.area_id)),
            numbers=[(kind.label, getattr(row, name)) for kind, name in NUMBERS.items() if getattr(row, name)],
            record=nominal_url(row.nominal_id) if row.nominal_id else "",
            **context,
        )


class AboutNotification(FormPage[FirstNotification], abstract=True):
    """A form by which the unit answers."""

    permission = Perm.FIRST_NOTIFICATION_ANSWER
    seen_by = Perm.FIRST_NOTIFICATION_VIEW
    model = FirstNotification
    template_name = "cases/first_notification_form.html"

    def get_queryset(self) -> QuerySet[FirstNotification]:
        return FirstNotification.objects.select_related("nominal", "agency")

    def get_cancel_url(self) -> str:
        return notification_url(self.object.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(person=written_name(self.object), **context)


class FirstNotificationLink(AboutNotification):
    """Take it over with a record of the register: the one its sender named, or one that is looked up."""

    form_class = LinkForm
    title = "Take over with a record"
    submit_label = "Take over"

    def get_initial(self) -> Mapping[str, Any]:
        row = self.object
        number = next((value for name in NUMBERS.values() if (value := getattr(row, name))), "")
        return {"about": listed_name(row) if row.nominal_id else number or written_name(row)}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"look_up": self._look_up()}

    def _look_up(self) -> Callable[[str], Known]:
        row = self.object
        if (nominal_id := row.nominal_id) is None:
            return looking_up(self.principal, self.today)
        return lambda _text: Known([(nominal_id, listed_name(row))], 1)

    def act(self, form: Any) -> str:
        take_over_first_notification(
            by=self.principal,
            today=self.today,
            notification_id=self.object.pk,
            nominal_id=form.nominal_id,
            version=self.sent_version,
        )
        messages.success(self.request, "The notification has been taken over with this record.")
        return nominal_url(form.nominal_id)


class FirstNotificationCorrect(AboutNotification):
    """What it says put right by whoever sent it, its agency, or the unit: also what the unit recorded for it (R108)."""

    permission = Perm.FIRST_NOTIFICATION_SEND
    form_class = CorrectedNotificationForm
    title = "Correct the notification"
    submit_label = "Save the correction"

    def get_initial(self) -> Mapping[str, Any]:
        row = self.object
        names = ("family_name", "given_names", "born_on", "ground", "offence", "sentenced_on", "release_on", "notifier")
        known = {name: getattr(row, name) for name in (*names, *NUMBERS.values())}
        return {**known, "about": listed_name(row) if row.nominal_id else ""}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"look_up": self._look_up}

    def _look_up(self, text: str) -> Known:
        row = self.object
        if row.nominal_id is not None and text == listed_name(row):
            return Known([(row.nominal_id, text)], 1)
        return looking_up(self.principal, self.today)(text)

    def act(self, form: Any) -> str:
        correct_first_notification(
            by=self.principal,
            today=self.today,
            notification_id=self.object.pk,
            said=form.notified(),
            reason=form.cleaned_data["reason"],
            version=self.sent_version,
        )
        messages.success(self.request, "The notification has been corrected.")
        return self.get_cancel_url()


class FirstNotificationRefuse(AboutNotification):
    """Refuse it, with the reason that its sender reads."""

    form_class = NoteForm
    title = "Refuse the notification"
    submit_label = "Refuse"

    def act(self, form: Any) -> str:
        refuse_first_notification(
            by=self.principal,
            today=self.today,
            notification_id=self.object.pk,
            reason=form.cleaned_data["note"],
            version=self.sent_version,
        )
        messages.success(self.request, "The notification has been refused.")
        return self.get_cancel_url()


class FirstNotificationOpen(NominalAdd):
    """Open a record from it: the form of a new record, filled in, with those whom the register may know already."""

    permission = Perm.FIRST_NOTIFICATION_ANSWER
    seen_by = Perm.FIRST_NOTIFICATION_VIEW
    model = FirstNotification

    @property
    def notification(self) -> FirstNotification:
        return cast("FirstNotification", self.object)

    def get_title(self) -> str:
        return f"Open a record of {written_name(self.notification)}"

    def get_cancel_url(self) -> str:
        return notification_url(self.notification.pk)

    def get_initial(self) -> Mapping[str, Any]:
        row = self.notification
        numbers = [(kind.value, getattr(row, name)) for kind, name in NUMBERS.items() if getattr(row, name)]
        return {
            "family_name": row.family_name,
            "given_names": row.given_names,
            "date_of_birth": row.born_on,
            "birth_unknown": row.born_on is None,
            **initial_lists(numbers, []),
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        link = reverse("first-notification-link", args=[self.notification.pk])
        return super().get_context_data(back_text="Back to the notification", link_url=link, **context)

    def act(self, form: Any) -> str:
        nominal = open_from_first_notification(
            by=self.principal,
            today=self.today,
            notification_id=self.notification.pk,
            **self.not_same(),
            version=self.sent_version,
            **details_of(form),
        )
        messages.success(
            self.request, "Added to the register, and the notification taken over. Record the ground next."
        )
        return nominal_url(nominal.pk)
