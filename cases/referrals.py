"""What a referral holds, as the rules take it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Value
from django.db.models.functions import Concat, Trim

from agencies.models import User
from agencies.parameters import parameters_for
from agencies.spans import open_on
from rules.core import Answer, Decision
from rules.referral_counts import CountedReferral, Stamps
from rules.referrals import Parts, endorsement_due_by, highest_risk, hospital_fits, may_submit, risk_fits
from rules.vocabulary import (
    Category,
    DeclineReason,
    Detention,
    DocumentState,
    Level,
    ReferralItem,
    ReferralState,
    ReferralVerb,
    RiskLevel,
)

from .models import NamedOfficerSpan, PanelSeat, Referral, ReferralChange
from .models.referral import HOSPITAL_FACTS, RISK_GROUPS

# States in which the author still writes.
DRAFTABLE = frozenset({ReferralState.DRAFT, ReferralState.RETURNED})

# What is done of a referral by whoever refers, and by whoever endorses.
PARTS = (ReferralVerb.ASK_ENDORSEMENT, ReferralVerb.ENDORSE)

# Changes after which the author reads what is asked for.
_GAVE_BACK = frozenset({ReferralVerb.RETURN, ReferralVerb.SEND_BACK})


def held_items(referral: Referral) -> Mapping[ReferralItem, object]:
    """What each item of R44 holds. The day of receipt, and the manager, are added by submitting and endorsing."""
    coming = referral.state in (*DRAFTABLE, ReferralState.AWAITING_ENDORSEMENT)
    return {
        ReferralItem.RECEIVED_ON: coming or referral.received_on,
        ReferralItem.REFERRER: referral.referrer,
        ReferralItem.AGENCY: referral.agency_id,
        ReferralItem.ENDORSED_BY: coming or referral.endorsed_by,
        ReferralItem.GROUND: referral.category,
        ReferralItem.LEVEL_ASKED: referral.level_asked,
        ReferralItem.OUTCOME: referral.category != Category.THREE or referral.outcome,
        ReferralItem.VALUE: referral.value_reasons,
        ReferralItem.SENIOR: referral.level_asked != Level.THREE or referral.senior_need,
        ReferralItem.LOWER_LEVEL: referral.lower_level,
        ReferralItem.PLAN: referral.plan,
        ReferralItem.RISK: referral.risk if referral.risk_level else "",
        ReferralItem.VICTIMS: referral.victims,
        ReferralItem.INVITE: referral.invite,
        ReferralItem.FINDINGS: referral.category != Category.THREE
        or (referral.finding_capacity and referral.finding_current),
    }


def overall_risk(referral: Referral, written: Mapping[str, Any]) -> str:
    """The overall risk after this was written: where that of a group was and the overall one was left out or empty, the
    highest of the groups; else as it stands.
    """
    if not any(written.get(name) for name in RISK_GROUPS) or written.get("risk_level"):
        return referral.risk_level
    return highest_risk(_risks_of(referral)) or referral.risk_level


def _risks_of(referral: Referral) -> list[RiskLevel]:
    return [RiskLevel(level) for level in (getattr(referral, name) for name in RISK_GROUPS) if level]


def fits_together(referral: Referral) -> Decision:
    """Whether what is written of risk and of hospital fits together."""
    groups = _risks_of(referral)
    overall = RiskLevel(referral.risk_level) if referral.risk_level else None
    said = any(getattr(referral, name) for name in HOSPITAL_FACTS)
    return risk_fits(overall, groups) & hospital_fits(detained=referral.detained == Detention.YES, said=said)


def parts_of(referral: Referral, on: date) -> Parts:
    """Who has a part in the case that bars from voting (R47), also when somebody else goes on with it since."""
    acts = referral.changes.filter(verb__in=PARTS).values_list("verb", "by")
    officers = NamedOfficerSpan.objects.filter(open_on(on), nominal=referral.nominal_id or 0)
    did = {verb: frozenset(by for each, by in acts if each == verb and by is not None) for verb in PARTS}
    return Parts(
        _known_or_named(referral.author_id, referral.referrer, referral.area_id) | did[ReferralVerb.ASK_ENDORSEMENT],
        _known_or_named(referral.endorser_id, referral.endorsed_by, referral.area_id) | did[ReferralVerb.ENDORSE],
        frozenset(officers.values_list("officer", flat=True)),
    )


def _known_or_named(user_id: int | None, name: str, area_id: int) -> frozenset[int]:
    """Who it was: the user, or of a document those with a seat of the area who bear the name that stands there."""
    if user_id is not None:
        return frozenset({user_id})
    if not name.strip():
        return frozenset()
    seats = PanelSeat.objects.filter(area=area_id)
    seated = Q(pk__in=seats.values("member")) | Q(pk__in=seats.values("substitute"))
    return frozenset(
        with_names(User.objects.filter(seated)).filter(full__iexact=name.strip()).values_list("pk", flat=True)
    )


def with_names(people: QuerySet[User]) -> QuerySet[Any]:
    """With their name in full, as people write it."""
    return people.annotate(full=Trim(Concat("given_name", Value(" "), "family_name")))


def seats_on(area_id: int, day: date) -> QuerySet[PanelSeat]:
    """The seats of the area's panel on the day."""
    return PanelSeat.objects.filter(open_on(day), area=area_id).order_by("pk")


