"""When cases of the last months were identified, and what came of asking about domestic abuse or stalking."""

from collections.abc import Mapping
from datetime import date

from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Ground, Nominal
from cases.services.screening import record_identification, record_thresholding
from cases.views.screening_lists import questions
from pages.lists import ListContext
from rules.vocabulary import ThresholdingOutcome

from .days import Days

HELEN = "helen.curlew@example.org"
# Cases sentenced in so many days before today, and days from sentence to identification, by turns: most in time.
RECENT = 150
TOOK = (1, 0, 2, 3, 1, 5, 2, 0, 3, 1, 9, 2, 1, 3, 0, 21)
# Of whom the question is still to be answered, though it could have been before.
OPEN = ("Serpentine", "Tuffer")
ASKED_AGAIN = {
    "Ironstone": (
        -120, ThresholdingOutcome.LEVEL_1,
        "Two call-outs by a former partner, none since she moved; the plan is held by probation.",
    ),
}  # fmt: skip
REASONS = (
    (ThresholdingOutcome.LEVEL_1, "No contact with the victim since the sentence; the order holds, visits are kept."),
    (ThresholdingOutcome.MARAC, "Taken to the MARAC: the plan is about the victim's safety, not about co-ordination."),
    (ThresholdingOutcome.NOT_MET, "Single incident, no former partner at risk, low on the assessment used."),
)


def load_screening(day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
    """Record them as the coordinator, each on its day."""
    helen = users[HELEN].memberships.get(role=Role.COORDINATOR)
    by, area_id = Principal.for_membership(helen, on=day.today), next(iter(agencies.values())).area_id
    _identify(by, day, area_id)
    for family, (ago, outcome, reason) in ASKED_AGAIN.items():
        nominal = Nominal.objects.get(area=area_id, family_name=family)
        _threshold(by, nominal.pk, day(ago), outcome, reason)
    waiting = questions(ListContext(by, day.today))
    open_still = set(Nominal.objects.filter(family_name__in=(*OPEN, *ASKED_AGAIN)).values_list("pk", flat=True))
    for number, key in enumerate(sorted(waiting.keys() - open_still)):
        outcome, reason = REASONS[number % len(REASONS)]
        _threshold(by, key, day(-15 - number % 60), outcome, reason)


def _identify(by: Principal, day: Days, area_id: int) -> None:
    sentenced = Ground.objects.filter(
        nominal__area=area_id, nominal__lead_agencies__isnull=False, voided_on__isnull=True,
        disposal_on__range=(day(-RECENT), day.today), nominal__identifications__isnull=True,
    )  # fmt: skip
    rows = sentenced.order_by("disposal_on", "pk", "nominal__lead_agencies__starts_on").values_list(
        "nominal", "disposal_on", "nominal__lead_agencies__agency"
    )
    # One a sentence, by whoever leads last: it may have made two grounds, and several agencies may have led since.
    identified = {(nominal_id, on): agency_id for nominal_id, on, agency_id in rows if on is not None}
    for number, ((nominal_id, sentenced_on), agency_id) in enumerate(identified.items()):
        known_on = min(date.fromordinal(sentenced_on.toordinal() + TOOK[number % len(TOOK)]), day.today)
        record_identification(
            by=by, today=day.today, nominal_id=nominal_id, agency_id=agency_id, sentenced_on=sentenced_on,
            known_on=known_on,
        )  # fmt: skip


def _threshold(by: Principal, nominal_id: int, on: date, outcome: ThresholdingOutcome, reason: str) -> None:
    record_thresholding(by=by, today=by.on, nominal_id=nominal_id, decided_on=on, outcome=outcome, reason=reason)
