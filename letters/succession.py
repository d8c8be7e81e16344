"""The letter to contacts and deputies who lose or change their part when another agency takes their agency's place."""

from collections.abc import Sequence
from datetime import date

from agencies.models import Membership, User
from agencies.roles import Perm
from agencies.succession import Change, Going, Line

from .kinds import LetterKind
from .outbox import post

CONTACT_CHANGED = "contact_changed"


def still_acts_for(agency_id: int, user: User, on: date) -> bool:
    """The person has a role for the agency that took over."""
    return Membership.objects.on(on).filter(agency=agency_id, user=user).exists()


contact_changed = LetterKind(
    code=CONTACT_CHANGED,
    label="Contact or deputy no longer",
    subject_line="Your part as a contact for MAPPA changes",
    reference="agency {id}",
    url_name="account",
    posted_with=(Perm.AREA_EDIT,),
    still_wanted=still_acts_for,
    link_takes_id=False,
)


def no_lines(_: Going) -> Sequence[Line]:
    """A letter is no work: it stands in no preview."""
    return []


def tell_contacts(change: Change, today: date) -> None:  # noqa: ARG001
    """Post the letters; the services have moved what there was to move."""
    for user in User.objects.filter(pk__in=change.contacts).order_by("pk"):
        post(
            by=change.by,
            kind=CONTACT_CHANGED,
            recipient=user,
            event_key=f"succession:{change.successor.pk}:{change.going.on.isoformat()}",
            subject=change.successor,
        )
