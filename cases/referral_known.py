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
from rules.vocabulary import Category

from .facts import facts_of
from .first_meetings import RELEASES
from .models import Ground, KeyDate, LeadAgencySpan, NamedOfficerSpan, Referral


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
    grounds = Ground.objects.filter(open_on(today), nominal=nominal, voided_on__isnull=True).order_by("starts_on")
    lead = LeadAgencySpan.objects.filter(open_on(today), nominal=nominal).select_related("agency").first()
    officer = NamedOfficerSpan.objects.filter(open_on(today), nominal=nominal).select_related("officer").first()
    person = [("Name", nominal.name)]
    if nominal.date_of_birth:
        person.append(("Born", british_date(nominal.date_of_birth)))
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
            f"{ground.offence_text or 'no offence in words'}, from {british_date(ground.starts_on)}",
        )
        for ground in grounds
    ]
    ahead = release.first()
    if ahead:
        offence.append((ahead.get_kind_display(), british_date(ahead.falls_on)))
    filled: dict[str, Any] = {}
    if category is not None and category is not Category.FOUR:
        filled["category"] = category.value
    if ahead:
        filled["release_on"] = ahead.falls_on
    return Known({"person": person, "offence": offence}, {} if referral.family_name else filled)
