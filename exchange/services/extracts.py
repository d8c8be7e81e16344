"""A list from its arrival to its end: brought in, its headings named, compared again, closed, cancelled, blanked."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

import hashlib
import io
from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from agencies.access import can, can_in_area
from agencies.models import Agency, Area, Membership
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from exchange.headings import missing, plain, recognise
from exchange.models import Extract, ExtractFile, ExtractRow, Heading
from exchange.problems import CellError
from exchange.queries import rows_of
from exchange.queue import look_soon
from exchange.sheets import check_file, headings_of
from exchange.words import FINISHED, ExtractState, ListKind, Outcome, RowState
from rules.core import Decision, Reason, Refused
from rules.extracts import rows_kept_to

COURSE = "course of a list"
BLANKED_AT_ONCE = 20


def locked_extract(extract_id: int) -> Extract:
    """The list, locked to the end of the service."""
    return Extract.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=extract_id)


def may_add_extract(area: Area, *, by: Principal, today: date, agency: Agency | None = None) -> Decision:
    """Whether a list may be brought in for the area; with an agency, whether one of that agency may."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, area.pk)
    if allowed and agency is not None and agency.area_id != area.pk:
        return Decision.no(Reason("The agency belongs to another MAPPA area.", "R97"))
    return allowed


@service(event="extract_added", asks=may_add_extract)
def add_extract(
    *,
    by: Principal,
    today: date,
    area: Area,
    agency: Agency,
    kind: ListKind,
    whole: bool,
    content: bytes,
    called: str = "",
) -> Extract:
    """Take a file in. When all its headings are known it goes to the worker at once, else it waits for them.

    ``called``: the name that the file came with, for a word about what it claims to be; it is not kept.

    Raises ``Refused`` when the principal may not, or when the file is no harmless table: too large, another type,
    macros, links, a bomb, or empty.
    """
    may_add_extract(area, by=by, today=today, agency=agency).or_refuse()
    file = io.BytesIO(content)
    try:
        check_file(file, called=called)
        headings = headings_of(file)
    except CellError as error:
        raise Refused(Decision.no(Reason(f"{_sentence(error.reason)}. {_sentence(error.right)}.", COURSE))) from None
    columns = recognise(headings, kind, said_before(agency, kind))
    known = None not in columns and not missing(columns, kind)
    extract = Extract.objects.create(
        area=area,
        agency=agency,
        kind=kind,
        whole=whole and kind is ListKind.PEOPLE,
        state=ExtractState.READING if known else ExtractState.HEADINGS,
        membership_id=by.membership_id,
        digest=hashlib.sha256(content).hexdigest(),
        added_on=today,
    )
    ExtractFile.objects.create(extract=extract, content=content, headings=headings, columns=columns)
    if known:
        look_soon(extract.pk)
    record_event(extract, root=None, kind=kind, agency=agency.pk)
    return extract


def said_before(agency: Agency, kind: ListKind) -> dict[str, str]:
    """What was said of headings of this agency's lists."""
    return dict(Heading.objects.filter(agency=agency, kind=kind).values_list("text", "column"))


