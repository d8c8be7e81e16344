"""What the register knows of a person who is referred: shown beside the sections, and filled in where it fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from pages.dates import british_date
from rules.categories import senior_category
from rules.levels import level_on
from rules.orders import IN_COMMUNITY
from rules.referrals import community_disposal_on
from rules.vocabulary import Category, Detention, KeyDateKind, Whereabouts

from .facts import facts_of
from .first_meetings import RELEASES
from .models import Address, Ground, KeyDate, LeadAgencySpan, NamedOfficerSpan, Nominal, OrderStage, Referral


@dataclass(frozen=True)
class Known:
    """Lines to show by section, and values for boxes that are still empty."""

    lines: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    filled: Mapping[str, Any] = field(default_factory=dict)


def known_of(referral: Referral, today: date, *, by: Principal) -> Known:
    """What the register knows; nothing of a person who is not in it, nor of a record that the reader may not open.

    Nothing is filled in where the referrer typed a name: what is saved there the agency reads, and not the record.
    """
    nominal = referral.nominal
    if nominal is None or (referral.family_name and not can(by, Perm.NOMINAL_VIEW, nominal)):
        return Known()
    facts = facts_of(nominal)
    category, level = senior_category(facts.grounds, today), level_on(facts.levels, today).value
    release = KeyDate.objects.filter(nominal=nominal, kind__in=RELEASES, falls_on__gte=today).order_by("falls_on")
    grounds = list(
        Ground.objects.filter(open_on(today), nominal=nominal, voided_on__isnull=True)
        .select_related("offence")
        .order_by("starts_on", "pk")
    )
    lead = LeadAgencySpan.objects.filter(open_on(today), nominal=nominal).select_related("agency").first()
    officer = NamedOfficerSpan.objects.filter(open_on(today), nominal=nominal).select_related("officer").first()
    person = [("Name", nominal.name)]
    if nominal.date_of_birth:
        person.append(("Born", british_date(nominal.date_of_birth)))
    person.extend(
        (each.get_kind_display(), f"{each.given_names} {each.family_name}".strip()) for each in nominal.aliases.all()
    )
    person.extend((each.get_kind_display(), each.value) for each in nominal.identifiers.all())
    lives = nominal.addresses.filter(open_on(today)).select_related("closest_links")
    person.extend(("Address", _lives(each)) for each in lives)
    if category:
        person.append(("Category", category.label))
    if level:
        person.append(("Level", level.label))
    if lead:
        person.append(("Lead agency", lead.agency.name))
    if officer:
        person.append(("Named officer", officer.officer.name))
    offence = [
        (
            ground.get_kind_display(),
            f"{_offence(ground) or 'no offence in words'}, from {british_date(ground.starts_on)}",
        )
        for ground in grounds
    ]
    ahead = release.first()
    if ahead:
        offence.append((ahead.get_kind_display(), british_date(ahead.falls_on)))
    filled: dict[str, Any] = _of_hospital(nominal, today)
    if category is not None and category is not Category.FOUR:
        filled["category"] = category.value
    if ahead:
        filled["release_on"] = ahead.falls_on
    if grounds:
        filled |= _of_ground(grounds[-1])
    filled["sentenced_on"] = community_disposal_on(facts.grounds, today)
    filled = {} if referral.family_name else {name: value for name, value in filled.items() if value}
    return Known({"person": person, "offence": offence}, filled)


def _of_hospital(nominal: Nominal, today: date) -> dict[str, Any]:
    """What the register says of somebody who is detained in hospital on the day; of anybody else, nothing."""
    in_hospital = (Whereabouts.HOSPITAL, Whereabouts.HOSPITAL_LEAVE)
    stay = nominal.whereabouts.filter(open_on(today), kind__in=in_hospital).first()
    stage = (
        OrderStage.objects.filter(open_on(today), order__nominal=nominal)
        .exclude(kind__in=IN_COMMUNITY)
        .select_related("order")
        .order_by("-starts_on", "-pk")
        .first()
    )
    if stay is None and stage is None:
        return {}
    review = KeyDate.objects.filter(nominal=nominal, kind=KeyDateKind.TRIBUNAL, falls_on__gte=today)
    ahead = review.order_by("falls_on").first()
    order = stage.order if stage else nominal.hospital_orders.order_by("-pk").first()
    return {
        "detained": Detention.YES,
        "hospital": stay.place if stay else "",
        "hospital_section": order.section if order else "",
        "clinician": order.responsible_clinician if order else "",
        "review_on": ahead.falls_on if ahead else None,
        "leave": stage.get_kind_display() if stage else "",
    }


def _of_ground(ground: Ground) -> dict[str, Any]:
    """What the ground that began last says of offence and sentence."""
    term = " ".join(
        f"{number} {unit}{'' if number == 1 else 's'}"
        for number, unit in ((ground.term_months, "month"), (ground.term_days, "day"))
        if number
    )
    passed = f"{british_date(ground.disposal_on)}" if ground.disposal_on else ""
    sentence = ", ".join(filter(None, (ground.get_disposal_display() if ground.disposal else "", term, passed)))
    said = "; ".join(filter(None, (_offence(ground), sentence)))
    return {"offence": said, "outcome": ground.outcome, "outcome_on": ground.outcome_on}


def _offence(ground: Ground) -> str:
    return ground.offence.title if ground.offence else ground.offence_text


def _lives(address: Address) -> str:
    if not address.no_fixed_abode:
        return ", ".join(filter(None, (address.lines, address.postcode)))
    links = address.closest_links
    return f"No fixed abode{f', closest links with {links.name}' if links else ''}"
