"""Letters about a case: who is told, and whether they should still be when the letter is sent."""

from datetime import date

from agencies.access import who_can
from agencies.models import User
from agencies.principal import Principal
from agencies.roles import Perm
from letters.kinds import LetterKind
from letters.outbox import post

from .hidden_doubles import pair_ids, readers_of
from .models import Nominal
from .models.access import COMPARTMENT
from .models.merge import PAIRS

ACCESS_GIVEN, POSSIBLE_DOUBLE = "access_given", "possible_double"


def can_open(nominal_id: int, user: User, on: date) -> bool:
    """Whether the person can open the record on the day, in any role they hold."""
    nominal = Nominal.objects.filter(pk=nominal_id).first()
    return nominal is not None and any(
        holder.user_id == user.pk for holder in who_can(Perm.NOMINAL_VIEW, nominal, on=on)
    )


access_given = LetterKind(
    code=ACCESS_GIVEN,
    label="Access to a record",
    subject_line="You have been given access to a MAPPA record",
    reference="record {id}",
    url_name="nominal",
    posted_with=(Perm.PARTICIPATION_RECORD, Perm.NOMINAL_EDIT),
    still_wanted=can_open,
    compartment=COMPARTMENT,
)


def still_a_double(hidden_id: int, user: User, on: date) -> bool:
    """Whether the hidden record still seems to stand in the register twice, and the person may read both."""
    found = pair_ids(Principal.system("send_letters", on=on), hidden_id=hidden_id)
    return any(user.pk in readers for readers in readers_of(found, on=on).values())


# It says that there is something and leads to Today: no record is named, nor is it known from the outbox that there is
# such a letter, where somebody may just have added the person who seems to be in the register twice (R4).
possible_double = LetterKind(
    code=POSSIBLE_DOUBLE,
    label="Records that may be of one person",
    subject_line="Records that you read in MAPPA may be of one person",
    reference="Today",
    url_name="today",
    posted_with=(Perm.DEADLINES_RECONCILE,),
    still_wanted=still_a_double,
    link_takes_id=False,
    compartment=PAIRS,
    listed=False,
)


def tell_of_access(
    nominal: Nominal, user: User, *, by: Principal, today: date, event_key: str, starts_on: date, ends_on: date | None
) -> None:
    """Post "you have been given access" when it is news: not to oneself, not for days that are over.

    Nor to somebody who cannot open the record even so (kept out, not cleared, no role): it must not betray that there
    is one (R99, R100). To be called inside the service that gave the access.
    """
    first = max(today, starts_on)
    if user.pk == by.user_id or (ends_on is not None and ends_on < today) or not can_open(nominal.pk, user, first):
        return
    post(
        by=by,
        kind=ACCESS_GIVEN,
        recipient=user,
        event_key=event_key,
        subject=nominal,
        root=nominal.pk,
        not_before=first if first > today else None,
    )
