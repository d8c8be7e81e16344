"""By whom an agency is reached: single point of contact, deputy, and who is away (R96)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from django.db.models import Q

from agencies.access import can
from agencies.contacts import parts_held, roles_awaited, speaks_for
from agencies.models import Absence, Agency, Contact, Membership, User
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from rules.core import DAY, Decision
from rules.vocabulary import ContactPart

from .partners import may_edit_in_area, refuse_if


def may_name_contact(
    agency: Agency, *, by: Principal, today: date, user: User | None = None, starts_on: date | None = None
) -> Decision:
    """Whether this person may be named for the agency from a day; without one, whether anybody may be."""
    allowed = may_edit_in_area(agency.area_id, by=by)
    if not allowed or user is None or starts_on is None:
        return allowed
    return allowed & refuse_if(
        not speaks_for(user, agency, on=starts_on),
        "A contact holds the role of single point of contact for the agency on that day. Give the role first.",
        "R96",
    )


@service("contact_named", asks=may_name_contact)
def name_contact(
    *, by: Principal, today: date, agency_id: int, user_id: int, part: ContactPart, starts_on: date
) -> Contact:
    """Name the agency's contact, or the deputy, from a day on; the one before ends the day before.

    Somebody who is the other of the two stops being that. Raises ``Refused``.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    user = User.objects.get(pk=user_id)
    may_name_contact(agency, by=by, today=today, user=user, starts_on=starts_on).or_refuse()
    row = put_in_place(agency.pk, user.pk, part, starts_on)
    record_event(row, root=None, agency=agency.pk, user=user.pk, part=part, starts_on=starts_on)
    return row


def put_in_place(agency_id: int, user_id: int, part: ContactPart, starts_on: date) -> Contact:
    """The row of a contact from a day on, with room made for it; the caller is a service that holds the agency."""
    rows = Contact.objects.filter(agency=agency_id)
    in_the_way = rows.filter(Q(part=part) | Q(user=user_id)).filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    in_the_way.filter(starts_on=starts_on).delete()
    in_the_way.filter(starts_on__lt=starts_on).update(ends_on=starts_on - DAY)
    in_the_way.filter(user=user_id, starts_on__gt=starts_on).delete()
    following = rows.filter(part=part, starts_on__gt=starts_on).order_by("starts_on").first()
    return Contact.objects.create(
        agency_id=agency_id, user_id=user_id, part=part, starts_on=starts_on,
        ends_on=following.starts_on - DAY if following is not None else None,
    )  # fmt: skip


def may_end_contact(contact: Contact, *, by: Principal, today: date, ends_on: date | None = None) -> Decision:
    """Whether somebody may stop being the contact after a day."""
    allowed = may_edit_in_area(contact.agency.area_id, by=by)
    allowed &= refuse_if(ends_on is not None and ends_on < contact.starts_on, "It would end before it began.")
    return allowed & refuse_if(
        ends_on is not None and contact.ends_on is not None and contact.ends_on < ends_on, "It ends earlier than that."
    )


@service("contact_ended", asks=may_end_contact)
def end_contact(*, by: Principal, today: date, contact_id: int, ends_on: date) -> Contact:
    """Let somebody be the agency's contact or deputy no longer than to a day. Raises ``Refused``."""
    row = Contact.objects.select_for_update(no_key=True, of=("self",)).select_related("agency").get(pk=contact_id)
    may_end_contact(row, by=by, today=today, ends_on=ends_on).or_refuse()
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    record_event(row, root=None, agency=row.agency_id, user=row.user_id, part=row.part, ends_on=ends_on)
    return row


def may_record_absence(
    user: User, *, by: Principal, today: date, starts_on: date | None = None, ends_on: date | None = None
) -> Decision:
    """Whether it may be recorded that somebody is away: by themselves, or by whoever edits the area they act in."""
    if by.user_id != user.pk:
        allowed = can(by, Perm.AREA_EDIT)
        here = not by.is_signed_in or Membership.objects.on(today).filter(user=user, area=by.area_id).exists()
        allowed &= refuse_if(not here, "This person acts in another MAPPA area.", "R97")
    else:
        allowed = can(by, Perm.ACCOUNT)
    if not allowed or starts_on is None or ends_on is None:
        return allowed
    allowed &= refuse_if(ends_on < starts_on, "The last day lies before the first.", "R96")
    allowed &= refuse_if(ends_on < today, "These days are over.", "R96")
    awaited = by.user_id != user.pk or parts_held(user, on=today).exists() or bool(roles_awaited(user, on=today))
    nobodys = "You are the contact or deputy of no agency, and neither panel member nor chair."
    allowed &= refuse_if(not awaited, nobodys, "R96")
    known = user.absences.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
    return allowed & refuse_if(known.exists(), "Some of these days are recorded already.", "R96")


@service("absence_recorded", asks=may_record_absence)
def record_absence(*, by: Principal, today: date, user_id: int, starts_on: date, ends_on: date) -> Absence:
    """Record that somebody is away from a day to a day, both included; their deputies take over. Raises ``Refused``."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    may_record_absence(user, by=by, today=today, starts_on=starts_on, ends_on=ends_on).or_refuse()
    row = Absence.objects.create(user=user, starts_on=starts_on, ends_on=ends_on)
    record_event(row, root=None, user=user_id, starts_on=starts_on, ends_on=ends_on)
    return row


def may_end_absence(absence: Absence, *, by: Principal, today: date) -> Decision:
    """Whether it may be recorded that somebody is back, or not going after all."""
    allowed = may_record_absence(absence.user, by=by, today=today)
    return allowed & refuse_if(absence.ends_on < today, "These days are over.", "R96")


@service("absence_ended", asks=may_end_absence)
def end_absence(*, by: Principal, today: date, absence_id: int) -> None:
    """Somebody is back today, or is not going after all. Raises ``Refused``."""
    row = Absence.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=absence_id)
    may_end_absence(row, by=by, today=today).or_refuse()
    record_event(row, root=None, user=row.user_id, starts_on=row.starts_on, ended_on=today)
    if row.starts_on >= today:
        row.delete()
        return
    row.ends_on = today - DAY
    row.save(update_fields=["ends_on"])
