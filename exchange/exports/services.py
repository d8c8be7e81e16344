"""A list on its way out: asked for, made, fetched once; what is not fetched in time goes.

Access is asked three times: when the list is asked for, row by row when the file is made, and again when it is fetched.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.db.models import F, Sum
from django.db.models.functions import Now
from django.utils import timezone

from agencies.access import can
from agencies.models import Membership, User
from agencies.parameters import parameters_for
from agencies.principal import Kind, Principal
from agencies.roles import Perm
from agencies.sealing import Purpose, seal_bytes, unseal_bytes
from agencies.sessions import is_fresh
from audit.boundary import record_event, service
from exchange.models import Export, ExportEnd, ExportFile, FileFormat
from letters.marking import marking_for
from pages.cells import Value
from pages.exports import NOT_OPEN, DayOf, Exported, ExportedFinds, ExportedList
from rules.core import Decision, Reason
from rules.exports import ExportFacts, kept_for, may_take_out
from rules.vocabulary import Purpose as Stated

from .files import WRITERS
from .sheet import Sheet

_RULE = "R110"


def progress_key(export_id: int) -> str:
    """Where the number of lines done stands while a file is made: the transaction that makes it shows nothing yet."""
    return f"export-{export_id}"


# --- Asking -------------------------------------------------------------------------------------------------------


def may_take_lists(*, by: Principal) -> Decision:
    """Whether the role takes lists out at all: what a list's page asks before it draws a button."""
    return can(by, Perm.LIST_EXPORT)


def may_ask_for_export(*, by: Principal, member_id: int, lines: int, today: date) -> Decision:
    """Whether a list of this length may be taken out: the role, a fresh sign-in, and what was taken out today."""
    decision = may_take_lists(by=by)
    if not decision:
        return decision
    if by.kind is Kind.SYSTEM:
        return decision
    if by.membership_id != member_id:
        return Decision.no(Reason("A list is taken out in one's own role", _RULE))
    today_so_far = Export.objects.filter(asked_by=by.user_id, asked_on=today)
    facts = ExportFacts(
        proved=is_fresh(by.stepped_up_at),
        files_today=today_so_far.count(),
        lines_today=today_so_far.aggregate(lines=Sum("lines"))["lines"] or 0,
        lines=lines,
    )
    return may_take_out(facts, params=parameters_for(by.area_id or 0), today=today)


@service("export_asked_for", asks=may_ask_for_export)
def ask_for_export(
    *, by: Principal, today: date, member_id: int, wanted: Exported, file_format: str, purpose: str = ""
) -> Export:
    """Ask for the list as a file, for whoever holds the membership, and say what for. Raises ``Refused`` (R110).

    One person's askings wait for one another, so that two at once do not pass the quota together.
    """
    membership = Membership.objects.get(pk=member_id)
    User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    may_ask_for_export(by=by, member_id=member_id, lines=wanted.total, today=today).or_refuse()
    export = Export.objects.create(
        asked_by_id=membership.user_id,
        membership=membership,
        list_name=wanted.name,
        list_keys=wanted.keys,
        query=wanted.query,
        found_ids=wanted.found_ids,
        title=wanted.title[:200],
        chosen=wanted.chosen[:1000],
        file_format=FileFormat(file_format),
        purpose=Stated(purpose) if purpose else "",
        lines=wanted.total,
        asked_on=today,
    )
    what = export.list_name
    record_event(export, root=None, list=what, lines=export.lines, format=export.file_format, purpose=export.purpose)
    return export


# --- Making -------------------------------------------------------------------------------------------------------


def may_make_export(export: Export, *, by: Principal) -> Decision:
    """Whether it is still to be made, by the system or in the name of the one who asked."""
    decision = can(by, Perm.LIST_EXPORT) & _own(export, by)
    if not export.is_waiting:
        decision &= Decision.no(Reason("This file was made already, or is not wanted any more", _RULE))
    return decision


@service("export_begun", asks=may_make_export)
def begin_export(*, by: Principal, export_id: int) -> Export:
    """Note that a worker takes it up. The worker's next step is a transaction of its own, which may be lost.

    Raises ``Export.DoesNotExist`` when another worker is at it, and ``Refused`` when it is not to be made.
    """
    export = Export.objects.select_for_update(skip_locked=True).get(pk=export_id)
    may_make_export(export, by=by).or_refuse()
    Export.objects.filter(pk=export.pk).update(begun_at=Now(), attempts=F("attempts") + 1)
    record_event(export, root=None, attempt=export.attempts + 1)
    return export


def wanted_of(export: Export, *, by: Principal) -> Exported:
    """What is taken out: what a search found by its keys, any other list by its address; of the day on which it was
    asked for, so that midnight takes nothing out of it, and as far as it is open to whoever asks now."""
    of = DayOf(export.asked_on, timezone.localtime(export.asked_at).date())
    if export.found_ids is not None:
        return ExportedFinds(export.list_name, export.found_ids, by, of=of)
    return ExportedList(export.address, by, of=of)


@dataclass(frozen=True)
class Made:
    """A file that was made, and the nominals in it, by whom the evidence names it."""

    export: Export
    root_ids: frozenset[int]


