"""Agencies changed and ended, landlords that hold former council homes, and the area's word for a managed person."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections.abc import Collection
from datetime import date

from agencies.access import can
from agencies.kinds import AgencyKind, Duty, duty_fits
from agencies.models import Agency, Area, FormerHomes, LocalHousingAuthority, PanelArea
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.succession import open_work
from audit.boundary import record_event, service
from rules.core import DAY, Decision, Reason
from rules.vocabulary import PersonWord

_RULE = "people and agencies"


def refuse_if(refused: bool, text: str, rule: str = _RULE) -> Decision:
    """A decision that refuses with this sentence, or allows."""
    return Decision.no(Reason(text, rule)) if refused else Decision.yes()


def may_edit_in_area(area_id: int, *, by: Principal) -> Decision:
    """System administrators, in the area they act in; the system everywhere."""
    other = by.is_signed_in and by.area_id != area_id
    return can(by, Perm.AREA_EDIT) & refuse_if(other, "You act in another MAPPA area.", "R97")


def may_change_agency(
    agency: Agency,
    *,
    by: Principal,
    today: date,
    name: str | None = None,
    kind: AgencyKind | None = None,
    duty: Duty = Duty.NONE,
    part_of: Agency | None = None,
    housing_authority: LocalHousingAuthority | None = None,
    serves: Collection[PanelArea] = (),
    starts_on: date | None = None,
) -> Decision:
    """Whether the agency may be described so; without a name and kind, whether in any way, for the button."""
    allowed = may_edit_in_area(agency.area_id, by=by)
    if not allowed or name is None or kind is None:
        return allowed
    others = Agency.objects.filter(area=agency.area_id).exclude(pk=agency.pk)
    allowed &= refuse_if(not name.strip(), "An agency has a name.")
    allowed &= refuse_if(others.filter(name=name.strip()).exists(), "Another agency of the area has this name.")
    allowed &= refuse_if(not duty_fits(kind, duty), "An agency of this kind does not come under that duty.")
    allowed &= refuse_if(part_of is not None and part_of.area_id != agency.area_id, "It is part of another area's.")
    allowed &= refuse_if(part_of is not None and agency.pk in _above(part_of), "It would be part of itself.")
    allowed &= refuse_if(
        housing_authority is not None and housing_authority.area_id != agency.area_id,
        "The housing authority lies in another MAPPA area.",
    )
    elsewhere = any(each.area_id != agency.area_id for each in serves)
    allowed &= refuse_if(elsewhere, "It serves panel areas of its own MAPPA area.")
    return allowed & refuse_if(
        agency.ends_on is not None and (starts_on is None or agency.ends_on < starts_on),
        "It would begin after it ended.",
    )


@service("agency_changed", asks=may_change_agency)
def change_agency(
    *,
    by: Principal,
    today: date,
    agency_id: int,
    name: str,
    kind: AgencyKind,
    duty: Duty,
    part_of: Agency | None,
    housing_authority: LocalHousingAuthority | None,
    starts_on: date | None,
    serves: Collection[PanelArea] | None = None,
) -> Agency:
    """Describe the agency anew, as a correction: what history shows of it, it shows by the new name.

    A new name from a day on is a succession. Without ``serves`` it serves where it did. Raises ``Refused``.
    """
    agency = _locked(agency_id)
    may_change_agency(
        agency, by=by, today=today, name=name, kind=kind, duty=duty, part_of=part_of,
        housing_authority=housing_authority, serves=serves or (), starts_on=starts_on,
    ).or_refuse()  # fmt: skip
    agency.name, agency.kind, agency.duty = name.strip(), kind, duty
    agency.part_of, agency.housing_authority, agency.starts_on = part_of, housing_authority, starts_on
    agency.save(update_fields=["name", "kind", "duty", "part_of", "housing_authority", "starts_on"])
    if serves is not None:
        agency.serves.set(serves)
    record_event(agency, root=None, kind=kind, duty=duty, starts_on=starts_on)
    return agency


def may_end_agency(agency: Agency, *, by: Principal, today: date, ends_on: date | None = None) -> Decision:
    """Whether the agency may stop taking part after a day. Not while work is open: that needs a successor."""
    allowed = may_edit_in_area(agency.area_id, by=by)
    allowed &= refuse_if(agency.starts_on is None, "It has not begun to take part.")
    if not allowed or ends_on is None:
        return allowed
    allowed &= refuse_if(agency.starts_on is not None and ends_on < agency.starts_on, "It would end before it began.")
    waiting = sum(line.count for line in open_work([agency], on=ends_on + DAY))
    return allowed & refuse_if(
        waiting > 0, "It still has open work after that day. Name the agency that takes its place instead.", "R97"
    )


@service("agency_ended", asks=may_end_agency)
def end_agency(*, by: Principal, today: date, agency_id: int, ends_on: date) -> Agency:
    """Let an agency without open work stop taking part after a day, which is its last. Raises ``Refused``."""
    agency = _locked(agency_id)
    may_end_agency(agency, by=by, today=today, ends_on=ends_on).or_refuse()
    agency.ends_on = ends_on
    agency.save(update_fields=["ends_on"])
    record_event(agency, root=None, ends_on=ends_on)
    return agency


def may_link_homes(
    landlord: Agency,
    *,
    by: Principal,
    today: date,
    authority: LocalHousingAuthority | None = None,
    starts_on: date | None = None,
) -> Decision:
    """Whether this landlord may be recorded as holding the former homes of this council."""
    allowed = may_edit_in_area(landlord.area_id, by=by)
    allowed &= refuse_if(
        landlord.kind != AgencyKind.SOCIAL_LANDLORD, "Only a social landlord holds a council's former homes."
    )
    if not allowed or authority is None or starts_on is None:
        return allowed
    allowed &= refuse_if(authority.area_id != landlord.area_id, "The council lies in another MAPPA area.")
    later = landlord.former_homes.filter(authority=authority).exclude(ends_on__lt=starts_on)
    return allowed & refuse_if(later.exists(), "This is recorded already for some of these days.")


@service("former_homes_linked", asks=may_link_homes)
def link_homes(
    *, by: Principal, today: date, landlord_id: int, authority: LocalHousingAuthority, starts_on: date
) -> FormerHomes:
    """Record that a landlord holds the homes that a council let before, from a day on. Raises ``Refused``."""
    landlord = _locked(landlord_id)
    may_link_homes(landlord, by=by, today=today, authority=authority, starts_on=starts_on).or_refuse()
    link = FormerHomes.objects.create(landlord=landlord, authority=authority, starts_on=starts_on)
    record_event(link, root=None, agency=landlord.pk, authority=authority.pk, starts_on=starts_on)
    return link


def may_end_homes(link: FormerHomes, *, by: Principal, today: date, ends_on: date | None = None) -> Decision:
    """Whether the link may end after a day, which is its last."""
    allowed = may_edit_in_area(link.landlord.area_id, by=by)
    return allowed & refuse_if(ends_on is not None and ends_on < link.starts_on, "It would end before it began.")


@service("former_homes_ended", asks=may_end_homes)
def end_homes(*, by: Principal, today: date, link_id: int, ends_on: date) -> FormerHomes:
    """Let a landlord hold a council's former homes no longer than to a day. Raises ``Refused``."""
    link = FormerHomes.objects.select_related("landlord").get(pk=link_id)
    may_end_homes(link, by=by, today=today, ends_on=ends_on).or_refuse()
    link.ends_on = ends_on
    link.save(update_fields=["ends_on"])
    record_event(link, root=None, agency=link.landlord_id, authority=link.authority_id, ends_on=ends_on)
    return link


def may_set_person_word(area: Area, *, by: Principal, today: date, word: PersonWord | None = None) -> Decision:
    """Whether the area may call a managed person so. "Child" is the word for a child only (R30)."""
    allowed = may_edit_in_area(area.pk, by=by)
    return allowed & refuse_if(word is PersonWord.CHILD, "Not every managed person is a child.", "R30")


@service("person_word_set", asks=may_set_person_word)
def set_person_word(*, by: Principal, today: date, area_id: int, word: PersonWord) -> Area:
    """Say what this area calls a managed person, on its pages. Raises ``Refused``."""
    area = Area.objects.select_for_update(no_key=True).get(pk=area_id)
    may_set_person_word(area, by=by, today=today, word=word).or_refuse()
    area.person_word = word
    area.save(update_fields=["person_word"])
    record_event(area, root=None, word=word)
    return area


def _locked(agency_id: int) -> Agency:
    return Agency.objects.select_for_update(no_key=True).get(pk=agency_id)


def _above(agency: Agency) -> set[int]:
    """The agency and whatever it is part of."""
    found: set[int] = set()
    above: Agency | None = agency
    while above is not None and above.pk not in found:
        found.add(above.pk)
        above = above.part_of
    return found
