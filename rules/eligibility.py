"""On what ground a person may be recorded as a MAPPA nominal (R9 to R20). Category and endings are told here too.

This is the door to the whole subject: it offers the names of `rules.categories`, `rules.endings` and
`rules.notification` beside its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rules.calendar import last_day_of_term
from rules.categories import (
    PRECEDENCE,
    category_of,
    category_on,
    category_spans,
    open_grounds,
    senior_category,
    status_periods,
)
from rules.core import DAY, Answer, Decision, Period, Reason, cites, long_date
from rules.endings import (
    ended_by_death,
    may_end_ground,
    may_record_supervision,
    may_void_ground,
    qualifying_disposal_ends_on,
)
from rules.facts import GroundFacts, OffenceFacts, PersonFacts
from rules.notification import may_revoke_notification, proposed_notification_end, review_eligible_on
from rules.offences import ListedOffence, listed_offences, offence_in_table
from rules.parameters import Parameters
from rules.vocabulary import Disposal, GroundKind, OffenceOutcome, OrderKind

__all__ = [
    "PRECEDENCE",
    "GroundFacts",
    "OffenceFacts",
    "PersonFacts",
    "category_3_may_start_on",
    "category_of",
    "category_on",
    "category_spans",
    "disposal_qualifies",
    "ended_by_death",
    "may_end_ground",
    "may_record_ground",
    "may_record_supervision",
    "may_revoke_notification",
    "may_void_ground",
    "open_grounds",
    "proposed_notification_end",
    "qualifying_disposal_ends_on",
    "review_eligible_on",
    "senior_category",
    "status_periods",
]

FINDINGS = frozenset({OffenceOutcome.INSANITY, OffenceOutcome.DISABILITY})
HOSPITAL_OR_GUARDIANSHIP = frozenset(
    {Disposal.HOSPITAL_ORDER, Disposal.HOSPITAL_ORDER_RESTRICTED, Disposal.GUARDIANSHIP}
)
WHATEVER_THE_LENGTH = frozenset(
    {
        Disposal.DETENTION_HMP,
        Disposal.EXTENDED,
        Disposal.DETENTION_PUBLIC_PROTECTION,
        Disposal.IPP,
        Disposal.LIFE,
    }
)
BY_LENGTH = frozenset(
    {
        Disposal.IMPRISONMENT,
        Disposal.SUSPENDED_IMPRISONMENT,
        Disposal.YOI_DETENTION,
        Disposal.DTO,
        Disposal.DETENTION_250,
    }
)
OFFENCE_OUTCOMES = frozenset(
    {OffenceOutcome.CONVICTION, OffenceOutcome.CAUTION, OffenceOutcome.REPRIMAND_OR_WARNING} | FINDINGS
)
NOTIFIABLE_OUTCOMES = frozenset({OffenceOutcome.CONVICTION, OffenceOutcome.CAUTION} | FINDINGS)
# Part 4 of the Counter-Terrorism Act 2008 knows one order that brings notification.
TERRORIST_ORDERS = frozenset({OrderKind.NOTIFICATION_ORDER})
NOTIFIABLE_ORDERS = frozenset({OrderKind.SHPO, OrderKind.SOPO, OrderKind.NOTIFICATION_ORDER, OrderKind.SRO_BREACH})
NO_OFFENCE = Reason("No offence is recorded: this is for the police's Potentially Dangerous Person process", "R17")


@cites("R7", "R9", "R10", "R17", "R18", "R19", "R20", "R28")
def may_record_ground(
    new: GroundFacts, others: Sequence[GroundFacts], person: PersonFacts, params: Parameters, *, today: date
) -> Decision:
    """Whether the ground may be recorded beside the person's others, with every reason against it at once.

    `others` are the person's other grounds, an earlier version of `new` itself left out. Days in the wrong order are
    said alone: nothing can be reckoned from them.
    """
    in_order = days_in_order(new)
    if not in_order:
        return in_order
    own: Decision
    match new.kind:
        case GroundKind.NOTIFICATION:
            own = may_record_notification(new, person, params)
        case GroundKind.QUALIFYING_DISPOSAL:
            own = may_record_qualifying_disposal(new, params)
        case GroundKind.OTHER_DANGEROUS:
            own = may_record_other_dangerous(new) & _without_a_gap(new, others, today)
        case _:
            own = may_record_terrorism_ground(new, params)
    return Decision.of(_wrong_dates(new, person, today)) & own & may_stand_beside(new, others)


@cites("R7")
def days_in_order(new: GroundFacts) -> Decision:
    """Whether the last day of a ground is not before its first."""
    if new.ends_on is not None and new.ends_on < new.starts_on:
        return Decision.no(Reason("The ground cannot end before it starts", "R7"))
    return Decision.yes()


def _wrong_dates(new: GroundFacts, person: PersonFacts, today: date) -> Iterator[Reason]:
    if new.outcome_on is not None and new.outcome_on > today:
        yield Reason("The conviction, caution, finding or order lies ahead", "R7")
    if new.disposal_on is not None and new.disposal_on > today:
        yield Reason("The sentence or other disposal lies ahead", "R7")
    if new.kind.is_automatic and new.starts_on > today:
        yield Reason("A ground that the law gives starts on its day, not ahead: only a decision may lie ahead", "R7")
    if new.outcome_on is not None and new.starts_on < new.outcome_on:
        yield Reason("The ground cannot start before the conviction, caution, finding or order", "R7")
    if person.born_on is not None and new.starts_on < person.born_on:
        yield Reason("The ground cannot start before the person was born", "R7")
    if person.died_on is not None and new.starts_on > person.died_on:
        yield Reason("The ground cannot start after the person died", "R28")
    elif person.died_on is not None and new.period.last_day > person.died_on:
        yield Reason("The person is recorded as dead, and this ground lasts longer", "R28")


@cites("R9", "R21")
def may_record_notification(new: GroundFacts, person: PersonFacts, params: Parameters) -> Decision:
    """Category 1 needs a notification requirement: conviction, caution, finding, or an order that brings one.

    An end other than the one proposed is taken with a warning: the date of the court or of ViSOR wins (R21).
    A service court's conviction is no bar: what R20 keeps out is Category 2, through section 327(3) of the Criminal
    Justice Act 2003; a notification requirement after such a conviction makes Category 1 through section 327(2).
    """
    by_order = new.outcome is OffenceOutcome.ORDER
    refusals = []
    if by_order and new.order not in NOTIFIABLE_ORDERS:
        refusals.append(Reason("This order brings no notification requirement", "R9"))
    if not by_order and new.outcome not in NOTIFIABLE_OUTCOMES:
        refusals.append(
            Reason("Category 1 needs a conviction, caution, finding of insanity or disability, or an order", "R9")
        )
    if not by_order and new.outcome in NOTIFIABLE_OUTCOMES and new.offence is None:
        refusals.append(Reason("Say for which offence notification is required", "R9"))
    warnings = []
    if not refusals:
        proposed = proposed_notification_end(new, person, params)
        if proposed.value != new.ends_on:
            text = f"The end differs from the one proposed. {proposed.reasons[0].text}"
            warnings.append(Reason(text, "R21", proposed.reasons[0].facts))
    return Decision.of(refusals, warnings, [Reason("A notification requirement applies", "R9")])


@cites("R10", "R14", "R15", "R16", "R20")
def may_record_qualifying_disposal(new: GroundFacts, params: Parameters) -> Decision:
    """Category 2: an offence of the table on the day of conviction, and a qualifying disposal for that offence."""
    refusals: list[Reason] = []
    warnings: list[Reason] = []
    if new.service_court:
        refusals.append(Reason("A service court's conviction makes no Category 2 ground", "R20"))
    if new.outcome is not OffenceOutcome.CONVICTION and new.outcome not in FINDINGS:
        refusals.append(Reason("Category 2 needs a conviction, or a finding of insanity or disability", "R10"))
    offence = _listed(new, params)
    refusals.extend(offence.reasons if not offence.allowed else ())
    warnings.extend(offence.warnings)
    disposal = disposal_qualifies(new, params)
    refusals.extend(disposal.reasons if not disposal.allowed else ())
    warnings.extend(disposal.warnings)
    return Decision.of(refusals, warnings, offence.reasons + disposal.reasons)


@cites("R10", "R15", params=("earlier_coercive_behaviour",))
def _listed(new: GroundFacts, params: Parameters) -> Decision:
    code = new.offence.code if new.offence else ""
    row = listed_offences().get(code)
    if row is None:
        text = "The offence is not murder, in Schedule 15 Part 1 or 2, or in section 327(4A)"
        return Decision.no(Reason(f"{text}: think of Category 3", "R10"))
    if new.outcome_on is None:
        return Decision.no(Reason("Give the day of conviction or finding: the table of offences is dated", "R10"))
    if offence_in_table(code, new.outcome_on) is not None:
        return Decision.yes(Reason(f"{row.title} is in the table ({row.provision})", "R10"))
    if new.outcome_on < row.valid.starts_on and row.asks_about_earlier_sentences:
        return _earlier_sentence(new, row, params)
    return Decision.no(
        Reason(f"{row.title} is in the table {row.valid}, not on {long_date(new.outcome_on)}", "R10"),
    )


def _earlier_sentence(new: GroundFacts, row: ListedOffence, params: Parameters) -> Decision:
    added_on = row.valid.starts_on
    since = f"{row.title} is in the table from {long_date(added_on)} only"
    if new.ends_on is not None and new.ends_on < added_on:
        return Decision.no(Reason(f"{since}, and this sentence ended before: it needs Category 3", "R15"))
    answer = params.choice("earlier_coercive_behaviour", added_on)
    if answer == "refuse":
        return Decision.no(Reason(f"{since}: a conviction before that day needs Category 3", "R15"))
    if new.starts_on < added_on:
        return Decision.no(Reason(f"{since}: the ground cannot start before that day", "R15"))
    unsettled = Reason(f"{since}; whether a sentence passed before it counts is unsettled: ask legal", "R15")
    if answer == "warn":
        return Decision.yes(warnings=[unsettled])
    return Decision.yes(Reason(f"{since}; this area counts earlier sentences that still run", "R15"))


@cites("R11", "R12", "R13", "R14", "R16", params=("qualifying_term",))
def disposal_qualifies(new: GroundFacts, params: Parameters) -> Decision:
    """Whether the disposal makes a Category 2 ground. A suspended term counts at the length imposed.

    The length is reckoned in calendar months from the day the disposal was passed, so 364 days fall short and exactly
    12 months do not.
    """
    disposal = new.disposal
    if disposal is None:
        return Decision.no(Reason("Say what the court ordered for this offence", "R10"))
    named = disposal.label
    if new.outcome in FINDINGS and disposal not in HOSPITAL_OR_GUARDIANSHIP:
        text = "A finding of insanity or disability counts only with admission to hospital or guardianship"
        return Decision.no(Reason(text, "R14"))
    if disposal in HOSPITAL_OR_GUARDIANSHIP:
        rule = "R14" if new.outcome in FINDINGS else "R13"
        return Decision.yes(Reason(f"{named} counts, with or without restriction, whatever its length", rule))
    if disposal in WHATEVER_THE_LENGTH:
        rule = "R12" if disposal in (Disposal.DETENTION_HMP, Disposal.EXTENDED) else "R10"
        return Decision.yes(Reason(f"{named} counts whatever its length", rule))
    if disposal not in BY_LENGTH:
        return Decision.no(Reason(f"{named} is not a disposal that makes Category 2", "R10"))
    return _long_enough(new, disposal, params)


def _long_enough(new: GroundFacts, disposal: Disposal, params: Parameters) -> Decision:
    passed_on = new.disposal_on or new.starts_on
    months = params.number("qualifying_term", passed_on)
    rule = "R12" if disposal in (Disposal.DTO, Disposal.DETENTION_250) else "R11"
    facts = (("Length imposed", _length(new)), ("Passed on", long_date(passed_on)))
    if new.term_months == 0 and new.term_days == 0:
        return Decision.no(Reason(f"{disposal.label}: give the length imposed", rule))
    term = last_day_of_term(passed_on, new.term_months, new.term_days)
    if term < last_day_of_term(passed_on, months):
        return Decision.no(Reason(f"{disposal.label} of {_length(new)} is less than {months} months", rule, facts))
    enough = Reason(f"{disposal.label} of {_length(new)} is not less than {months} months", rule, facts)
    if not new.total_of_consecutive_terms:
        return Decision.yes(enough)
    if not new.legal_confirmation.strip():
        text = "The length is reached only by adding consecutive terms: name who in law confirmed that this counts"
        return Decision.no(Reason(text, "R16"))
    return Decision.yes(
        enough, warnings=[Reason("Length reached by adding consecutive terms, legally confirmed", "R16")]
    )


def _length(new: GroundFacts) -> str:
    parts = []
    if new.term_months:
        parts.append(f"{new.term_months} month{'s' if new.term_months != 1 else ''}")
    if new.term_days:
        parts.append(f"{new.term_days} day{'s' if new.term_days != 1 else ''}")
    return " and ".join(parts)


@cites("R17")
def may_record_other_dangerous(new: GroundFacts) -> Decision:
    """Category 3 is a decision: an offence anywhere in the world, and two findings with their reasons."""
    if new.outcome not in OFFENCE_OUTCOMES or new.offence is None:
        return Decision.no(NO_OFFENCE)
    refusals = []
    if not new.finding_capacity.strip():
        refusals.append(Reason("Say why the offence shows a capacity to cause serious harm", "R17"))
    if not new.finding_current.strip():
        text = "Say why the person may now cause serious harm that needs multi-agency management"
        refusals.append(Reason(text, "R17"))
    return Decision.of(refusals, reasons=[Reason("An offence and both findings are recorded", "R17")])


@cites("R19", "R20")
def may_record_terrorism_ground(new: GroundFacts, params: Parameters) -> Decision:
    """Category 4: terrorist notification; a terrorist offence with its disposal; or an offence and a belief of risk.

    The two automatic grounds need an offence that is a terrorist one or was found to have a terrorist connection,
    unless an order alone brought notification. A service court's conviction can stand here (R20).
    """
    if new.kind is GroundKind.TERRORIST_NOTIFICATION:
        return _terrorist_notification(new)
    if new.outcome not in OFFENCE_OUTCOMES or new.offence is None:
        return Decision.no(Reason("Category 4 needs an offence with its outcome", "R19"))
    if new.kind is GroundKind.TERRORISM_RISK:
        if new.finding_current.strip():
            return Decision.yes(Reason("An offence and the belief of risk are recorded", "R19"))
        text = "Say why the person is believed to be at risk of involvement in terrorism-related activity"
        return Decision.no(Reason(text, "R19"))
    if new.outcome is not OffenceOutcome.CONVICTION and new.outcome not in FINDINGS:
        text = "A terrorist disposal needs a conviction, or a finding of insanity or disability"
        return Decision.no(Reason(text, "R19"))
    return _terrorist_offence(new) & disposal_qualifies(new, params)


def _terrorist_notification(new: GroundFacts) -> Decision:
    applies = Reason("Terrorist notification applies", "R19")
    if new.outcome is OffenceOutcome.ORDER:
        if new.order in TERRORIST_ORDERS:
            return Decision.yes(applies)
        return Decision.no(Reason("Name the order: only a notification order brings terrorist notification", "R19"))
    if new.outcome not in NOTIFIABLE_OUTCOMES or new.offence is None:
        text = "Terrorist notification needs an offence with conviction, caution or finding, or an order"
        return Decision.no(Reason(text, "R19"))
    return _terrorist_offence(new) & Decision.yes(applies)


def _terrorist_offence(new: GroundFacts) -> Decision:
    if new.terrorist_offence:
        return Decision.yes(Reason("The offence is a terrorist one, or was found to be terrorist-connected", "R19"))
    text = "Automatic Category 4 needs a terrorist offence, or one found to have a terrorist connection"
    return Decision.no(Reason(f"{text}: say which it is", "R19"))


@cites("R18")
def may_stand_beside(new: GroundFacts, others: Iterable[GroundFacts]) -> Decision:
    """Category 3 shares no day with a ground of Category 1, 2 or 4 of the same person, whichever is recorded second."""
    third = new.kind is GroundKind.OTHER_DANGEROUS
    for other in others:
        if other.voided or (other.kind is GroundKind.OTHER_DANGEROUS) is third:
            continue
        if new.starts_on <= other.period.last_day and other.starts_on <= (new.ends_on or date.max):
            if third:
                named = f"{category_of(other.kind).label} runs {other.period}"
                text = f"Category 3 is for people with no other category, and {named}"
            else:
                text = f"Category 3 runs {other.period}: end it the day before this ground starts"
            return Decision.no(Reason(text, "R18"))
    return Decision.yes()


@cites("R18")
def category_3_may_start_on(others: Iterable[GroundFacts], decided_on: date) -> Answer[date | None]:
    """The first day on which Category 3 can take effect when decided on the day; None when another ground has no end.

    The day after the last automatic ground ends, so that no day is without status; the day itself when none is open.
    """
    last: Period | None = None
    for ground in others:
        if ground.voided or ground.kind is GroundKind.OTHER_DANGEROUS or ground.period.last_day < decided_on:
            continue
        if last is None or ground.period.last_day > last.last_day:
            last = ground.period
    if last is None:
        return Answer(decided_on, (Reason("No other ground is open: Category 3 takes effect at once", "R18"),))
    if last.ends_on is None:
        return Answer(None, (Reason("Another ground has no end date: Category 3 cannot begin", "R18"),))
    day = last.ends_on + DAY
    text = f"The last other ground ends on {long_date(last.ends_on)}: Category 3 takes effect on {long_date(day)}"
    return Answer(day, (Reason(text, "R18"),))


def _without_a_gap(new: GroundFacts, others: Iterable[GroundFacts], today: date) -> Decision:
    """Warns when a decision that lies ahead leaves days without status before it."""
    possible = category_3_may_start_on(others, today)
    if new.starts_on <= today or possible.value is None or new.starts_on <= possible.value:
        return Decision.yes()
    text = f"Days without status come before it. {possible.reasons[0].text}"
    return Decision.yes(warnings=[Reason(text, "R18")])
