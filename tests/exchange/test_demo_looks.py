"""The demo's looks that stand out: two people, whom information governance finds on her first page."""

from agencies.models import Membership
from desk.oversight.facts import days_waiting, standing_out
from desk.oversight.known import known_to
from mappa import clock
from rules.vocabulary import AnomalyKind
from tests.factories.agencies import principal_for


def test_two_people_stand_out(demonstration: object) -> None:
    post = Membership.objects.get(user__email="olu.sandpiper@example.org")
    by, real = principal_for(post, on=clock.today()), clock.moment().date()
    found = {each.user.family_name: set(each.kinds) for each in standing_out(by, known_to(by), first=real, last=real)}
    hour = {AnomalyKind.OUT_OF_HOURS}
    assert {name: kinds - hour for name, kinds in found.items()} == {
        "Siskin": {AnomalyKind.NEIGHBOURS},
        "Stonechat": {AnomalyKind.OWN_NAME},
    }
    assert days_waiting(by) == 2