@service("export_made", asks=may_make_export)
def make_export(*, by: Principal, today: date, at: datetime, export_id: int) -> Made:
    """Write the file under the access of the moment, sealed, with its copy number (R102).

    All or nothing: a worker that is killed leaves the export as it was, to be begun again. Raises
    ``Export.DoesNotExist`` when another worker is at it, ``Refused`` when it is not to be made, and what the list
    raises when it is no longer open to the person.
    """
    export = Export.objects.select_for_update(skip_locked=True).select_related("membership").get(pk=export_id)
    may_make_export(export, by=by).or_refuse()
    wanted = wanted_of(export, by=by)
    marking = marking_for(by, at=at, what=export.list_name[:40])
    written = _Rows(wanted, export.pk)
    out = io.BytesIO()
    sheet = Sheet(export.title, export.asked_on, export.chosen, [column.label for column in wanted.columns], marking)
    WRITERS[export.file_format](sheet, written, out)
    ExportFile.objects.create(
        export=export,
        sealed=seal_bytes(Purpose.EXPORT, out.getvalue()),
        row_ids=sorted(written.keys),
        root_ids=sorted(written.root_ids),
    )
    kept = kept_for(params=parameters_for(export.membership.area_id), today=today)
    Export.objects.filter(pk=export.pk).update(
        made_at=Now(), expires_at=Now() + kept, copy_number=marking.copy_number, lines=written.lines
    )
    export.refresh_from_db()
    record_event(export, root=None, lines=written.lines, copy=marking.copy_number)
    return Made(export, frozenset(written.root_ids))


class _Rows:
    """The rows of the list as the writer takes them, with the keys and the nominals met on the way."""

    def __init__(self, wanted: Exported, export_id: int) -> None:
        self._wanted = wanted
        self._export_id = export_id
        self.keys: set[int] = set()
        self.lines = 0
        self.root_ids: set[int] = set()

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for batch in self._wanted.batches():
            for line in batch.lines:
                yield line.values
            self.keys |= {key for line in batch.lines for key in line.keys}
            self.lines += len(batch.lines)
            self.root_ids |= batch.root_ids
            cache.set(progress_key(self._export_id), self.lines)


# --- Fetching -----------------------------------------------------------------------------------------------------


def may_fetch_export(export: Export, *, by: Principal) -> Decision:
    """Whether the one who asked may take the file now: same role, still waiting, a fresh sign-in, still open to them.

    The last refusal does not say which record is meant: that one has gone may be what must not be known (R99, R100).
    """
    decision = can(by, Perm.LIST_EXPORT) & _own(export, by)
    if not decision:
        return decision
    if not export.is_ready:
        gone = "This file was fetched already, or is not kept any more"
        return Decision.no(Reason(gone if export.ended_at else "This file is not made yet", _RULE))
    if by.kind is not Kind.SYSTEM and not is_fresh(by.stepped_up_at):
        return Decision.no(Reason("Confirm who you are first, then fetch the file", _RULE))
    if not still_open(export, by=by):
        return Decision.no(Reason("The list has changed since the file was made. Export it again", _RULE))
    return Decision.yes()


def still_open(export: Export, *, by: Principal) -> bool:
    """The list, and every row in its file, is still open to whoever would fetch it."""
    try:
        return wanted_of(export, by=by).holds(export.file.row_ids)
    except NOT_OPEN:
        return False


@dataclass(frozen=True)
class Fetched:
    """A file as it goes out, and the nominals in it."""

    export: Export
    content: bytes
    root_ids: Sequence[int]


@service("export_fetched", asks=may_fetch_export)
def fetch_export(*, by: Principal, export_id: int) -> Fetched:
    """Hand the file over and keep nothing of it. Of two who fetch at once one gets it, the other is ``Refused``."""
    export = Export.objects.select_for_update(no_key=True).get(pk=export_id)
    may_fetch_export(export, by=by).or_refuse()
    content, root_ids = unseal_bytes(Purpose.EXPORT, bytes(export.file.sealed)), list(export.file.root_ids)
    _close(export, ExportEnd.FETCHED)
    record_event(export, root=None, lines=export.lines, copy=export.copy_number, format=export.file_format)
    return Fetched(export, content, root_ids)


# --- Ending -------------------------------------------------------------------------------------------------------


def may_end_export(export: Export, *, by: Principal) -> Decision:
    """Whether it may be ended unfetched: by whoever asked for it, or by the system."""
    decision = can(by, Perm.LIST_EXPORT) & _own(export, by)
    if export.ended_at is not None:
        decision &= Decision.no(Reason("This file was fetched already, or is not kept any more", _RULE))
    return decision


@service("export_ended", asks=may_end_export)
def end_export(*, by: Principal, export_id: int, end: ExportEnd) -> Export:
    """End an export that is not fetched, and keep nothing of its file: not in time, withdrawn, or not to be made."""
    export = Export.objects.select_for_update(no_key=True).get(pk=export_id)
    may_end_export(export, by=by).or_refuse()
    _close(export, end)
    record_event(export, root=None, end=end)
    return export


def _close(export: Export, end: ExportEnd) -> None:
    ExportFile.objects.filter(export=export).delete()
    found_ids: list[int] | None = None if export.found_ids is None else []
    Export.objects.filter(pk=export.pk).update(ended_at=Now(), end=end, found_ids=found_ids)
    export.refresh_from_db()


def _own(export: Export, by: Principal) -> Decision:
    if by.kind is Kind.SYSTEM or (by.user_id == export.asked_by_id and by.membership_id == export.membership_id):
        return Decision.yes()
    return Decision.no(Reason("A file is for whoever asked for it, in the role in which they asked", _RULE))
