"""One agency takes the place of others: planned, called off, and carried out on its day."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.utils.text import slugify

from agencies.handover import waiting_handovers
from agencies.kinds import LEADING, AgencyKind, Duty
from agencies.models import (
    Agency,
    Area,
    FormerHomes,
    LocalHousingAuthority,
    Membership,
    PanelArea,
    Succession,
    SuccessionPart,
    User,
)
from agencies.models.accounts import SignInProvider
from agencies.models.partners import SuccessionRole
from agencies.principal import Principal
from agencies.services import create_agency, create_housing_authority, create_panel_area
from agencies.succession import (
    Change,
    Going,
    Line,
    participants,
    planned_going,
    predecessors_in,
    waiting_successions,
)
from audit.boundary import record_event, service
from rules.core import DAY, Decision

from .moving import move_spans
from .partners import may_edit_in_area, refuse_if
from .succession_contacts import losing_ids, may_be_contacts, move_contacts, moving_ids

_RULE = "agencies that follow one another"


def may_plan_succession(
    area: Area,
    *,
    by: Principal,
    today: date,
    predecessors: Sequence[Agency] = (),
    successor: Agency | None = None,
    name: str = "",
    council: str = "",
    beside: Sequence[Agency] = (),
    happens_on: date | None = None,
    reason: str = "",
    spoc: User | None = None,
    deputy: User | None = None,
) -> Decision:
    """Whether these agencies may be replaced so; without a day, whether any may be, for the button."""
    allowed = may_edit_in_area(area.pk, by=by)
    if not allowed or happens_on is None:
        return allowed
    named = {each.pk for each in predecessors}
    allowed &= refuse_if(not predecessors, "Choose the agencies that are replaced.", _RULE)
    allowed &= refuse_if(not reason.strip(), "Say why: the order or the contract.", _RULE)
    allowed &= refuse_if(
        (successor is None) is (not name.strip()), "Name a new agency, or choose the one that takes over.", _RULE
    )
    everyone = [*predecessors, *beside, *([successor] if successor else [])]
    allowed &= refuse_if(any(each.area_id != area.pk for each in everyone), "It lies in another MAPPA area.", "R97")
    allowed &= refuse_if(len({each.pk for each in everyone}) < len(everyone), "One agency plays two parts.", _RULE)
    allowed &= refuse_if(
        any(not each.takes_part_on(happens_on - DAY) for each in predecessors),
        "Who is replaced takes part until the day before.",
        _RULE,
    )
    waiting = SuccessionPart.objects.filter(succession__in=waiting_successions(), role=SuccessionRole.PREDECESSOR)
    allowed &= refuse_if(waiting.filter(agency__in=named).exists(), "It is to be replaced already.", _RULE)
    if successor is not None:
        allowed &= refuse_if(
            not successor.takes_part_on(happens_on), "Who takes over does not take part on that day.", _RULE
        )
        leads = any(each.kind in LEADING for each in predecessors)
        allowed &= refuse_if(leads and successor.kind not in LEADING, "Who takes over cannot lead a case.", "R97")
    else:
        allowed &= _new_body(area, predecessors, name.strip(), council.strip())
    return allowed & may_be_contacts(Going(happens_on, tuple(predecessors), to=successor), spoc, deputy)


def _new_body(area: Area, predecessors: Sequence[Agency], name: str, council: str) -> Decision:
    taken = Agency.objects.filter(area=area, name=name).exists()
    allowed = refuse_if(taken, "An agency of the area has this name: choose it, or another name.", _RULE)
    kinds = {(each.kind, each.duty) for each in predecessors}
    allowed &= refuse_if(len(kinds) > 1, "A new agency follows agencies of one kind and one duty.", _RULE)
    councils = [each.housing_authority_id is not None for each in predecessors]
    allowed &= refuse_if(bool(council) and not all(councils), "Only housing authorities become a new council.", _RULE)
    allowed &= refuse_if(not council and any(councils), "Name the new council: housing authorities merge.", _RULE)
    known = LocalHousingAuthority.objects.filter(area=area, name=council).exists()
    known |= PanelArea.objects.filter(area=area, name=council).exists()
    return allowed & refuse_if(bool(council) and known, "A council or panel area has this name.", _RULE)


@service("succession_planned", asks=may_plan_succession)
def plan_succession(
    *,
    by: Principal,
    today: date,
    area_id: int,
    predecessor_ids: Sequence[int],
    happens_on: date,
    reason: str,
    successor_id: int | None = None,
    name: str = "",
    council: str = "",
    beside_ids: Sequence[int] = (),
    spoc_id: int | None = None,
    deputy_id: int | None = None,
) -> Succession:
    """Plan that one agency takes the place of others from a day on: a new one by name, or one that exists.

    ``spoc_id`` and ``deputy_id`` become its contacts; without them the first named agency's stay, and then the next's.

    Nothing else changes before the day; on it the open work moves. When the day has come already, it moves now.
    Raises ``Refused``.
    """
    area = Area.objects.select_for_update(no_key=True).get(pk=area_id)
    predecessors = _in_order(predecessor_ids)
    beside = _in_order(beside_ids)
    successor = Agency.objects.get(pk=successor_id) if successor_id is not None else None
    spoc, deputy = (User.objects.get(pk=key) if key is not None else None for key in (spoc_id, deputy_id))
    may_plan_succession(
        area, by=by, today=today, predecessors=predecessors, successor=successor, name=name, council=council,
        beside=beside, happens_on=happens_on, reason=reason, spoc=spoc, deputy=deputy,
    ).or_refuse()  # fmt: skip
    row = Succession.objects.create(
        area=area, happens_on=happens_on, name=name.strip(), council=council.strip(), reason=reason.strip(),
        successor=successor, spoc=spoc, deputy=deputy,
    )  # fmt: skip
    parts = [(each, SuccessionRole.PREDECESSOR) for each in predecessors]
    parts += [(each, SuccessionRole.BESIDE) for each in beside]
    SuccessionPart.objects.bulk_create(SuccessionPart(succession=row, agency=each, role=role) for each, role in parts)
    record_event(row, root=None, predecessors=[each.pk for each in predecessors], happens_on=happens_on)
    if happens_on <= today:
        return carry_out_succession(by=by, today=today, succession_id=row.pk)
    return row


def may_cancel_succession(succession: Succession, *, by: Principal, today: date) -> Decision:
    """Whether a plan may be called off: until it is carried out, which leaves nothing behind."""
    allowed = may_edit_in_area(succession.area_id, by=by)
    allowed &= refuse_if(succession.done_on is not None, "It is done: the open work has moved.", _RULE)
    return allowed & refuse_if(succession.cancelled_on is not None, "It is called off already.", _RULE)


@service("succession_cancelled", asks=may_cancel_succession)
def cancel_succession(*, by: Principal, today: date, succession_id: int) -> Succession:
    """Call a planned succession off. Raises ``Refused``."""
    row = Succession.objects.select_for_update(no_key=True).get(pk=succession_id)
    may_cancel_succession(row, by=by, today=today).or_refuse()
    row.cancelled_on = today
    row.save(update_fields=["cancelled_on"])
    record_event(row, root=None)
    return row


def may_carry_out_succession(succession: Succession, *, by: Principal, today: date) -> Decision:
    """Whether the open work may move now: the plan stands, and its day has come."""
    allowed = may_cancel_succession(succession, by=by, today=today)
    allowed &= refuse_if(succession.happens_on > today, "Its day has not come.", _RULE)
    new = succession.successor_id is None and succession.done_on is None
    taken = new and Agency.objects.filter(area=succession.area_id, name=succession.name).exists()
    return allowed & refuse_if(taken, "Another agency has taken the name since: call it off and plan anew.", _RULE)


@service("agency_succeeded", asks=may_carry_out_succession)
def carry_out_succession(*, by: Principal, today: date, succession_id: int) -> Succession:
    """Move the open work of the agencies replaced, from the day planned, however late this runs.

    What was closed before the day stays with them, and so does every figure about the time before. Raises ``Refused``.
    """
    row = (
        Succession.objects.select_for_update(no_key=True, of=("self",))
        .select_related("successor")
        .get(pk=succession_id)
    )
    may_carry_out_succession(row, by=by, today=today).or_refuse()
    predecessors = predecessors_in(row)
    everyone = [each.pk for each in predecessors] + ([row.successor_id] if row.successor_id else [])
    list(Agency.objects.select_for_update(no_key=True).filter(pk__in=everyone).order_by("pk"))
    going = planned_going(row)
    change = _change(row, going, by)
    for participant in participants():
        participant.move(change, today)
    _close(change)
    row.successor, row.done_on = change.successor, today
    row.save(update_fields=["successor", "done_on"])
    record_event(
        row, root=None, predecessors=going.agency_ids, successor=change.successor.pk, happens_on=row.happens_on
    )
    return row


def _in_order(ids: Sequence[int]) -> list[Agency]:
    found = Agency.objects.in_bulk(list(ids))
    return [found[pk] for pk in ids]


def _change(row: Succession, going: Going, by: Principal) -> Change:
    """Who takes over, made now where it is a new body."""
    if row.successor is not None:
        authority = row.successor.housing_authority
        areas = authority.panel_areas.on(row.happens_on).order_by("pk") if authority is not None else None
        panel_area = areas.first() if areas is not None else None
        return Change(going, by, row.successor, authority, panel_area, losing_ids(going))
    first = going.agencies[0]
    authority, panel_area = None, None
    if row.council:
        authority = create_housing_authority(by=by, area=row.area, name=row.council)
        if going.panel_areas:
            panel_area = create_panel_area(
                by=by, area=row.area, name=row.council, slug=_free_slug(PanelArea, row.area_id, row.council),
                housing_authority=authority,
            )  # fmt: skip
    successor = create_agency(
        by=by,
        area=row.area,
        name=row.name,
        slug=_free_slug(Agency, row.area_id, row.name),
        kind=AgencyKind(first.kind),
        duty=Duty(first.duty),
        part_of=first.part_of,
        housing_authority=authority,
        starts_on=row.happens_on,
    )
    return Change(going, by, successor, authority, panel_area, losing_ids(going))


def _free_slug(model: type[Agency] | type[PanelArea], area_id: int, name: str) -> str:
    return free_slug(set(model.objects.filter(area=area_id).values_list("slug", flat=True)), name)


def free_slug(taken: set[str], name: str) -> str:
    """A short name for addresses and files that nobody of the area has."""
    plain = slugify(name)[:50] or "agency"
    return next(
        slug
        for number in range(1, len(taken) + 2)
        if (slug := plain if number == 1 else f"{plain}-{number}") not in taken
    )


def _close(change: Change) -> None:
    """The bodies themselves: who is replaced ends the day before."""
    going = change.going
    last_day = going.on - DAY
    rows = Agency.objects.filter(pk__in=going.agency_ids)
    rows.filter(Q(ends_on=None) | Q(ends_on__gt=last_day)).update(ends_on=last_day)
    Agency.objects.on(going.on).filter(part_of__in=going.agency_ids).exclude(pk=change.successor.pk).update(
        part_of=change.successor
    )
    # Who vouches for the successor's people is for two persons to say (agencies.services.two_persons): none moves.
    SignInProvider.objects.filter(agency__in=going.agency_ids).exclude(agency=change.successor).update(
        is_active=False, demanded=False
    )
    if change.authority is not None:
        councils = LocalHousingAuthority.objects.filter(pk__in=going.authorities).exclude(pk=change.authority.pk)
        councils.update(replaced_on=going.on, successor=change.authority)
    if change.panel_area is not None:
        areas = PanelArea.objects.filter(pk__in=going.panel_areas).exclude(pk=change.panel_area.pk)
        areas.update(replaced_on=going.on, successor=change.panel_area)
    _serve(change)


def _serve(change: Change) -> None:
    """The successor serves what its predecessors served; whoever serves a replaced panel area serves the new one."""
    served = PanelArea.objects.filter(served_by__in=change.going.agency_ids)
    own = change.successor.serves.exists() or change.successor.pk in change.going.agency_ids
    everywhere = Agency.objects.filter(pk__in=change.going.agency_ids, serves=None).exists()
    if not own and not everywhere:
        change.successor.serves.set(served)
    if change.panel_area is not None:
        for agency in Agency.objects.filter(serves__in=change.going.panel_areas).distinct():
            agency.serves.remove(*change.going.panel_areas)
            agency.serves.add(change.panel_area)


# --- What this app itself holds for an agency ---------------------------------------------------------------------


def preview_people(going: Going) -> list[Line]:
    """Roles and contacts held for the agencies from the day on."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=going.on)
    return [
        Line("roles of people", Membership.objects.filter(lasting, agency__in=going.agency_ids).count()),
        Line("contacts and deputies", len(moving_ids(going))),
    ]