def may_name_headings(
    extract: Extract, *, by: Principal, today: date, columns: Sequence[str | None] | None = None
) -> Decision:
    """Whether the headings of the list may be named, and named like this."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id)
    allowed &= in_state(extract, ExtractState.HEADINGS)
    if not allowed or columns is None:
        return allowed
    twice = {name for name in columns if name and columns.count(name) > 1}
    refusals = [Reason(f"The column {name} is given to more than one heading.", COURSE) for name in sorted(twice)]
    refusals += [Reason(text, COURSE) for text in missing(columns, ListKind(extract.kind))]
    return Decision.of(refusals)


@service(event="extract_headings_named", asks=may_name_headings)
def name_headings(*, by: Principal, today: date, extract_id: int, columns: Sequence[str]) -> Extract:
    """Say for each heading which column it stands for (empty: left out), and remember it for this agency.

    Raises ``Refused``; then nothing is remembered.
    """
    extract = locked_extract(extract_id)
    may_name_headings(extract, by=by, today=today, columns=columns).or_refuse()
    file = ExtractFile.objects.get(extract=extract)
    if len(columns) != len(file.headings):
        raise Refused(Decision.no(Reason("Each heading has one column, or is left out.", COURSE)))
    for heading, column in zip(file.headings, columns, strict=True):
        if text := plain(heading)[:100]:
            Heading.objects.update_or_create(
                agency_id=extract.agency_id, kind=extract.kind, text=text, defaults={"column": column}
            )
    file.columns = list(columns)
    file.save(update_fields=["columns"])
    _move(extract, ExtractState.READING)
    look_soon(extract.pk)
    record_event(extract, root=None)
    return extract


def reader_has_left(extract: Extract, *, today: date) -> bool:
    """Whoever brought the list in, with whose eyes it is read, no longer holds the role in which they did."""
    reader = extract.membership_id
    return reader is not None and not Membership.objects.on(today).filter(pk=reader).exists()


def waiting_for_nobody(extract: Extract, rows: QuerySet[ExtractRow], *, today: date) -> int:
    """How many of these rows were accepted and are not written, because whoever accepted them or brought the list in
    has left: they wait until the list is compared again.
    """
    accepted = rows.filter(state=RowState.ACCEPTED)
    if not reader_has_left(extract, today=today):
        accepted = accepted.filter(membership__isnull=False).exclude(membership__in=Membership.objects.on(today))
    return accepted.count()


def may_compare_again(extract: Extract, *, by: Principal, today: date) -> Decision:
    """Whether the list may be held against the register anew: by whoever brought it in, with whose eyes it is read.

    Somebody else takes it over only when that person's role has ended.
    """
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.READY)
    if not allowed or extract.membership_id in (None, by.membership_id):
        return allowed
    if not reader_has_left(extract, today=today):
        return Decision.no(Reason("Only the person who brought the list in compares it again.", COURSE))
    return allowed


@service(event="extract_compared_again", asks=may_compare_again)
def compare_again(*, by: Principal, today: date, extract_id: int) -> Extract:
    """Hold every row that is still to be decided against the register as it is now. Raises ``Refused``."""
    extract = locked_extract(extract_id)
    may_compare_again(extract, by=by, today=today).or_refuse()
    ExtractRow.objects.filter(extract=extract, state=RowState.STALE).update(state=RowState.OPEN)
    # Accepted by somebody whose role has ended since: nobody can write that any more.
    ended = ExtractRow.objects.filter(extract=extract, state=RowState.ACCEPTED, membership__isnull=False)
    ended.exclude(membership__in=Membership.objects.on(today)).update(state=RowState.OPEN, membership=None)
    ExtractRow.objects.filter(extract=extract, state=RowState.OPEN, outcome=Outcome.ABSENT).delete()
    extract.membership_id, extract.rows_compared = by.membership_id, 0
    extract.save(update_fields=["membership", "rows_compared"])
    _move(extract, ExtractState.COMPARING)
    look_soon(extract.pk)
    record_event(extract, root=None)
    return extract


def may_close_extract(extract: Extract, *, by: Principal, today: date) -> Decision:
    """Whether the list may be closed: when nothing that was accepted waits to be written. Open rows are warned of.

    Only rows that whoever acts may see are asked: a refusal because of another would betray it (R99, R100).
    """
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id) & in_state(extract, ExtractState.READY)
    if not allowed:
        return allowed
    rows = rows_of(by, extract)
    refusals = []
    if rows.filter(state=RowState.ACCEPTED).exists():
        refusals.append(Reason("Rows that were accepted are still being written.", COURSE))
    if rows.filter(state=RowState.OPEN, outcome=Outcome.ABSENT).exists():
        refusals.append(Reason("Somebody who is no longer there has not been answered for.", "R109"))
    return allowed & Decision.of(refusals)


@service(event="extract_closed", asks=may_close_extract)
def close_extract(*, by: Principal, today: date, extract_id: int) -> Extract:
    """Close the list: nothing more comes of it. The next list of the agency is compared with it for absences.

    Raises ``Refused``.
    """
    extract = locked_extract(extract_id)
    may_close_extract(extract, by=by, today=today).or_refuse()
    _move(extract, ExtractState.CLOSED, closed_on=today)
    record_event(extract, root=None, kept_to=rows_kept_to(today, parameters_for(extract.area_id)).value)
    return extract


def may_cancel_extract(extract: Extract, *, by: Principal, today: date) -> Decision:
    """Whether the list may be given up."""
    allowed = can_in_area(by, Perm.REGISTER_IMPORT, extract.area_id)
    if allowed and extract.state in FINISHED and extract.state != ExtractState.STOPPED:
        return Decision.no(Reason(f"The list is {ExtractState(extract.state).label.lower()}.", COURSE))
    return allowed


@service(event="extract_cancelled", asks=may_cancel_extract)
def cancel_extract(*, by: Principal, today: date, extract_id: int) -> Extract:
    """Give the list up: its file and rows are deleted at once. What has been written to the register stays.

    Raises ``Refused``.
    """
    extract = locked_extract(extract_id)
    may_cancel_extract(extract, by=by, today=today).or_refuse()
    ExtractFile.objects.filter(extract=extract).delete()
    ExtractRow.objects.filter(extract=extract).delete()
    _move(extract, ExtractState.CANCELLED, closed_on=today)
    record_event(extract, root=None)
    return extract


def may_stop_extract(extract: Extract | None = None, *, by: Principal, today: date) -> Decision:
    """Whether a list may be put aside because it cannot be worked on."""
    return can(by, Perm.REGISTER_IMPORT)


@service(event="extract_stopped", asks=may_stop_extract)
def stop_extract(*, by: Principal, today: date, extract_id: int, trouble: str) -> Extract:
    """Put the list aside and say why: its file cannot be read, whoever brought it in has lost the role, or nobody has
    closed it in time. File and rows are deleted at once; what has been written to the register stays.
    """
    may_stop_extract(by=by, today=today).or_refuse()
    extract = locked_extract(extract_id)
    ExtractFile.objects.filter(extract=extract).delete()
    ExtractRow.objects.filter(extract=extract).delete()
    extract.trouble = trouble[:300]
    extract.save(update_fields=["trouble"])
    _move(extract, ExtractState.STOPPED)
    record_event(extract, root=None)
    return extract


def may_blank_rows(extract: Extract | None = None, *, by: Principal, today: date) -> Decision:
    """Whether rows of lists whose days are over may be blanked: the system's own work."""
    return can(by, Perm.DEADLINES_RECONCILE)


