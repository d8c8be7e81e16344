"""First notifications of new cases, as a list; sent by an agency, or recorded for it (R43)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can, can_in_area, visible
from agencies.models import Agency
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.forms.first_notification import FirstNotificationForm, ReceivedNotificationForm
from cases.models import FirstNotification
from cases.naming import listed_name
from cases.services.first_notifications import (
    may_receive_first_notification,
    may_send_first_notification,
    receive_first_notification,
    send_first_notification,
)
from pages.guards import FormPage, ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter, choices_filter, date_filter
from rules.core import Answer
from rules.parameters import Parameters
from rules.referrals import identified_late, notifies_first
from rules.vocabulary import FirstNotificationState, ReceivedBy, choices

from .looking_up import looking_up

COLOURS = {
    FirstNotificationState.WAITING: "blue",
    FirstNotificationState.TAKEN_OVER: "green",
    FirstNotificationState.REFUSED: "red",
}
LATE, IN_TIME = "late", "in_time"
TIMES: Choices = ((LATE, "Late"), (IN_TIME, "In time"))


def lateness_of(notification: FirstNotification, params: Parameters) -> Answer[bool]:
    """Whether it came late after the sentence or order (R42)."""
    return identified_late(notification.sentenced_on, notification.notified_on, params)


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


def _in_time(rows: QuerySet[FirstNotification], wanted: str, context: ListContext) -> QuerySet[FirstNotification]:
    seen = visible(context.principal, rows, Perm.FIRST_NOTIFICATION_VIEW).order_by()
    dates = seen.values_list("pk", "sentenced_on", "notified_on")
    late = {pk for pk, sentenced, known in dates if identified_late(sentenced, known, context.parameters).value}
    return rows.filter(pk__in=late) if wanted == LATE else rows.exclude(pk__in=late)


@dataclass(frozen=True)
class NotificationLine:
    """A first notification in words."""

    notification: FirstNotification
    name: str
    state: str
    colour: str
    late: Answer[bool]


class FirstNotificationList(ListPage[FirstNotification]):
    """First notifications, those that wait first, the oldest before the others."""

    permission = Perm.FIRST_NOTIFICATION_VIEW
    model = FirstNotification
    template_name = "cases/first_notifications.html"
    title = "First notifications"
    listing = Listing(
        sorts=(
            Sort("state", "State", ("-state", "notified_on")),
            Sort("newest", "Newest", ("-notified_on", "-id")),
            Sort("sentenced", "Sentence", ("-sentenced_on", "-id")),
            Sort("agency", "Agency", ("agency__name", "-notified_on")),
        ),
        columns=(
            Column("About"),
            Column("Agency", "agency"),
            Column("Ground believed"),
            Column("Sentence or order", "sentenced"),
            Column("Notified", "newest", beside="How it was notified"),
            Column("State", "state"),
        ),
        filters=(
            choices_filter(
                "state", "State", choices(FirstNotificationState), lambda rows, v, _c: rows.filter(state__in=v)
            ),
            choice_filter("time", "In time", TIMES, _in_time),
            choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=int(v))),
            date_filter("from", "Notified from", lambda rows, day, _c: rows.filter(notified_on__gte=day)),
            date_filter("to", "Notified to", lambda rows, day, _c: rows.filter(notified_on__lte=day)),
        ),
        noun=("first notification", "first notifications"),
        empty="No first notification is open to you.",
        empty_filtered="No first notification matches these filters.",
    )

    def get_queryset(self) -> QuerySet[FirstNotification]:
        return FirstNotification.objects.select_related("nominal", "agency")

    def offers(self) -> Iterable[Offer]:
        url = reverse("first-notification-add")
        if _is_unit(self.principal):
            received = may_receive_first_notification(by=self.principal, today=self.today)
            return [Offer("Record a notification received", url, received, access=received)]
        access = can(self.principal, Perm.FIRST_NOTIFICATION_SEND)
        agency = Agency.objects.filter(pk=self.principal.agency_id or 0).first()
        send = may_send_first_notification(agency, by=self.principal, today=self.today)
        return [Offer("Notify the unit of a new case", url, send, access=access, style="primary")]

    def decorate(self, rows: Sequence[FirstNotification]) -> Sequence[NotificationLine]:
        params = parameters_for(self.principal.area_id or 0)
        return [line_of(row, params) for row in rows]


def line_of(row: FirstNotification, params: Parameters) -> NotificationLine:
    """The notification in words, and whether it came late by the area's numbers."""
    state = FirstNotificationState(row.state)
    return NotificationLine(row, listed_name(row), state.label, COLOURS[state], lateness_of(row, params))


def _is_unit(principal: Principal) -> bool:
    return bool(can_in_area(principal, Perm.FIRST_NOTIFICATION_ANSWER, principal.area_id or 0))


class FirstNotificationAdd(FormPage[FirstNotification]):
    """Notify the unit; for the unit, write down what came from an agency on paper, by e-mail or by telephone (R108)."""

    permission = Perm.FIRST_NOTIFICATION_SEND
    form_class = FirstNotificationForm
    submit_label = "Save the notification"

    def get_title(self) -> str:
        return "Record a notification received" if _is_unit(self.principal) else "Notify the unit of a new case"

    def get_cancel_url(self) -> str:
        return reverse("first-notifications")

    def get_initial(self) -> Mapping[str, Any]:
        return {"received_on": self.today} if _is_unit(self.principal) else {"notifier": self.principal.name}

    def get_form(self, **data: Any) -> FirstNotificationForm:
        options = {"initial": self.get_initial(), "look_up": looking_up(self.principal, self.today), **data}
        if not _is_unit(self.principal):
            return FirstNotificationForm(**options)
        return ReceivedNotificationForm(agencies=self._senders(), **options)

    def _senders(self) -> QuerySet[Agency]:
        """Agencies of the area whose kind notifies first."""
        params = parameters_for(self.principal.area_id or 0)
        rows = agencies_of(self.principal)
        return rows.filter(pk__in=[row.pk for row in rows if notifies_first(row.kind, params, on=self.today)])

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        if _is_unit(self.principal):
            stored = receive_first_notification(
                by=self.principal,
                today=self.today,
                agency_id=said["agency"].pk,
                said=form.notified(),
                received_by=ReceivedBy(said["received_by"]),
                received_on=said["received_on"],
            )
            messages.success(self.request, "The notification has been recorded.")
        else:
            stored = send_first_notification(
                by=self.principal, today=self.today, agency_id=self.principal.agency_id or 0, said=form.notified()
            )
            messages.success(self.request, "The unit has been notified.")
        return notification_url(stored.pk)


def notification_url(notification_id: int) -> str:
    """The notification's own page."""
    return reverse("first-notification", args=[notification_id])
