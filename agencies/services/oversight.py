"""Information governance looks at a day of somebody's looks that stand out, and says why it is content or is not."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from agencies.access import can
from agencies.models import User
from agencies.models.oversight import LookReview
from agencies.principal import Principal
from agencies.queries import users_of
from agencies.roles import Perm
from audit.boundary import record_event, service
from rules.core import Decision, Reason
from rules.vocabulary import AnomalyKind

_RULE = "R101"


def reviews_of(principal: Principal) -> QuerySet[LookReview]:
    """What was said in the area that the principal acts in; in every area for the system."""
    rows = LookReview.objects.select_related("reviewed_by")
    return rows if principal.area_id is None else rows.filter(area=principal.area_id)


def may_review_looks(
    user: User, *, by: Principal, day: date | None = None, kinds: Collection[AnomalyKind] = ()
) -> Decision:
    """Whether the principal may say that they looked at this person's day; with a day, whether anything stands out
    on it at which nobody has looked yet.
    """
    allowed = can(by, Perm.LOOKS_REVIEW)
    if allowed and not users_of(by).filter(pk=user.pk).exists():
        allowed = Decision.no(Reason("The person has no role in this area.", _RULE))
    if by.user_id == user.pk:
        allowed &= Decision.no(Reason("Somebody else must look at your own day.", _RULE))
    if day is None or not allowed:
        return allowed
    if not kinds:
        return Decision.no(Reason("Nothing stands out on this day.", _RULE))
    said = reviews_of(by).filter(user=user, looked_on=day).values_list("kinds", flat=True)
    if set(kinds) <= {kind for each in said for kind in each}:
        return Decision.no(Reason("What stands out on this day has been looked at.", _RULE))
    return allowed


@service("looks_reviewed", asks=may_review_looks)
def review_looks(
    *, by: Principal, area_id: int, user_id: int, day: date, kinds: Collection[AnomalyKind], reason: str
) -> LookReview:
    """Say that somebody's day was looked at, what stood out on it, and why. Raises ``Refused``."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    may_review_looks(user, by=by, day=day, kinds=kinds).or_refuse()
    review = LookReview.objects.create(
        area_id=area_id,
        user=user,
        looked_on=day,
        kinds=sorted(kind.value for kind in kinds),
        reason=reason.strip(),
        reviewed_by_id=by.user_id,
    )
    record_event(review, root=None, user=user.pk, day=day, kinds=sorted(kinds))
    return review
