"""Dated rows of the nominal's page, each with what may be done to put it right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.db.models import Model

from agencies.principal import Principal
from cases.models import (
    Address,
    Identification,
    LeadAgencySpan,
    Level1Review,
    LevelSpan,
    NamedOfficerSpan,
    OrderStage,
    QualifyingMeeting,
    ReportedChange,
    Screening,
    Thresholding,
    WhereaboutsSpan,
)
from cases.services.address_corrections import may_correct_address, may_take_address_away
from cases.services.change_corrections import may_correct_change, may_take_change_away
from cases.services.corrections import may_correct_whereabouts, may_take_whereabouts_away
from cases.services.identification_corrections import may_correct_identification, may_take_identification_away
from cases.services.level_1_corrections import may_correct_level_1_review, may_take_level_1_review_away
from cases.services.level_corrections import may_correct_level_start, may_correct_meeting, may_take_meeting_away
from cases.services.screening_corrections import may_correct_screening, may_take_screening_away
from cases.services.stage_corrections import may_correct_stage, may_take_stage_away
from cases.services.tenure import may_set_tenure
from cases.services.thresholding_corrections import may_correct_thresholding, may_take_thresholding_away
from cases.services.who_leads_corrections import (
    may_correct_lead_agency,
    may_correct_named_officer,
    may_take_lead_agency_away,
    may_take_named_officer_away,
)
from pages.navigation import address_about
from pages.offers import Offer, shown
from rules.core import Decision

M = TypeVar("M", bound=Model)

# By kind of row: label, page, twin.
TWINS: dict[type[Model], Sequence[tuple[str, str, Callable[..., Decision]]]] = {
    Address: (
        ("Whose home it is", "address-tenure", may_set_tenure),
        ("Correct", "address-correct", may_correct_address),
        ("Take away", "address-away", may_take_address_away),
    ),
    WhereaboutsSpan: (
        ("Correct", "whereabouts-correct", may_correct_whereabouts),
        ("Take away", "whereabouts-away", may_take_whereabouts_away),
    ),
    LevelSpan: (("Correct", "level-start-correct", may_correct_level_start),),
    QualifyingMeeting: (
        ("Correct", "meeting-correct", may_correct_meeting),
        ("Take away", "meeting-away", may_take_meeting_away),
    ),
    LeadAgencySpan: (
        ("Correct", "lead-agency-correct", may_correct_lead_agency),
        ("Take away", "lead-agency-away", may_take_lead_agency_away),
    ),
    NamedOfficerSpan: (
        ("Correct", "named-officer-correct", may_correct_named_officer),
        ("Take away", "named-officer-away", may_take_named_officer_away),
    ),
    Identification: (
        ("Correct", "identification-correct", may_correct_identification),
        ("Take away", "identification-away", may_take_identification_away),
    ),
    Thresholding: (
        ("Correct", "thresholding-correct", may_correct_thresholding),
        ("Take away", "thresholding-away", may_take_thresholding_away),
    ),
    ReportedChange: (
        ("Correct", "change-correct", may_correct_change),
        ("Take away", "change-away", may_take_change_away),
    ),
    Screening: (
        ("Correct", "screening-correct", may_correct_screening),
        ("Take away", "screening-away", may_take_screening_away),
    ),
    OrderStage: (
        ("Correct", "stage-correct", may_correct_stage),
        ("Take away", "stage-away", may_take_stage_away),
    ),
    Level1Review: (
        ("Correct", "level-1-review-correct", may_correct_level_1_review),
        ("Take away", "level-1-review-away", may_take_level_1_review_away),
    ),
}


@dataclass(frozen=True)
class Line(Generic[M]):
    """A row, and the corrections that may be made to it."""

    row: M
    offers: Sequence[Offer]


def lines_of(rows: Iterable[M], *, by: Principal, today: date) -> list[Line[M]]:
    """Each row with its corrections. Nothing is offered to who may not correct: access is that to the record."""
    return [Line(row, _offers(row, by, today)) for row in rows]


def _offers(row: Model, by: Principal, today: date) -> list[Offer]:
    found = []
    for label, url_name, twin in TWINS[type(row)]:
        decision = twin(row, by=by, today=today)
        found.append(Offer(label, address_about(url_name, row.pk), decision, access=decision))
    return shown(found)
