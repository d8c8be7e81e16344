"""First notifications of the demo: sent by youth justice and mental health, one on paper, late and in time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import FirstNotification, Nominal
from cases.services.first_notifications import (
    Notified,
    correct_first_notification,
    receive_first_notification,
    refuse_first_notification,
    send_first_notification,
    take_over_first_notification,
)
from rules.vocabulary import GroundKind, ReceivedBy

from .days import Days

JO = "jo.wagtail@example.org"
TUNDE, ANNA = "tunde.redstart@example.org", "anna.goosander@example.org"
DISPOSAL, REGISTERED = GroundKind.QUALIFYING_DISPOSAL, GroundKind.NOTIFICATION


@dataclass(frozen=True)
class Sent:
    """A notification so many days ago, of a sentence so many days ago. `by` is who sent it here; empty: it came to the
    unit as `how` says, from `notifier`. `corrected` is the offence as its agency then put it right. `person` is the
    surname of the record with which it was taken over.
    """

    on: int
    sentenced: int
    agency: str
    name: tuple[str, str, int]
    offence: str
    ground: GroundKind = DISPOSAL
    release: int | None = None
    by: str = ""
    notifier: str = ""
    how: ReceivedBy | None = None
    person: str = ""
    refused: str = ""
    corrected: str = ""


SENT = (
    Sent(
        -26, -28, "healthcare-trust", ("Olive", "Dacite", 44),
        "Admitted under section 3 after threats to neighbours; no sentence.", notifier="Ward manager, Harrier Ward",
        how=ReceivedBy.PAPER, refused="Detained under civil powers: there is no sentence and no order of a court.",
    ),
    Sent(
        -9, -40, "yjs-city", ("Kai", "Pumice", 15), "Robbery; section 250 detention, twenty months.", release=200,
        by=TUNDE, person="Pumice",
    ),
    Sent(
        -4, -16, "yjs-county", ("Toby", "Norite", 16), "Sexual assault; youth rehabilitation order, two years.",
        REGISTERED, notifier="Duty officer of the service", how=ReceivedBy.EMAIL,
        corrected="Sexual assault; youth rehabilitation order, eighteen months.",
    ),
    Sent(
        -2, -4, "healthcare-trust", ("Sana", "Rhyolite", 39), "Arson with intent; hospital order with restriction.",
        by=ANNA,
    ),
    Sent(-1, -3, "yjs-city", ("Ellis", "Tonalite", 17), "Wounding; detained for thirty months.", release=450, by=TUNDE),
)  # fmt: skip


def load_first_notifications(day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
    """Send, receive, take over and refuse them, each on its day."""
    for row in SENT:
        stored = _store(row, day, agencies[row.agency], users)
        unit = _as(users[JO], day(row.on + 1))
        if row.corrected:
            post = stored.agency.memberships.filter(role=Role.SPOC).order_by("pk")[0]
            told = replace(_said(row, day, users), offence=row.corrected)
            correct_first_notification(
                by=Principal.for_membership(post, on=unit.on), today=unit.on, notification_id=stored.pk, said=told,
                reason="The length of the order had been taken down wrongly.",
            )  # fmt: skip
        if row.person:
            nominal = Nominal.objects.get(area=stored.area_id, family_name=row.person)
            take_over_first_notification(by=unit, today=unit.on, notification_id=stored.pk, nominal_id=nominal.pk)
        if row.refused:
            refuse_first_notification(by=unit, today=unit.on, notification_id=stored.pk, reason=row.refused)


def _said(row: Sent, day: Days, users: Mapping[str, User]) -> Notified:
    given, family, age = row.name
    return Notified(
        ground=row.ground,
        offence=row.offence,
        sentenced_on=day(row.sentenced),
        notifier=row.notifier or users[row.by].name,
        family_name=family,
        given_names=given,
        born_on=day(-age * 365 - 200),
        release_on=None if row.release is None else day(row.release),
    )


def _store(row: Sent, day: Days, agency: Agency, users: Mapping[str, User]) -> FirstNotification:
    said, on = _said(row, day, users), day(row.on)
    if row.how is None:
        return send_first_notification(by=_as(users[row.by], on), today=on, agency_id=agency.pk, said=said)
    return receive_first_notification(
        by=_as(users[JO], on), today=on, agency_id=agency.pk, said=said, received_by=row.how, received_on=on
    )


def _as(user: User, on: date) -> Principal:
    return Principal.for_membership(user.memberships.order_by("pk")[0], on=on)
