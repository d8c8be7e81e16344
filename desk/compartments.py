"""Which compartments of a record's history a reader may read: each by the permission of the pages that show its rows.

The database knows the compartment of every table (``audit.triggers``) and gives nothing of one that is not asked for.
Not here, so in no history: referrals, whose own page knows whose a draft is and who reads single votes, and marks of
two people, which would tell of the other record. Nor is what was done while the record was one with another that the
reader may not read; nor that a hidden record seems to stand in the register twice, to whoever may not read both.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from django.db.models import Q

from agencies.access import can, visible
from agencies.principal import Principal
from agencies.roles import Perm
from audit.models import Event
from audit.presenters import CASE, Said
from audit.withholding import Key, Withheld, withheld
from cases.merging.parted import merges_kept_back
from cases.models import Exclusion, Merge, Nominal
from cases.models.access import COMPARTMENT as ACCESS
from cases.models.advice import COMPARTMENT as ADVICE
from cases.models.circumstances import COMPARTMENT as PROCESS
from cases.models.first_notification import COMPARTMENT as FIRST_NOTIFICATION
from cases.readers import about_them
from cases.services.people import CLASH_WITH_HIDDEN
from meetings.models.invitation import COMPARTMENT as INVITATION
from meetings.models.sitting import COMPARTMENT as MEETING

READ_WITH: Mapping[str, Perm] = MappingProxyType(
    {
        CASE: Perm.HISTORY_VIEW,
        ACCESS: Perm.ACCESS_VIEW,
        ADVICE: Perm.ADVICE_RECORD,
        PROCESS: Perm.CIRCUMSTANCES_RECORD,
        FIRST_NOTIFICATION: Perm.FIRST_NOTIFICATION_VIEW,
        MEETING: Perm.SITTING_VIEW,
        INVITATION: Perm.SITTING_PLAN,
    }
)


def compartments_of(principal: Principal, nominal: Nominal) -> list[str]:
    """The compartments that the history of this record shows to this reader."""
    return [name for name, perm in READ_WITH.items() if can(principal, perm, nominal)]


def not_told_of(principal: Principal, nominal_id: int, *, compartments: Sequence[str]) -> list[Withheld]:
    """What the history of this record does not tell this reader, who reads these compartments (R99, R100)."""
    kept_back = merges_kept_back(principal, nominal_id)
    rows = [(Merge._meta.db_table, str(key)) for key in kept_back]
    return withheld(principal, nominal_id, rows, compartments=compartments)


def kept_quiet(principal: Principal, nominal_id: int) -> set[Key]:
    """Rows of which the history tells this reader nothing: what keeps them, or their agency, out (R100)."""
    rows = Exclusion.objects.filter(about_them(principal), nominal=nominal_id).values_list("pk", flat=True)
    return {(Exclusion._meta.db_table, str(pk)) for pk in rows}


def said_to(principal: Principal) -> Said:
    """What the history says to this reader of events that tell of another record: nothing, unless they may read both
    (R4)."""
    return partial(_said_of_doubles, principal)


def _said_of_doubles(principal: Principal, events: Sequence[Event]) -> Mapping[int, str]:
    others = {event.pk: event.facts.get("added") for event in events if event.name == CLASH_WITH_HIDDEN}
    if not others:
        return {}
    read = visible(principal, Nominal.objects.all(), Perm.NOMINAL_VIEW).values("pk")
    # One that was merged since is read as part of the record that was kept.
    rows = Nominal.objects.filter(Q(pk__in=read) | Q(merged_into__in=read), pk__in=others.values())
    known = set(rows.values_list("pk", flat=True))
    return {
        key: f"Record {other} was added or changed so that it may be of this person" if other in known else ""
        for key, other in others.items()
    }
