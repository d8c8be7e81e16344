"""To whom a referral opens the record behind it, while they have work with it: the manager who is asked, the panel."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from agencies.principal import Principal
from cases.models import Nominal, PanelSeat, PersonalGrant, Referral
from cases.referrals import endorsement_due
from pages.conflicts import Conflict
from rules.core import Period, merged
from rules.vocabulary import ParticipationSource, ReferralState

from .following import the_permission
from .locking import hold_area

_WITH_ENDORSER = (ReferralState.AWAITING_ENDORSEMENT, ReferralState.SUBMITTED, ReferralState.UNDER_PANEL)


def hold_panel(area_id: int) -> list[int]:
    """Lock everybody whose referral the area's panel has, then that panel, as whoever gives one to the panel does.

    Raises ``Conflict`` when the panel has been given another meanwhile. Returns the people's ids.
    """
    referred = Referral.objects.filter(area=area_id, state=ReferralState.UNDER_PANEL, nominal__isnull=False)
    people = referred.order_by().values_list("nominal", flat=True)
    rows = Nominal.objects.select_for_update(no_key=True).filter(pk__in=set(people)).order_by("pk")
    held = list(rows.values_list("pk", flat=True))
    hold_area(area_id)
    if not set(people.all()) <= set(held):
        raise Conflict
    return held


def follow_readers(nominal_id: int | None, *, by: Principal, today: date) -> bool:
    """Let whoever has work with a referral of the person read the record while they have it, and nobody longer: ended
    today, and gone where it had not begun. Whether anything changed. The caller is a service that holds the person.

    Each reads for the first stretch of their days; what comes after a gap is opened when that is over.
    """
    if nominal_id is None:
        return False
    changes = _compared(nominal_id, today)
    for grant, values in changes.standing.items():
        own = PersonalGrant.objects.filter(pk=grant)
        if values is None:
            own.delete()
        else:
            own.update(**values)
    for user_id, (days, reason) in changes.missing.items():
        PersonalGrant.objects.create(
            content_object_id=nominal_id, permission=the_permission(), user_id=user_id,
            source=ParticipationSource.REFERRAL, starts_on=days.starts_on, ends_on=days.ends_on, reason=reason,
            granted_by_id=by.user_id,
        )  # fmt: skip
    return bool(changes.standing or changes.missing)


def readers_wrong_on(today: date) -> list[int]:
    """People of whom somebody reads because of a referral who has no work with it, or does not read who has."""
    # What stayed behind with a record that was merged is nobody's to read.
    standing = _standing(today).filter(content_object__merged_into=None)
    people = set(standing.order_by().values_list("content_object", flat=True))
    at_work = Referral.objects.filter(state__in=_WITH_ENDORSER, nominal__isnull=False, nominal__merged_into=None)
    people |= set(at_work.order_by().values_list("nominal", flat=True))
    return [key for key in sorted(people) if any(_compared(key, today))]


class _Changes(NamedTuple):
    """What is to be written of grants that stand, by id (None: it goes), and who has none yet."""

    standing: dict[int, dict[str, object] | None]
    missing: dict[int, tuple[Period, str]]


def _compared(nominal_id: int, today: date) -> _Changes:
    missing = dict(_wanted(nominal_id, today))
    standing: dict[int, dict[str, object] | None] = {}
    for grant in _standing(today).filter(content_object=nominal_id).order_by("starts_on", "pk"):
        days, reason = missing.get(grant.user_id, (None, ""))
        values: dict[str, object] = {"ends_on": today}
        if days is not None and (days.starts_on <= today or grant.starts_on > today):
            del missing[grant.user_id]
            starts_on = min(grant.starts_on, days.starts_on) if days.starts_on <= today else days.starts_on
            values = {"starts_on": starts_on, "ends_on": days.ends_on, "reason": reason}
        elif grant.starts_on > today:
            standing[grant.pk] = None
            continue
        if any(getattr(grant, name) != value for name, value in values.items()):
            standing[grant.pk] = values
    return _Changes(standing, missing)


def _standing(today: date) -> QuerySet[PersonalGrant]:
    """What referrals have opened to people, today or later."""
    return PersonalGrant.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), source=ParticipationSource.REFERRAL
    )


def _wanted(nominal_id: int, today: date) -> Mapping[int, tuple[Period, str]]:
    """Who reads because of a referral of the person, their first days from today on, and because of which.

    A record that the unit found behind a name typed is not the agency's to read.
    """
    found: dict[int, list[tuple[Period, str]]] = {}
    for referral in Referral.objects.filter(nominal=nominal_id, state__in=_WITH_ENDORSER).order_by("pk"):
        due = endorsement_due(referral)
        last = None if due is None else due.value
        if referral.endorser_id is not None and not referral.family_name and (last is None or last >= today):
            found.setdefault(referral.endorser_id, []).append((Period(today, last), _key(referral)))
        if referral.state == ReferralState.UNDER_PANEL:
            for seat in PanelSeat.objects.filter(area=referral.area_id).exclude(ends_on__lt=today).order_by("pk"):
                for user_id in (seat.member_id, seat.substitute_id):
                    if user_id is not None:
                        days = Period(max(seat.starts_on, today), seat.ends_on)
                        found.setdefault(user_id, []).append((days, _key(referral)))
    return {
        user_id: (next(merged(days for days, _ in parts)), min(parts, key=lambda part: part[0])[1])
        for user_id, parts in found.items()
    }


def _key(referral: Referral) -> str:
    return f"referral {referral.pk}"
