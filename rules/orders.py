"""Hospital and guardianship orders: which section goes with which disposal, and where each stage puts the person.

No stage ends the ground (R24): an order ends by absolute discharge, which is an end of the ground itself. A person who
is conditionally discharged or on a community treatment order is in the community: counted there on 31 March (R85), and
the review clock runs (R52). Source: Mental Health Act 1983, as each text says; the reading is to be confirmed locally.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rules.core import DAY, Decision, Period, Reason, cites, long_date
from rules.corrections import STAGE, between_neighbours, may_correct_record, may_take_record_away
from rules.facts import WhereaboutsFacts
from rules.vocabulary import Disposal, HospitalSection, HospitalStage, Whereabouts

_MADE_AS = {
    Disposal.HOSPITAL_ORDER: frozenset({HospitalSection.HOSPITAL, HospitalSection.INSANITY}),
    Disposal.HOSPITAL_ORDER_RESTRICTED: frozenset(
        {HospitalSection.HOSPITAL_RESTRICTED, HospitalSection.INSANITY_RESTRICTED}
    ),
    Disposal.GUARDIANSHIP: frozenset({HospitalSection.GUARDIANSHIP}),
}
_BESIDE_A_SENTENCE = frozenset(
    {
        HospitalSection.DIRECTION,
        HospitalSection.TRANSFER,
        HospitalSection.TRANSFER_RESTRICTED,
        HospitalSection.REMAND_TRANSFER,
    }
)

IN_COMMUNITY = frozenset(
    {HospitalStage.CONDITIONAL_DISCHARGE, HospitalStage.COMMUNITY_TREATMENT, HospitalStage.GUARDIANSHIP}
)
_WARD = frozenset({Whereabouts.HOSPITAL, Whereabouts.HOSPITAL_LEAVE})
_PLACE = {
    HospitalStage.DETAINED: Whereabouts.HOSPITAL,
    HospitalStage.ESCORTED_LEAVE: Whereabouts.HOSPITAL,
    HospitalStage.UNESCORTED_LEAVE: Whereabouts.HOSPITAL,
    HospitalStage.OVERNIGHT_LEAVE: Whereabouts.HOSPITAL_LEAVE,
    HospitalStage.RECALLED: Whereabouts.HOSPITAL,
}
# Where somebody may be whatever their order says: they are not where they should be, or nowhere.
_ELSEWHERE = frozenset({Whereabouts.UNLAWFULLY_AT_LARGE, Whereabouts.DEAD})


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage of an order from a day to a day, both included; None: it lasts."""

    kind: HospitalStage
    starts_on: date
    ends_on: date | None = None


@cites("R13")
def may_record_order(section: HospitalSection, disposal: Disposal | None) -> Decision:
    """Whether an order of this section goes with the ground's disposal; None when no ground is named."""
    if disposal is None or section in _MADE_AS.get(disposal, _BESIDE_A_SENTENCE):
        return Decision.yes()
    text = f"The ground says “{disposal.label}”, which is not made as: {section.label}. Correct one of them"
    return Decision.no(Reason(text, "R13"))


@cites("R85")
def may_record_stage(section: HospitalSection, stage: HospitalStage) -> Decision:
    """Whether an order of this section can come to this stage."""
    refusals = []
    if stage is HospitalStage.CONDITIONAL_DISCHARGE and not section.is_restricted:
        text = "Conditional discharge is for a restricted patient (Mental Health Act 1983, sections 42 and 73)"
        refusals.append(Reason(text, "R85"))
    if stage is HospitalStage.COMMUNITY_TREATMENT and (
        section.is_restricted or section is HospitalSection.GUARDIANSHIP
    ):
        text = "A community treatment order is for an unrestricted patient in hospital (Mental Health Act 1983, s.17A)"
        refusals.append(Reason(text, "R85"))
    if (stage is HospitalStage.GUARDIANSHIP) is not (section is HospitalSection.GUARDIANSHIP):
        refusals.append(Reason("Guardianship is the one stage of a guardianship order, and of no other", "R85"))
    return Decision.of(refusals)


