"""Named reads of exports: always one's own, in the role in which one asked."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import QuerySet

from agencies.principal import Principal
from exchange.models import Export, ExportEnd

from .services import progress_key


def exports_of(principal: Principal) -> QuerySet[Export]:
    """What this person asked for in this role, the latest first."""
    return Export.objects.filter(asked_by=principal.user_id, membership=principal.membership_id).order_by("-pk")


@dataclass(frozen=True)
class Standing:
    """How an export stands, in words; ``done`` counts lines while it is made."""

    export: Export
    word: str
    colour: str
    done: int | None = None


def standing_of(export: Export) -> Standing:
    """In words, with the lines done so far when a worker is at it."""
    if export.end:
        return Standing(export, ExportEnd(export.end).label, "grey" if export.end == ExportEnd.FETCHED else "orange")
    if export.is_ready:
        return Standing(export, "Ready", "green")
    if export.begun_at is None:
        return Standing(export, "Waiting", "blue")
    return Standing(export, "Being made", "blue", done=int(cache.get(progress_key(export.pk)) or 0))
