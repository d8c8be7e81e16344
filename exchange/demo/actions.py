"""Open actions of the demonstration, as a unit brings them in from its old spreadsheet; one of them is done since, and
one is a leaver's, whose work goes to a colleague in twelve days.
"""

from collections.abc import Mapping

from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services import add_membership, create_user
from agencies.services.handover import hand_over
from cases.models import Nominal
from meetings.records import ActionRecord
from meetings.services.actions import bring_in_actions, close_action
from rules.vocabulary import ActionOutcome, Handling

from .days import Days

# Agency, which of its cases, what, given and due in days from today.
_ACTIONS = (
    ("housing-erewash", 0, "Confirm the tenancy offer with the landlord", -31, -3),
    ("housing-erewash", 1, "Visit the flat and say whether the locks were changed", -24, 4),
    ("county-children", 0, "Say which school the younger child will go to", -52, -17),
    ("county-children", 0, "Monitor", -52, 9),
    ("probation", 0, "Add the exclusion zone to the licence", -20, 6),
    ("police", 0, "Check the new telephone against the notification", -20, -1),
    ("police", 1, "Liaise with the hostel", -60, 12),
)
# A housing officer who leaves: nobody signs in as her.
_LEAVER, _LEAVES, _TAKES_OVER, _ON = ("Nell", "Gadwall"), "housing-erewash", "mo.pipit@example.org", 12
_HERS = "Visit the flat and say whether the locks were changed"
_DONE = "Check the new telephone against the notification"


def load_actions(by: Principal, day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
    """Of ordinary people in whose case the agency takes part already, and from whom nobody is kept out."""
    given_name, family_name = _LEAVER
    leaver = create_user(
        by=by, email=f"{given_name}.{family_name}@example.org".lower(), given_name=given_name, family_name=family_name
    )
    role = add_membership(by=by, user=leaver, agency=agencies[_LEAVES], role=Role.SPOC, starts_on=day(-600))
    for key, place, what, given, due in _ACTIONS:
        agency = agencies[key]
        cases = Nominal.objects.filter(
            handling=Handling.ORDINARY, participations__group=agency.group_id, exclusions__isnull=True
        )
        nominal = cases.order_by("pk").distinct()[place]
        action = ActionRecord(agency.pk, what, day(given), day(due), leaver.pk if what == _HERS else None)
        (stored,) = bring_in_actions(by=by, today=day.today, nominal_id=nominal.pk, actions=[action])
        if what == _DONE:
            close_action(
                by=by,
                today=day.today,
                action_id=stored.pk,
                outcome=ActionOutcome.DONE,
                closed_on=day(-1),
                note="Registered, and seen at the home visit.",
            )
    hand_over(by=by, today=day.today, membership_id=role.pk, to_user_id=users[_TAKES_OVER].pk, on=day(_ON))
