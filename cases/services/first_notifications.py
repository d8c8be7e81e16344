"""First notifications: sent by an agency or recorded for it, taken over or refused by the unit (R43, R108)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from agencies.access import can, can_in_area, visible
from agencies.models import Agency, PanelArea
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import FirstNotification, Identification, Nominal
from cases.records import AliasRecord, IdentifierRecord
from pages.conflicts import Conflict
from rules.core import Decision, Reason
from rules.facts import PersonFacts
from rules.identity import may_record_person
from rules.referrals import may_notify_first, notifies_first
from rules.vocabulary import FirstNotificationState, GroundKind, IdentifierKind, ReceivedBy, Sex

from .locking import locked_all
from .people import record_nominal

# The numbers a notification may give, each in a field of its own.
NUMBERS = {
    IdentifierKind.PNC: "pnc",
    IdentifierKind.NOMS: "noms",
    IdentifierKind.CRN: "crn",
    IdentifierKind.NHS: "nhs",
    IdentifierKind.VISOR: "visor",
}


@dataclass(frozen=True, slots=True)
class Notified:
    """What a first notification says: about whom (a record that the sender may read, or names and numbers), of what."""

    ground: GroundKind
    offence: str
    sentenced_on: date
    notifier: str
    nominal_id: int | None = None
    family_name: str = ""
    given_names: str = ""
    born_on: date | None = None
    pnc: str = ""
    noms: str = ""
    crn: str = ""
    nhs: str = ""
    visor: str = ""
    release_on: date | None = None


def may_send_first_notification(
    agency: Agency | None = None,
    *,
    by: Principal,
    today: date,
    said: Notified | None = None,
    notified_on: date | None = None,
) -> Decision:
    """Whether the unit may be notified for the agency; without one, whether for any, for the button."""
    allowed = can(by, Perm.FIRST_NOTIFICATION_SEND)
    if not allowed or agency is None:
        return allowed
    if not can_in_area(by, Perm.FIRST_NOTIFICATION_ANSWER, agency.area_id) and agency.pk != by.agency_id:
        return Decision.no(Reason("Notify for the agency you act for", "R43"))
    if not notifies_first(agency.kind, parameters_for(agency.area_id), on=today):
        text = "Agencies of this kind do not notify first: they identify and screen their own cases"
        return Decision.no(Reason(text, "R43"))
    if said is None:
        return allowed
    allowed &= may_notify_first(said.sentenced_on, notified_on or today, said.release_on, today=today)
    if not said.offence.strip():
        allowed &= Decision.no(Reason("Say the offence, and the sentence or order", "R43"))
    return allowed & _about(said, by, today)


@service(event="first_notification_sent", asks=may_send_first_notification)
def send_first_notification(*, by: Principal, today: date, agency_id: int, said: Notified) -> FirstNotification:
    """Notify the unit of a new case, as somebody of the agency. Raises ``Refused``."""
    agency = Agency.objects.get(pk=agency_id)
    locked_all([_lock(said, by)])
    may_send_first_notification(agency, by=by, today=today, said=said).or_refuse()
    stored = FirstNotification.objects.create(
        area_id=agency.area_id, agency=agency, author_id=by.user_id, notified_on=today, **_row(said)
    )
    record_event(stored, root=stored.nominal_id, agency=agency_id)
    return stored


def may_receive_first_notification(
    agency: Agency | None = None,
    *,
    by: Principal,
    today: date,
    said: Notified | None = None,
    notified_on: date | None = None,
) -> Decision:
    """Whether a notification that came otherwise may be recorded for the agency; without one, for any (R108)."""
    allowed = can(by, Perm.FIRST_NOTIFICATION_ANSWER)
    if not allowed or agency is None:
        return allowed
    allowed &= can_in_area(by, Perm.FIRST_NOTIFICATION_ANSWER, agency.area_id)
    return allowed & may_send_first_notification(agency, by=by, today=today, said=said, notified_on=notified_on)


@service(event="first_notification_received", asks=may_receive_first_notification)
def receive_first_notification(
    *, by: Principal, today: date, agency_id: int, said: Notified, received_by: ReceivedBy, received_on: date
) -> FirstNotification:
    """Record for the agency what came on paper, by e-mail or by telephone, from whom and on which day (R108).

    Raises ``Refused``.
    """
    agency = Agency.objects.get(pk=agency_id)
    locked_all([_lock(said, by)])
    may_receive_first_notification(agency, by=by, today=today, said=said, notified_on=received_on).or_refuse()
    stored = FirstNotification.objects.create(
        area_id=agency.area_id, agency=agency, received_by=received_by, notified_on=received_on, **_row(said)
    )
    record_event(stored, root=stored.nominal_id, agency=agency_id, received_by=received_by, received_on=received_on)
    return stored


def may_correct_first_notification(
    notification: FirstNotification,
    *,
    by: Principal,
    today: date,
    said: Notified | None = None,
    reason: str | None = None,
) -> Decision:
    """Whether its agency, whoever sent it, or the unit may correct what it says; with the words, whether to these.

    Until it is answered: what was recorded for an agency, too (R108). The day on which it came stays.
    """
    decision = can(by, Perm.FIRST_NOTIFICATION_SEND, notification)
    if not decision:
        return decision
    if notification.state != FirstNotificationState.WAITING:
        decision &= Decision.no(Reason("It has been answered: tell the unit what is wrong", "R43"))
    if reason is not None and not reason.strip():
        decision &= Decision.no(Reason("Say why it is corrected", "R108"))
    if said is None:
        return decision
    decision &= may_notify_first(said.sentenced_on, notification.notified_on, said.release_on, today=today)
    if not said.offence.strip():
        decision &= Decision.no(Reason("Say the offence, and the sentence or order", "R43"))
    return decision & _about(said, by, today)


@service(event="first_notification_corrected", asks=may_correct_first_notification)
def correct_first_notification(
    *, by: Principal, today: date, notification_id: int, said: Notified, reason: str, version: int | None = None
) -> FirstNotification:
    """Let it say this, with the reason; what it said before stands in its history.

    Raises ``Refused`` and ``Conflict``.
    """
    notification = _locked(notification_id, version, _lock(said, by))
    may_correct_first_notification(notification, by=by, today=today, said=said, reason=reason).or_refuse()
    values = {**_row(said), "corrected_on": today, "correction": reason.strip()}
    for name, value in values.items():
        setattr(notification, name, value)
    notification.version += 1
    notification.save(update_fields=[*values, "version"])
    record_event(notification, root=notification.nominal_id, agency=notification.agency_id)
    return notification


def may_answer_first_notification(
    notification: FirstNotification, *, by: Principal, today: date, nominal: Nominal | None = None
) -> Decision:
    """Whether it may be taken over or refused; with a nominal, whether taken over with that record."""
    decision = can(by, Perm.FIRST_NOTIFICATION_ANSWER, notification)
    if not decision:
        return decision
    if notification.state != FirstNotificationState.WAITING:
        decision &= Decision.no(Reason("It has been answered", "R43"))
    if nominal is not None:
        decision &= can(by, Perm.NOMINAL_VIEW, nominal)
        if nominal.area_id != notification.area_id:
            decision &= Decision.no(Reason("The record belongs to another area", "R97"))
        if notification.nominal_id not in (None, nominal.pk):
            decision &= Decision.no(Reason("The sender means another record", "R43"))
    return decision


@service(event="first_notification_taken_over", asks=may_answer_first_notification)
def take_over_first_notification(
    *, by: Principal, today: date, notification_id: int, nominal_id: int, version: int | None = None
) -> FirstNotification:
    """Take it over with a record of the register: the case is identified from the day of the notification (R42).

    The record's history tells of it; the notification itself does not name the record. Raises ``Refused``, and
    ``Conflict`` when it was changed since the version.
    """
    notification = _locked(notification_id, version, nominal_id)
    nominal = Nominal.objects.get(pk=nominal_id)
    may_answer_first_notification(notification, by=by, today=today, nominal=nominal).or_refuse()
    _take_over(notification, nominal, by, today)
    record_event(notification, root=nominal.pk, agency=notification.agency_id)
    return notification


def may_open_from_first_notification(notification: FirstNotification, *, by: Principal, today: date) -> Decision:
    """Whether a record may be opened from it: for a person whom its sender did not find in the register."""
    decision = may_answer_first_notification(notification, by=by, today=today)
    if decision and notification.nominal_id is not None:
        return Decision.no(Reason("The sender found the person in the register", "R43"))
    return decision & can_in_area(by, Perm.NOMINAL_RECORD, notification.area_id)


@service(event="opened_from_first_notification", asks=may_open_from_first_notification)
def open_from_first_notification(
    *,
    by: Principal,
    today: date,
    notification_id: int,
    family_name: str,
    given_names: str = "",
    date_of_birth: date | None = None,
    sex: Sex = Sex.UNKNOWN,
    panel_area: PanelArea | None = None,
    identifiers: Sequence[IdentifierRecord] = (),
    aliases: Sequence[AliasRecord] = (),
    not_same_as: Collection[int] = (),
    not_same_because: str = "",
    version: int | None = None,
) -> Nominal:
    """Add the person to the register, as ``record_nominal`` does, and take the notification over with the new record.

    Raises ``Refused`` and ``Conflict``.
    """
    notification = _locked(notification_id, version)
    may_open_from_first_notification(notification, by=by, today=today).or_refuse()
    nominal = record_nominal(
        by=by, today=today, area=notification.area, family_name=family_name, given_names=given_names,
        date_of_birth=date_of_birth, sex=sex, panel_area=panel_area, identifiers=identifiers, aliases=aliases,
        not_same_as=not_same_as, not_same_because=not_same_because,
    )  # fmt: skip
    _take_over(notification, nominal, by, today)
    record_event(notification, root=nominal.pk, agency=notification.agency_id)
    return nominal


@service(event="first_notification_refused", asks=may_answer_first_notification)
def refuse_first_notification(
    *, by: Principal, today: date, notification_id: int, reason: str, version: int | None = None
) -> FirstNotification:
    """Refuse it, and say why: its sender reads the reason. Raises ``Refused`` and ``Conflict``."""
    notification = _locked(notification_id, version)
    decision = may_answer_first_notification(notification, by=by, today=today)
    if not reason.strip():
        decision &= Decision.no(Reason("Say why it is refused", "R43"))
    decision.or_refuse()
    _answer(notification, FirstNotificationState.REFUSED, by, today, reason.strip())
    record_event(notification, root=notification.nominal_id, agency=notification.agency_id)
    return notification


def _lock(said: Notified, by: Principal) -> int | None:
    """The record that is meant, if the sender may read it: which one is locked says nothing of another."""
    rows = Nominal.objects.filter(pk=said.nominal_id or 0)
    return said.nominal_id if visible(by, rows, Perm.NOMINAL_VIEW).exists() else None


def _locked(notification_id: int, version: int | None, *beside: int | None) -> FirstNotification:
    """The notification, below its record and those ``beside`` it, which a merge locks first, too (R4).

    Raises ``Conflict`` when it was changed since the version, or leads to another record meanwhile.
    """
    nominal_id = FirstNotification.objects.values_list("nominal_id", flat=True).get(pk=notification_id)
    locked_all([nominal_id, *beside])
    notification = FirstNotification.objects.select_for_update(no_key=True).get(pk=notification_id)
    if notification.nominal_id != nominal_id or (version is not None and notification.version != version):
        raise Conflict
    return notification


def _take_over(notification: FirstNotification, nominal: Nominal, by: Principal, today: date) -> None:
    _answer(notification, FirstNotificationState.TAKEN_OVER, by, today)
    # A case that was identified earlier by another way stays identified from that day.
    Identification.objects.get_or_create(
        nominal=nominal,
        sentenced_on=notification.sentenced_on,
        defaults={
            "agency_id": notification.agency_id,
            "known_on": notification.notified_on,
            "notification": notification,
        },
    )


def wait_again(notification: FirstNotification) -> None:
    """The record with which it was taken over turned out wrong: it waits for its answer. The caller is a service that
    holds it locked.
    """
    _store_answer(notification, FirstNotificationState.WAITING, "", answered_on=None, answered_by_id=None)


def _answer(
    notification: FirstNotification, state: FirstNotificationState, by: Principal, today: date, answer: str = ""
) -> None:
    _store_answer(notification, state, answer, answered_on=today, answered_by_id=by.user_id)


def _store_answer(
    notification: FirstNotification,
    state: FirstNotificationState,
    answer: str,
    *,
    answered_on: date | None,
    answered_by_id: int | None,
) -> None:
    notification.state, notification.answer = state, answer
    notification.answered_on, notification.answered_by_id = answered_on, answered_by_id
    notification.version += 1
    notification.save(update_fields=["state", "answer", "answered_on", "answered_by", "version"])


def _about(said: Notified, by: Principal, today: date) -> Decision:
    """Whom it is about: a record that may be read, or enough to make one (R1)."""
    if said.nominal_id is not None:
        rows = Nominal.objects.filter(pk=said.nominal_id)
        if visible(by, rows, Perm.NOMINAL_VIEW).exists():
            return Decision.yes()
        return Decision.no(Reason("No such person is found. Search again, or enter their name", "R4"))
    numbers = tuple(kind for kind, name in NUMBERS.items() if getattr(said, name).strip())
    return may_record_person(PersonFacts(said.family_name, said.born_on, numbers), today=today)


def _row(said: Notified) -> dict[str, Any]:
    row = {name: value.strip() if type(value) is str else value for name, value in asdict(said).items()}
    if said.nominal_id is not None:
        row |= dict.fromkeys(("family_name", "given_names", *NUMBERS.values()), "") | {"born_on": None}
    return row
