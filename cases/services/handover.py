"""What a leaver has in cases, and how it goes to a colleague: named cases, and what was opened to them by name."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.access import can, visible
from agencies.handover import Dated, HandOver, Journal, Line, Record, Written
from agencies.principal import Principal
from agencies.queries import OFFICERS
from agencies.roles import Perm, Role
from agencies.services.moving import move_spans
from agencies.spans import open_on
from audit.boundary import record_event, service
from cases.models import Exclusion, NamedOfficerSpan, Nominal, PersonalGrant
from cases.queries import officers_gone
from rules.core import DAY, Decision, Reason
from rules.vocabulary import Handling, ParticipationSource

from .following import follow_officers
from .obligations import bring_in_line

NAMED_CASES = "people whose named officer they are"

# Who reads because of a span or of a referral follows who has the work.
_WORKED_OUT = (ParticipationSource.NAMED_OFFICER, ParticipationSource.REFERRAL)


def may_note_officer_left(obj: object = None, *, by: Principal, today: date) -> Decision:
    """Whoever hands a leaver's work over sets it off; nobody can ask whether it happened."""
    return can(by, Perm.USERS_EDIT)


@service(event="officer_left_without_successor", asks=may_note_officer_left)
def note_officer_left(*, by: Principal, today: date, nominal_id: int) -> None:
    """Leave word with a record that its named officer left and the colleague could not take it over."""
    may_note_officer_left(by=by, today=today).or_refuse()
    record_event(Nominal.objects.get(pk=nominal_id), root=nominal_id)


def preview_cases(handover: HandOver) -> list[Line]:
    """How many people's records go over; Category 4 is in no count (R99)."""
    lasting = _lasting(handover.on)
    ordinary = Nominal.objects.exclude(handling=Handling.CATEGORY_4)
    named = ordinary.filter(pk__in=_named(handover).filter(lasting).values("nominal"))
    opened = ordinary.filter(pk__in=_opened(handover, named).filter(lasting).values("content_object"))
    return [
        Line(NAMED_CASES, named.count()),
        Line("people whose record was opened to them by name", opened.count()),
    ]


def dated_cases(handover: HandOver, by: Principal) -> list[Dated]:
    """Whose named officer the leaver is until the day, and whose record is open to them by name until then."""
    if handover.called_off:
        return _left(handover, by)
    last = handover.on - DAY
    named = _named(handover).filter(ends_on=last)
    opened = _opened(handover, Nominal.objects.filter(pk__in=named.values("nominal"))).filter(ends_on=last)
    return [
        _dated("People whose named officer they are until then", named.values("nominal"), by),
        _dated("People whose record is open to them by name until then", opened.values("content_object"), by),
    ]


def _left(handover: HandOver, by: Principal) -> list[Dated]:
    """What was left as it is when the hand-over was called off."""
    named = handover.journal.people(NamedOfficerSpan)
    opened = handover.journal.people(PersonalGrant) - named
    return [
        _dated("People whose named officer they were", named, by),
        _dated("People whose record was open to them by name", opened, by),
    ]


def written_cases(handover: HandOver) -> list[Written]:
    """The officers of their cases, and who reads by name there: what concerns one person hangs together."""
    member, people = handover.membership, cases_of(handover)
    both = [member.user_id, *([handover.to.pk] if handover.to is not None else [])]
    named = NamedOfficerSpan.objects.filter(nominal__in=people, agency=member.agency_id)
    opened = PersonalGrant.objects.filter(content_object__in=people, user__in=both)
    opened = opened.exclude(source__in=(*_WORKED_OUT, ParticipationSource.MEETING))
    return [
        Written(named, lambda row: str(row.nominal_id), lambda row: row.nominal_id),
        Written(opened, lambda row: str(row.content_object_id), lambda row: row.content_object_id),
    ]


def follow_cases(handover: HandOver, journal: Journal, by: Principal, today: date) -> None:
    """The leaver has these cases again, and reads them. Raises ``Refused``."""
    may_have_again(handover, journal.people()).or_refuse()
    for nominal in Nominal.objects.filter(pk__in=journal.people()):
        follow_officers(nominal)


def settle_cases(handover: HandOver, by: Principal, today: date) -> None:
    """Called off: what is due follows."""
    bring_in_line(sorted(handover.journal.people()), today=today)


def may_have_again(handover: HandOver, nominal_ids: Collection[int]) -> Decision:
    """Whether the leaver may still have these cases: neither kept out since, nor without clearance for them."""
    if closed_to(replace(handover, to=handover.membership.user), nominal_ids):
        return Decision.no(Reason("The leaver may not have this case any more.", "R100"))
    return Decision.yes()


