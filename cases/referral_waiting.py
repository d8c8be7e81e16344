"""For whom a referral waits, as conditions on rows: the list filters by them, and Today counts by them."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from agencies.access import can, visible
from agencies.models import User
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from agencies.written import Written
from rules.vocabulary import PanelStanding, ReferralState, ReferralVerb, Word

from .models import NamedOfficerSpan, PanelSeat, PanelVote, Referral, ReferralChange
from .referrals import PARTS, with_names


class Waiting(Word):
    """For whom a referral waits."""

    UNIT = "unit", "To be handled by the unit"
    AGENCY = "agency", "Returned, to come again"
    TO_DECIDE = "to_decide", "To be decided after the panel"
    TO_TELL = "to_tell", "Declined, referrer to be told"
    MY_VOTE = "my_vote", "Waiting for my vote"
    MY_ENDORSEMENT = "my_endorsement", "Waiting for my endorsement"
    TO_ME = "to_me", "Returned or sent back to me"


# Whose work it is to end the waiting.
_WORK_OF = {
    Waiting.UNIT: Perm.REFERRAL_HANDLE,
    Waiting.AGENCY: Perm.REFERRAL_HANDLE,
    Waiting.TO_DECIDE: Perm.REFERRAL_DECIDE,
    Waiting.TO_TELL: Perm.REFERRAL_HANDLE,
    Waiting.MY_VOTE: Perm.REFERRAL_VOTE,
    Waiting.MY_ENDORSEMENT: Perm.REFERRAL_ENDORSE,
    Waiting.TO_ME: Perm.REFERRAL_WRITE,
}
_STATE = ReferralState


def waits_of(by: Principal) -> list[Waiting]:
    """The ways of waiting that the principal can end."""
    return [code for code, perm in _WORK_OF.items() if can(by, perm)]


def waiting_for(rows: QuerySet[Referral], code: Waiting, *, by: Principal, on: date) -> QuerySet[Referral]:
    """Those of the rows that wait in this way."""
    rows = _with_round(rows) if code is Waiting.MY_VOTE else rows
    return rows.filter(_condition(code, by, on))


def waiting_counts(*, by: Principal, on: date) -> dict[Waiting, int]:
    """How many referrals wait in each way that the principal can end, in one query."""
    codes = waits_of(by)
    # No referrals at all are no group either.
    numbers = next(iter(_COUNTED(by, on)), [0] * len(codes)) if codes else ()
    return dict(zip(codes, numbers, strict=True))


def _counted(by: Principal, on: date) -> QuerySet[Any, Any]:
    codes = waits_of(by)
    rows: QuerySet[Any] = visible(by, Referral.objects.all(), Perm.REFERRAL_VIEW)
    rows = _with_round(rows) if Waiting.MY_VOTE in codes else rows
    # Worked out for each row first: a count cannot look into a row's own tables.
    waits = {f"waits_{code}": ExpressionWrapper(_condition(code, by, on), BooleanField()) for code in codes}
    counts = {code.value: Count("pk", filter=Q(**{f"waits_{code}": True})) for code in codes}
    worked_out: QuerySet[Any] = rows.order_by().annotate(**waits, one=Value(1))
    found: QuerySet[Any, Any] = worked_out.values("one").annotate(**counts).values_list(*(code.value for code in codes))
    return found


_COUNTED = Written(_counted)


def _condition(code: Waiting, by: Principal, on: date) -> Q:
    me = by.user_id or 0
    if code is Waiting.UNIT:
        return Q(state=_STATE.SUBMITTED)
    if code is Waiting.AGENCY:
        return Q(state=_STATE.RETURNED)
    if code is Waiting.TO_DECIDE:
        return Q(state=_STATE.UNDER_PANEL) & ~Q(standing__in=("", PanelStanding.OPEN))
    if code is Waiting.TO_TELL:
        return Q(state=_STATE.DECLINED, told_on__isnull=True)
    if code is Waiting.MY_ENDORSEMENT:
        return Q(state=_STATE.AWAITING_ENDORSEMENT, endorser=me)
    if code is Waiting.TO_ME:
        # The manager who was asked stays named when they send it back.
        sent_back = Q(state=_STATE.DRAFT, endorser__isnull=False)
        return Q(author=me) & (Q(state=_STATE.RETURNED) | sent_back)
    return _my_vote(me, on)


def _my_vote(me: int, on: date) -> Q:
    """As the twin of voting answers, for many at once: a seat without a vote, no part in the case, no vote given."""
    given = PanelVote.objects.filter(referral=OuterRef("pk"), round=OuterRef("this_round"), voter=me)
    officer = NamedOfficerSpan.objects.filter(open_on(on), nominal=OuterRef("nominal"), officer=me)
    part = ReferralChange.objects.filter(referral=OuterRef("pk"), verb__in=PARTS, by=me)
    mine = Q(state=_STATE.UNDER_PANEL) & Q(Exists(_free_seats(me, on)))
    # Of a document, the name of whoever refers or endorses stands for them.
    named = with_names(User.objects.filter(pk=me))
    referred = Q(author=me) | Q(Exists(named.filter(full__iexact=OuterRef("referrer"))), author__isnull=True)
    endorsed = Q(endorser=me) | Q(Exists(named.filter(full__iexact=OuterRef("endorsed_by"))), endorser__isnull=True)
    return mine & ~referred & ~endorsed & ~Q(Exists(officer)) & ~Q(Exists(part)) & ~Q(Exists(given))


def _free_seats(me: int, on: date) -> QuerySet[PanelSeat]:
    """Seats of the referral's area, the principal's own or one in which they stand in, without a vote in this round."""
    voted = PanelVote.objects.filter(
        referral=OuterRef(OuterRef("pk")), round=OuterRef(OuterRef("this_round")), seat_number=OuterRef("number")
    )
    seats = PanelSeat.objects.filter(Q(member=me) | Q(substitute=me), open_on(on), area=OuterRef("area"))
    return seats.filter(~Exists(voted))


def _with_round(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """With how often each has gone to the panel."""
    rounds = ReferralChange.objects.filter(referral=OuterRef("pk"), verb=ReferralVerb.TAKE_TO_PANEL)
    counted = rounds.order_by().values("referral").annotate(number=Count("pk")).values("number")
    return rows.annotate(this_round=Coalesce(Subquery(counted), 0))