@cites("R24", "R52", "R85")
def whereabouts_of_stage(stage: HospitalStage, present: Whereabouts | None) -> Whereabouts | None:
    """Where the person is from the stage's first day, `present` being where they are recorded; None: no change.

    A stage in the community moves only somebody who was on the ward: an approved premises is in the community too, and
    who has gone to prison or abroad stays there. A stage in hospital moves everybody but the dead and those at large.
    """
    if stage in IN_COMMUNITY:
        return Whereabouts.COMMUNITY if present is None or present in _WARD else None
    place = _PLACE[stage]
    return None if present is place or present in _ELSEWHERE else place


@cites("R52", "R85")
def stage_agrees(stage: HospitalStage, present: Whereabouts | None) -> Decision:
    """Whether the recorded whereabouts go with the stage; refused with what the figures would get wrong."""
    wanted = whereabouts_of_stage(stage, present)
    if wanted is None:
        return Decision.yes()
    here = present.label if present else "not recorded"
    text = f"The order says “{stage.label}”, the whereabouts say “{here}”: the counts and the clock follow the second"
    return Decision.no(Reason(text, "R85"))


@cites("R52", "R85")
def may_correct_stage(
    wrong: StageFacts,
    right: StageFacts,
    stages: Sequence[StageFacts],
    stays: Iterable[WhereaboutsFacts],
    *,
    unchanged: bool,
    reason: str,
) -> Decision:
    """Whether a stage may become `right`, with the last day it has: the one before ends the day before.

    `stages` are all of the order. No stay moves with it: what would say otherwise of a day than `stays`, all of the
    person, is refused, and where they were is corrected first. `unchanged`: everything is as it stands recorded.
    """
    days = Period(wrong.starts_on, wrong.ends_on)
    decision = may_correct_record(STAGE, right.starts_on, (), unchanged=unchanged, reason=reason) & Decision.of(
        between_neighbours(days, right.starts_on, [stage.starts_on for stage in stages], "R85")
    )
    if not decision:
        return decision
    last = right.starts_on - DAY
    earlier = [stage for stage in stages if stage.starts_on < wrong.starts_on]
    before = max(earlier, key=lambda stage: stage.starts_on, default=None)
    follows = before is not None and (before.ends_on == wrong.starts_on - DAY or (before.ends_on or last) > last)
    after = [
        right if stage == wrong else replace(stage, ends_on=last) if follows and stage == before else stage
        for stage in stages
    ]
    return _goes_with(list(stays), stages, after)


@cites("R52", "R85")
def may_take_stage_away(
    wrong: StageFacts, stages: Sequence[StageFacts], stays: Iterable[WhereaboutsFacts], *, reason: str
) -> Decision:
    """Whether a stage may be taken away as never so: the one that ended the day before goes on to its last day, where
    there is one. No stay moves with it, as with a correction.
    """
    after = [
        replace(stage, ends_on=wrong.ends_on) if stage.ends_on == wrong.starts_on - DAY else stage
        for stage in stages
        if stage != wrong
    ]
    return may_take_record_away(STAGE, reason=reason) & _goes_with(list(stays), stages, after)


def _goes_with(
    stays: Sequence[WhereaboutsFacts], stages: Iterable[StageFacts], after: Iterable[StageFacts]
) -> Decision:
    """Whether the order then says of no stay what it did not say before and what contradicts it."""
    stood = list(_at_odds(stages, stays))
    return Decision.of(each for each in _at_odds(after, stays) if each not in stood)


def _at_odds(stages: Iterable[StageFacts], stays: Sequence[WhereaboutsFacts]) -> Iterator[Reason]:
    for stage in stages:
        for stay in stays:
            both = Period(stage.starts_on, stage.ends_on).intersection(Period(stay.starts_on, stay.ends_on))
            if both and not stage_agrees(stage.kind, stay.whereabouts):
                here = f"“{stay.whereabouts.label}” from {long_date(stay.starts_on)}"
                text = f"They are recorded as {here}, and the order would say “{stage.kind.label}”"
                yield Reason(f"{text}: correct where they were first", "R85")