def free_numbers(area_id: int, day: date) -> frozenset[int]:
    """The numbers of the seats of the area's panel that nobody has from the day on."""
    rows = PanelSeat.objects.filter(area=area_id)
    taken = rows.exclude(ends_on__lt=day)
    return frozenset(rows.exclude(number__in=taken.values("number")).values_list("number", flat=True))


def next_number(area_id: int) -> int:
    """The number of one more seat in the area's panel. To be asked while the panel is held."""
    found = PanelSeat.objects.filter(area=area_id).aggregate(last=Max("number"))["last"]
    return (found or 0) + 1


def left_seats(area_id: int, today: date) -> Sequence[PanelSeat]:
    """The last row of each seat that ends and that nobody has afterwards, and that may have voted on what the panel has
    now: it has not ended before the panel was given that.
    """
    given = ReferralChange.objects.filter(
        referral__area=area_id, referral__state=ReferralState.UNDER_PANEL, verb=ReferralVerb.TAKE_TO_PANEL
    )
    since = given.aggregate(first=Min("happened_on"))["first"] or today
    last = {
        row.number: row
        for row in PanelSeat.objects.filter(area=area_id).select_related("member").order_by("starts_on", "pk")
    }
    return [row for row in last.values() if row.ends_on is not None and row.ends_on >= min(since, today)]


def round_of(referral: Referral) -> int:
    """How often the referral has gone to the panel."""
    return referral.changes.filter(verb=ReferralVerb.TAKE_TO_PANEL).count()


def endorsement_due(referral: Referral) -> Answer[date] | None:
    """Until when the manager who was asked is waited for; None while nobody is."""
    if referral.state != ReferralState.AWAITING_ENDORSEMENT:
        return None
    asked = referral.changes.filter(verb=ReferralVerb.ASK_ENDORSEMENT).order_by("pk").last()
    return None if asked is None else endorsement_due_by(asked.happened_on, parameters_for(referral.area_id))


def cannot_be_read(referral: Referral) -> bool:
    """Whether the panel would have nothing to read: it came as a document, and that is neither here nor typed."""
    if referral.author_id is not None or may_submit(held_items(referral)):
        return False
    return not referral.documents.filter(state=DocumentState.CLEAN).exists()


def stamps_of(changes: Iterable[ReferralChange]) -> Stamps:
    """The days of the changes with the state after each, in their order."""
    return tuple((change.happened_on, ReferralState(change.state)) for change in changes if change.moves)


def asked_for(changes: Iterable[ReferralChange]) -> ReferralChange | None:
    """What the author is asked for: the last change, if it gave the referral back; None otherwise."""
    last = max((each for each in changes if each.moves), key=lambda change: change.pk, default=None)
    return last if last is not None and last.verb in _GAVE_BACK else None


def stamps_for(referral_ids: Collection[int]) -> Mapping[int, Stamps]:
    """The same of several referrals, in one query. One that was never changed has none."""
    found: dict[int, list[ReferralChange]] = defaultdict(list)
    for change in ReferralChange.objects.filter(referral__in=referral_ids).order_by("pk"):
        found[change.referral_id].append(change)
    return {key: stamps_of(changes) for key, changes in found.items()}


def counted_of(rows: QuerySet[Referral]) -> list[CountedReferral]:
    """Those of the rows that have reached the unit, as they are counted. Two queries."""
    found = list(rows.filter(received_on__isnull=False).order_by("pk"))
    stamps = stamps_for([row.pk for row in found])
    return [
        CountedReferral(
            row.agency_id,
            ReferralState(row.state),
            row.received_on,
            stamps.get(row.pk, ()),
            category=Category(row.category) if row.category else None,
            level_asked=Level(row.level_asked) if row.level_asked else None,
            level_given=Level(row.level_given) if row.level_given else None,
            decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        )
        for row in found
        if row.received_on is not None
    ]
