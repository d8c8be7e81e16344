"""Named reads of lists and their rows. What a row says of a person is shown to those who may see that person."""

from collections import Counter
from collections.abc import Iterable

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
    kept = kept_records(about)
    seen = visible(principal, Nominal.objects.filter(pk__in=set(kept.values())), Perm.REGISTER_IMPORT)
    may_be_seen = set(seen.values_list("pk", flat=True))
    hidden = {pk for pk in about if kept[pk] not in may_be_seen}
    if not hidden:
        return rows
    return rows.exclude(Q(nominal__in=hidden) | Q(hints__overlap=sorted(hidden)))


def kept_records(ids: Iterable[int]) -> dict[int, int]:
    """For each of these records the one it is in today: itself, or whichever it was merged into, until that is undone.

    Hints of a row are ids without a key of their own, so that they follow a merge here, where they are read.
    """
    found = {pk: pk for pk in ids}
    while True:
        merged = dict(
            Nominal.objects.filter(pk__in=set(found.values()), merged_into__isnull=False).values_list(
                "pk", "merged_into"
            )
        )
        if not merged:
            return found
        found = {pk: merged.get(kept) or kept for pk, kept in found.items()}


def counts(rows: QuerySet[ExtractRow]) -> Counter[tuple[str, str]]:
    """How many rows there are of each outcome in each state."""
    found: Counter[tuple[str, str]] = Counter()
    for outcome, state in rows.values_list("outcome", "state"):
        found[outcome, state] += 1
    return found


def to_do(found: Counter[tuple[str, str]], outcome: Outcome) -> int:
    """How many rows of the outcome are still to be decided."""
    return found[outcome, RowState.OPEN]