def move_people(change: Change, today: date) -> None:
    """People act for the successor from the day on; it has one contact and one deputy."""
    going, to = change.going, change.successor.pk
    move_contacts(change)
    for agency in going.agencies:
        move_spans(
            Membership.objects.filter(agency=agency), on=going.on, holder="agency_id", to=to,
            beside=lambda row: Q(user=row.user_id, role=row.role, area=row.area_id),
        )  # fmt: skip
    _follow_hand_overs(change, today)


def _follow_hand_overs(change: Change, today: date) -> None:
    """What is to be handed over after that day is handed over for the successor, each role once."""
    for planned in waiting_handovers().filter(agency__in=change.going.agency_ids, happens_on__gt=change.going.on):
        role = {"leaver": planned.leaver_id, "role": planned.role, "area": planned.area_id}
        if waiting_handovers().filter(**role, agency=change.successor).exists():
            planned.cancelled_on = today
        else:
            planned.agency = change.successor
        planned.save(update_fields=["agency", "cancelled_on"])


def preview_homes(going: Going) -> list[Line]:
    """Links between landlords and councils that last from the day on."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=going.on)
    held = Q(landlord__in=going.agency_ids) | Q(authority__in=going.authorities)
    return [Line("former council homes held by landlords", FormerHomes.objects.filter(lasting, held).count())]


def move_homes(change: Change, today: date) -> None:
    """The homes are the new council's former homes, or the new landlord's."""
    going = change.going
    move_spans(
        FormerHomes.objects.filter(landlord__in=going.agency_ids), on=going.on, holder="landlord_id",
        to=change.successor.pk, beside=lambda row: Q(authority=row.authority_id),
    )  # fmt: skip
    if change.authority is not None:
        old = FormerHomes.objects.filter(authority__in=going.authorities).exclude(authority=change.authority)
        move_spans(
            old, on=going.on, holder="authority_id", to=change.authority.pk,
            beside=lambda row: Q(landlord=row.landlord_id),
        )  # fmt: skip
