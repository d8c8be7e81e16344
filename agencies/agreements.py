"""What has become of agencies' agreements on a day (R96): worked out, never stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rules.agreements import AgreementFacts, agreement_state
from rules.core import Answer
from rules.parameters import Parameters
from rules.vocabulary import AgreementKind, AgreementState

from .kinds import has_part_in_law
from .models import Agency, Agreement
from .written import Written, one_of


@dataclass(frozen=True)
class Signed:
    """An agency's agreements of one kind: what has become of them, and the latest signature."""

    kind: AgreementKind
    answer: Answer[AgreementState]
    latest: Agreement | None
    asked: bool

    @property
    def state(self) -> AgreementState:
        return self.answer.value

    @property
    def wants_attention(self) -> bool:
        """It is asked of this agency, and is missing, over, or soon to be."""
        return self.asked and self.state is not AgreementState.IN_FORCE


def signed_by(agencies: Iterable[Agency], params: Parameters, *, today: date) -> Mapping[int, list[Signed]]:
    """Both kinds for each agency, in one query. Asked of bodies with a part in law, not of their teams."""
    wanted = list(agencies)
    rows: dict[tuple[int, str], list[Agreement]] = defaultdict(list)
    for row in _SIGNED([each.pk for each in wanted]):
        rows[row.agency_id, row.kind].append(row)
    return {agency.pk: [_signed(agency, kind, rows, params, today) for kind in AgreementKind] for agency in wanted}


_SIGNED = Written(lambda agencies: Agreement.objects.filter(one_of("agency", agencies)).order_by("signed_on"))


def _signed(
    agency: Agency,
    kind: AgreementKind,
    rows: Mapping[tuple[int, str], list[Agreement]],
    params: Parameters,
    today: date,
) -> Signed:
    own = rows.get((agency.pk, kind), [])
    answer = agreement_state([AgreementFacts(row.signed_on, row.expires_on) for row in own], params, today=today)
    asked = has_part_in_law(agency.duty) and agency.part_of_id is None and agency.takes_part_on(today)
    return Signed(kind, answer, own[-1] if own else None, asked)
