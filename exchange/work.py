"""The course of the work on one list: what comes next stands in the database, so whoever is killed is followed.

Each step is one service in a transaction of its own. Two workers on one list take turns and do nothing twice.
"""

from datetime import date

from agencies.models import Membership
from agencies.parameters import parameters_for
from agencies.principal import Principal
from audit.reads import reading
from audit.rows import one_by_one
from rules.core import Refused
from rules.extracts import open_list_kept_to

from .models import Extract, ExtractRow
from .services.extracts import stop_extract
from .services.reading import compare_rows, read_extract
from .services.writing import write_rows
from .words import FINISHED, WORKING, ExtractState, RowState

NAME = "work_on_extract"
ROLE_ENDED = "Whoever brought the list in no longer holds the role in which they did. Bring it in again."
NOBODY_CLOSED = "Nobody closed the list in time. Bring it in again to work on what is left of it."


def waiting() -> list[int]:
    """The lists on which there is something to do for a worker, the oldest first."""
    accepted = ExtractRow.objects.filter(state=RowState.ACCEPTED, extract__state=ExtractState.READY)
    ids = set(accepted.values_list("extract_id", flat=True).distinct())
    ids |= set(Extract.objects.filter(state__in=WORKING).values_list("pk", flat=True))
    return sorted(ids)


def stop_forgotten(*, today: date) -> list[int]:
    """Stop the lists that nobody has closed in time, with the rows that they hold (R109). Returns their ids."""
    unfinished = Extract.objects.exclude(state__in=FINISHED)
    params = {area_id: parameters_for(area_id) for area_id in set(unfinished.values_list("area_id", flat=True))}
    due = [
        extract.pk
        for extract in unfinished.order_by("added_on", "pk")
        if open_list_kept_to(extract.added_on, params[extract.area_id]).value < today
    ]
    system = Principal.system(NAME, on=today)
    done = one_by_one(
        "forgotten lists",
        due,
        lambda key: stop_extract(by=system, today=today, extract_id=key, trouble=NOBODY_CLOSED),
    )
    return [extract.pk for extract in done.results]


def work_on(extract_id: int, *, today: date) -> int:
    """Do all there is to do on the list. Returns the number of steps."""
    steps = 0
    while _step(extract_id, today):
        steps += 1
    return steps


def _step(extract_id: int, today: date) -> bool:
    extract = Extract.objects.filter(pk=extract_id).first()
    if extract is None:
        return False
    system = Principal.system(NAME, on=today)
    eyes = _principal(extract.membership_id, today)
    if extract.state in WORKING and eyes is None:
        stop_extract(by=system, today=today, extract_id=extract.pk, trouble=ROLE_ENDED)
        return False
    try:
        if extract.state == ExtractState.READING and eyes is not None:
            with reading(eyes, purpose="read a list"):
                read_extract(by=eyes, today=today, extract_id=extract.pk)
            return True
        if extract.state == ExtractState.COMPARING and eyes is not None:
            with reading(eyes, purpose="compare a list"):
                compare_rows(by=eyes, today=today, extract_id=extract.pk)
            return True
        return extract.state == ExtractState.READY and _write(extract, eyes, today)
    except Refused:
        # Somebody else has moved the list on meanwhile, or ended it.
        return False


def _write(extract: Extract, eyes: Principal | None, today: date) -> bool:
    """Write a batch in the name of somebody who accepted rows and still holds the role in which they did."""
    memberships = extract.rows.filter(state=RowState.ACCEPTED).order_by().values_list("membership_id", flat=True)
    for membership_id in memberships.distinct():
        by = _principal(membership_id, today)
        if by is not None and eyes is not None:
            with reading(by, purpose="write a list"):
                return bool(write_rows(by=by, today=today, extract_id=extract.pk, eyes=eyes))
    return False


def _principal(membership_id: int | None, today: date) -> Principal | None:
    """Who acts: the system, or a person while they hold the role."""
    if membership_id is None:
        return Principal.system(NAME, on=today)
    membership = Membership.objects.on(today).select_related("user").filter(pk=membership_id).first()
    return None if membership is None else Principal.for_membership(membership, on=today)
