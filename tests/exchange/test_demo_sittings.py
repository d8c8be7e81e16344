"""The sittings ahead of the demo, whatever the day of loading: working days, within every limit, nobody twice."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import combinations

import pytest

from exchange.demo.days import Days
from exchange.demo.sittings import HELEN, IMRAN, planned
from mappa import clock
from meetings.gaps import gaps_of
from meetings.models import Invitation, Slot
from rules.calendar import is_working_day
from rules.vocabulary import InvitationAnswer, InviteReason, ReceivedHow

# The last day of each, as the notes on the demo count it; nobody else's clock runs.
LIMITS = {
    "Gritstone": 71, "Flint": 14, "Jasper": 28, "Obsidian": 7, "Chert": 22, "Tufa": 17, "Agate": 52, "Onyx": 21,
    "Quartz": 32,
}  # fmt: skip


@pytest.mark.parametrize("first", [date(2026, 4, 1), date(2026, 12, 1), date(2027, 3, 1), date(2028, 2, 1)])
def test_sittings_ahead(first: date) -> None:
    for number in range(32):
        day = Days(first + timedelta(days=number))
        rows = list(planned(day))
        assert all(is_working_day(row.on) for row in rows), day
        late = [
            person.family
            for row in rows
            for person in row.heard
            if person.family in LIMITS and row.on > day(LIMITS[person.family])
        ]
        assert not late, day
        assert not [row for row in rows if row.chair == IMRAN and day(9) <= row.on <= day(16)], day
        times = [datetime.combine(row.on, person.begins) for row in rows if row.chair == HELEN for person in row.heard]
        assert all(abs(one - other) >= timedelta(hours=1) for one, other in combinations(times, 2)), day


def test_34_invitations_of_11_agencies_stand_at_the_next_sitting(demonstration: object) -> None:
    """And a guest. Whoever is invited to some of its meetings only is so for a reason; nobody is asked for in vain."""
    slots = list(
        Slot.objects.filter(sitting__in=Slot.objects.filter(nominal__family_name="Gritstone").values("sitting"))
    )
    rows = list(Invitation.objects.live().filter(slot__in=slots).select_related("agency", "slot__nominal"))
    guests = [row for row in rows if row.agency is None]
    agencies = [row for row in rows if row.agency is not None]
    assert (len(agencies), len({row.agency_id for row in agencies})) == (34, 11)
    assert [(row.guest_name, row.answer) for row in guests] == [("Mr Rowan", InvitationAnswer.NONE)]
    assert sorted(Counter(row.slot_id for row in agencies).values()) == [8, 8, 9, 9]
    given = Counter(row.answer for row in agencies if row.received_how != ReceivedHow.CALENDAR)
    assert given == {
        InvitationAnswer.ATTENDING: 24, InvitationAnswer.DEPUTY: 2, InvitationAnswer.REPORT: 3,
        InvitationAnswer.NONE: 4,
    }  # fmt: skip
    assert [row.answer for row in rows if row.received_how == ReceivedHow.CALENDAR] == [InvitationAnswer.ATTENDING]
    heard: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in agencies:
        heard[row.whom][row.slot.nominal.family_name] = row.reasons
    assert {whom: people for whom, people in heard.items() if len(people) < len(slots)} == {
        "Serco": {"Gritstone": [InviteReason.TAG], "Flint": [InviteReason.TAG]},
        "Home Office Immigration Enforcement": {"Flint": [InviteReason.IMMIGRATION]},
        "Derby City Council Children's Services": {
            "Jasper": [InviteReason.CHILD_NEAR], "Rutile": [InviteReason.CHILD_NEAR],
        },
        "OMU HMP Nottingham": {"Rutile": [InviteReason.CUSTODY]},
    }  # fmt: skip
    assert not [gap for slot in slots for gap in gaps_of(slot, today=clock.today())]