def _dated(label: str, keys: "Collection[int] | QuerySet[Any, Any]", by: Principal) -> Dated:
    people = Nominal.objects.filter(pk__in=keys)
    found = visible(by, people, Perm.NOMINAL_VIEW).order_by("family_name", "given_names", "pk")
    records = [Record(row, row.name, "nominal", row.pk) for row in found]
    secret = sum(row.handling == Handling.CATEGORY_4 for row in found)
    return Dated(label, people.exclude(handling=Handling.CATEGORY_4).count() + secret, records)


def named_still(on: date) -> Q:
    """Of memberships: those by which somebody is a named officer on the day who cannot be one any more."""
    gone = officers_gone(on).exclude(nominal__handling=Handling.CATEGORY_4)
    return Q(Exists(gone.filter(officer=OuterRef("user"), agency=OuterRef("agency"))), role__in=OFFICERS)


def cases_of(handover: HandOver) -> set[int]:
    """The people whose records go over."""
    lasting = _lasting(handover.on)
    named = set(_named(handover).filter(lasting).values_list("nominal", flat=True))
    return named | set(_opened(handover, named).filter(lasting).values_list("content_object", flat=True))


def move_cases(handover: HandOver, by: Principal, today: date) -> None:
    """Named cases go to the colleague from the day on, and what was opened to the leaver by name with them.

    A case from which the colleague is kept out, or for which they are not cleared, has no named officer from that day.
    """
    if handover.to is None:
        return
    lasting = _lasting(handover.on)
    named = set(_named(handover).filter(lasting).values_list("nominal", flat=True))
    opened = set(_opened(handover, named).filter(lasting).values_list("content_object", flat=True))
    nominals = list(Nominal.objects.select_for_update(no_key=True).filter(pk__in=named | opened).order_by("pk"))
    closed = closed_to(handover, [nominal.pk for nominal in nominals])
    to = handover.to.pk
    for nominal in nominals:
        move_spans(
            _named(handover).filter(nominal=nominal), on=handover.on, holder="officer_id", to=to,
            beside=lambda row: Q(nominal=row.nominal_id, agency=row.agency_id), copies=nominal.pk not in closed,
        )  # fmt: skip
        move_spans(
            _opened(handover, named).filter(content_object=nominal), on=handover.on, holder="user_id", to=to,
            beside=lambda row: Q(content_object=row.content_object_id, source=row.source),
            copies=nominal.pk not in closed,
        )  # fmt: skip
        if nominal.pk in named:
            follow_officers(nominal)
            if nominal.pk in closed:
                note_officer_left(by=by, today=today, nominal_id=nominal.pk)
    bring_in_line([nominal.pk for nominal in nominals], today=today)


def _lasting(on: date) -> Q:
    return Q(ends_on=None) | Q(ends_on__gte=on)


def _named(handover: HandOver) -> "QuerySet[NamedOfficerSpan]":
    """By a role in which people are named officers, for the agency of that role."""
    member = handover.membership
    rows = NamedOfficerSpan.objects.filter(officer=member.user_id, agency=member.agency_id)
    return rows if Role(member.role) in OFFICERS else rows.none()


def _opened(handover: HandOver, named: "Collection[int] | QuerySet[Nominal]") -> "QuerySet[PersonalGrant]":
    """What was opened to the leaver by name: with the cases they are named for; all, if they leave altogether.

    Reading a restricted record goes over with a named case only: who else reads one is for the unit to say (R100).
    """
    rows: QuerySet[PersonalGrant] = PersonalGrant.objects.filter(user=handover.membership.user_id)
    with_the_case = Q(content_object__in=named)
    if handover.leaves_altogether:
        with_the_case |= ~Q(source=ParticipationSource.NAMED_READER)
    return rows.filter(with_the_case).exclude(source__in=_WORKED_OUT)


def closed_to(handover: HandOver, nominal_ids: Collection[int]) -> set[int]:
    """Of these cases, those that the colleague may not have: kept out of them, or not cleared for them."""
    if handover.to is None:
        return set(nominal_ids)
    holder = Q(user=handover.to) | Q(agency=handover.membership.agency_id)
    lasting = open_on(handover.on) | Q(starts_on__gt=handover.on)
    closed = set(Exclusion.objects.filter(lasting, holder, nominal__in=nominal_ids).values_list("nominal", flat=True))
    if not handover.to.category_4:
        hidden = Nominal.objects.filter(pk__in=nominal_ids, handling=Handling.CATEGORY_4)
        closed |= set(hidden.values_list("pk", flat=True))
    return closed
