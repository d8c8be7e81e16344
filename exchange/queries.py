"""Named reads of lists and their rows. What a row says of a person is shown to those who may see that person."""

from collections import Counter

from django.db.models import F, Func, IntegerField, Q, QuerySet

from agencies.access import can_in_area, visible
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Nominal

from .models import Extract, ExtractRow
from .words import Outcome, RowState


def extracts_of(principal: Principal) -> QuerySet[Extract]:
    """The lists of the area the principal acts in; all of them for the system."""
    rows = Extract.objects.select_related("agency", "membership__user")
    if principal.area_id is None:
        return rows if not principal.is_signed_in else rows.none()
    allowed = can_in_area(principal, Perm.REGISTER_IMPORT, principal.area_id)
    return rows.filter(area=principal.area_id) if allowed else rows.none()


def rows_of(principal: Principal, extract: Extract) -> QuerySet[ExtractRow]:
    """The rows of the list without those about people whom the principal may not see, or hinting at them (R99, R100).

    A row with a Category 4 ground is for those who are cleared, and for whoever brought the list in and so has it.
    """
    rows = ExtractRow.objects.filter(extract=extract)
    if not principal.category_4 and extract.membership_id != principal.membership_id:
        rows = rows.filter(fourth=False)
    each = Func(F("hints"), function="unnest", output_field=IntegerField())
    about = set(rows.filter(nominal__isnull=False).values_list("nominal_id", flat=True))
    about |= set(rows.exclude(hints=[]).annotate(hint=each).values_list("hint", flat=True))
    if not about:
        return rows
    seen = visible(principal, Nominal.objects.filter(pk__in=about), Perm.REGISTER_IMPORT)
    hidden = about - set(seen.values_list("pk", flat=True))
    if not hidden:
        return rows
    return rows.exclude(Q(nominal__in=hidden) | Q(hints__overlap=sorted(hidden)))


def counts(rows: QuerySet[ExtractRow]) -> Counter[tuple[str, str]]:
    """How many rows there are of each outcome in each state."""
    found: Counter[tuple[str, str]] = Counter()
    for outcome, state in rows.values_list("outcome", "state"):
        found[outcome, state] += 1
    return found


def to_do(found: Counter[tuple[str, str]], outcome: Outcome) -> int:
    """How many rows of the outcome are still to be decided."""
    return found[outcome, RowState.OPEN]
