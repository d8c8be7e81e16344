"""Who reads two records that may be of one person, one of them hidden, is told by a letter without details (R4)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from agencies.access import can
from agencies.models import User
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from audit.rows import one_by_one
from cases.hidden_doubles import Ids, pair_ids, readers_of, times_told_apart
from cases.letters import POSSIBLE_DOUBLE
from cases.models import Nominal
from cases.models.merge import PAIRS
from letters.models import Message
from letters.outbox import post
from rules.core import Decision


def watch_hidden_doubles(*, by: Principal, today: date) -> None:
    """Tell whoever reads both and was not told yet, each pair in a transaction of its own.

    By a task, and not where a record is written: there the steps are the same whether it matches a hidden one or not,
    and nobody is told how many there were. Told once; again when two who were told apart are alike by something new.
    """
    found = pair_ids(by)
    times = times_told_apart(found)
    keys = {ids: f"{POSSIBLE_DOUBLE}:{ids[0]}:{ids[1]}:{times[ids]}" for ids in found}
    posted = Message.objects.filter(kind=POSSIBLE_DOUBLE, event_key__in=keys.values())
    told = set(posted.values_list("event_key", "recipient"))
    wanted: dict[int, tuple[Ids, list[int]]] = {}
    for place, (ids, readers) in enumerate(readers_of(found, on=today).items()):
        if missing := sorted(user for user in readers if (keys[ids], user) not in told):
            wanted[place] = (ids, missing)

    def tell(place: int) -> None:
        ids, people = wanted[place]
        tell_of_double(by=by, today=today, hidden_id=found[ids], event_key=keys[ids], user_ids=people)

    one_by_one("doubles", wanted, tell)


def may_tell_of_double(nominal: Nominal | None = None, *, by: Principal, today: date) -> Decision:
    """Only the task tells."""
    return can(by, Perm.DEADLINES_RECONCILE, nominal)


@service(event="double_told", asks=may_tell_of_double)
def tell_of_double(*, by: Principal, today: date, hidden_id: int, event_key: str, user_ids: list[int]) -> None:
    """Post the letter about a hidden record and another one to these people, who read both. Raises ``Refused``."""
    nominal = Nominal.objects.get(pk=hidden_id)
    may_tell_of_double(nominal, by=by, today=today).or_refuse()
    for user in User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk"):
        post(by=by, kind=POSSIBLE_DOUBLE, recipient=user, event_key=event_key, subject=nominal)
    # In nobody's history: it would tell of the other record.
    record_event(nominal, root=None, compartment=PAIRS)
