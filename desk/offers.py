"""What can be recorded about a nominal, each with the decision of the service's own twin."""

from collections.abc import Callable
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Ground, Nominal
from cases.services.dates import may_record_meeting, may_set_key_date
from cases.services.ground_corrections import may_correct_ground_start
from cases.services.grounds import may_end_ground, may_record_ground, may_void_ground
from cases.services.levels import may_set_level
from cases.services.participation import may_name_officer, may_set_lead_agency
from cases.services.people import may_edit_nominal, may_record_address
from cases.services.screening import may_record_thresholding
from cases.services.whereabouts import may_record_whereabouts
from pages.navigation import address_about
from pages.offers import Offer
from rules.core import Decision

# By part of the page: label, page, permission, twin.
TWINS: dict[str, tuple[str, str, Perm, Callable[..., Decision]]] = {
    "edit": ("Change details", "nominal-edit", Perm.NOMINAL_EDIT, may_edit_nominal),
    "ground": ("Add a ground", "ground-add", Perm.GROUND_RECORD, may_record_ground),
    "level": ("Set the level", "level-set", Perm.LEVEL_RECORD, may_set_level),
    "meeting": ("Record a meeting held", "meeting-add", Perm.LEVEL_RECORD, may_record_meeting),
    "whereabouts": ("Record where they are", "whereabouts-add", Perm.WHEREABOUTS_RECORD, may_record_whereabouts),
    "address": ("Record an address", "address-add", Perm.NOMINAL_EDIT, may_record_address),
    "lead": ("Change the lead agency", "lead-agency-set", Perm.NOMINAL_EDIT, may_set_lead_agency),
    "officer": ("Change the named officer", "named-officer-set", Perm.NOMINAL_EDIT, may_name_officer),
    "thresholding": (
        "Record a thresholding outcome",
        "thresholding-add",
        Perm.LEVEL_1_RECORD,
        may_record_thresholding,
    ),
    "date": ("Record a key date", "key-date-set", Perm.KEY_DATE_RECORD, may_set_key_date),
}


def offers_for(nominal: Nominal, *, by: Principal, today: date) -> dict[str, Offer]:
    """One offer for each thing that can be recorded; access is asked once a permission."""
    access = {perm: can(by, perm, nominal) for perm in {perm for _, _, perm, _ in TWINS.values()}}
    return {
        part: Offer(
            label,
            address_about(url_name, nominal.pk),
            twin(nominal, by=by, today=today) if access[perm] else access[perm],
            access=access[perm],
        )
        for part, (label, url_name, perm, twin) in TWINS.items()
    }


def offers_for_ground(ground: Ground, *, by: Principal, today: date) -> list[Offer]:
    """What may be done with one ground. A void one is left as it is."""
    if ground.voided_on is not None:
        return []
    return [
        Offer(
            "End or change the end",
            address_about("ground-end", ground.pk),
            may_end_ground(ground, by=by, today=today),
        ),
        Offer(
            "Correct the first day",
            address_about("ground-start-correct", ground.pk),
            may_correct_ground_start(ground, by=by, today=today),
        ),
        Offer("Void", address_about("ground-void", ground.pk), may_void_ground(ground, by=by, today=today)),
    ]
