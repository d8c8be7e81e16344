"""Two records become one while meetings and referrals of both are open: each goes on, or is settled first (R4)."""

import pytest

from cases.models import PersonalGrant, Referral
from cases.services.merging import merge_nominals
from cases.services.referral_upkeep import watch_referrals
from meetings.models import Slot
from meetings.services.slots import cancel_slot
from rules.core import Refused
from rules.vocabulary import ReferralState
from tests.factories import meetings as plan
from tests.factories.cases import TODAY, system
from tests.factories.referrals import referral, seat

from .test_invitations import BY, World, world

__all__ = ["world"]


def test_whoever_is_heard_twice_at_one_time_is_taken_out_of_one_meeting_first(world: World) -> None:
    kept, absorbed = world.person(), world.person("Marl")
    other = plan.sitting(world.area)
    world.placed(kept)
    twice, later = world.placed(absorbed, sitting=other), world.placed(absorbed, 12, sitting=other)
    both = {"kept_id": kept.pk, "absorbed_id": absorbed.pk, "reason": "The same fingerprints"}
    with pytest.raises(Refused, match="heard at one time on 8 December 2026"):
        merge_nominals(**both, **BY)
    cancel_slot(slot_id=twice.pk, reason="They are one", **BY)
    merge_nominals(**both, **BY)
    assert set(Slot.objects.filter(cancelled_on=None).values_list("nominal", flat=True)) == {kept.pk}
    later.refresh_from_db()
    assert later.invitations.live().exists()


def test_readers_of_both_referrals_read_the_one_record(world: World) -> None:
    kept, absorbed = world.person(), world.person("Marl")
    one = seat(world.area)
    rows = [referral(world.area, man, ReferralState.UNDER_PANEL, rounds=1) for man in (kept, absorbed)]
    assert watch_referrals(by=system(), today=TODAY) == 2
    merge_nominals(kept_id=kept.pk, absorbed_id=absorbed.pk, reason="The same fingerprints", **BY)
    watch_referrals(by=system(), today=TODAY)
    Referral.objects.filter(pk=rows[0].pk).update(state=ReferralState.WITHDRAWN)
    own = PersonalGrant.objects.filter(user=one.member, source="referral", content_object__merged_into=None)
    reading = own.exclude(ends_on__lte=TODAY)
    for _ in range(2):
        watch_referrals(by=system(), today=TODAY)
        assert list(reading.values_list("content_object", "reason")) == [(kept.pk, f"referral {rows[1].pk}")]
    Referral.objects.filter(pk=rows[1].pk).update(state=ReferralState.WITHDRAWN)
    watch_referrals(by=system(), today=TODAY)
    assert not reading.exists()