@service(event="extract_rows_blanked", asks=may_blank_rows)
def blank_rows(*, by: Principal, today: date) -> list[int]:
    """Take what a list said of people out of lists that were closed long enough ago (R109).

    What stays is who of the register was on it, for the next list, and what was decided. Returns the ids of the lists.
    """
    may_blank_rows(by=by, today=today).or_refuse()
    closed = Extract.objects.select_for_update(no_key=True, skip_locked=True).filter(
        closed_on__lt=today, blanked_on__isnull=True
    )
    params = {area_id: parameters_for(area_id) for area_id in set(closed.values_list("area_id", flat=True))}
    due = [
        extract.pk
        for extract in closed.order_by("closed_on", "pk")
        if extract.closed_on is not None and rows_kept_to(extract.closed_on, params[extract.area_id]).value < today
    ][:BLANKED_AT_ONCE]
    ExtractRow.objects.filter(extract__in=due, nominal__isnull=True).delete()
    ExtractRow.objects.filter(extract__in=due).update(
        said=[], family_name="", given_names="", changes=[], problems=[], notes=[], hints=[], reason=""
    )
    Extract.objects.filter(pk__in=due).update(blanked_on=today)
    record_event(None, root=None, extracts=due)
    return due


def _move(extract: Extract, state: ExtractState, *, closed_on: date | None = None) -> None:
    extract.state, extract.closed_on = state, closed_on
    extract.save(update_fields=["state", "closed_on"])


def in_state(extract: Extract, state: ExtractState) -> Decision:
    """Whether the list is in this state, as far along as the next step needs it."""
    if extract.state == state:
        return Decision.yes()
    return Decision.no(Reason(f"The list is not in this state: it is “{ExtractState(extract.state).label}”.", COURSE))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")
