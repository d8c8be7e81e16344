"""What was recorded by mistake (R7, R25, R28, R32, R36, R51, R52)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.corrections import may_correct_whereabouts
from rules.facts import GroundFacts, WhereaboutsFacts
from rules.vocabulary import EndReason, GroundKind, Whereabouts

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
HOME, PRISON, DEAD = Whereabouts.COMMUNITY, Whereabouts.CUSTODY, Whereabouts.DEAD
BEFORE = WhereaboutsFacts(HOME, date(2026, 1, 5), date(2026, 3, 1))
WRONG = WhereaboutsFacts(PRISON, date(2026, 3, 2), date(2026, 6, 10))
AFTER = WhereaboutsFacts(HOME, date(2026, 6, 11))
ENDED = GroundFacts(
    key=1, kind=GroundKind.NOTIFICATION, starts_on=date(2020, 1, 6), ends_on=date(2026, 6, 11),
    end_reason=EndReason.DEATH,
)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "right", "grounds", "reason", "refused"),
    [
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 1, 6)), [], "Misread", [], id="one day is left"),
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 1, 5)), [], "Misread", ["R52"], id="none is left"),
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 6, 10)), [], "Misread", [], id="its last day"),
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 6, 11)), [], "Misread", ["R52"], id="after its last"),
        pytest.param(WRONG, replace(WRONG, whereabouts=HOME), [], "Misread", [], id="another kind"),
        pytest.param(WRONG, replace(WRONG, whereabouts=HOME), [], " ", ["R52"], id="no reason"),
        pytest.param(AFTER, replace(AFTER, starts_on=TODAY), [], "Misread", [], id="today"),
        pytest.param(AFTER, replace(AFTER, starts_on=TODAY + DAY), [], "Misread", ["R52"], id="tomorrow"),
        pytest.param(BEFORE, replace(BEFORE, starts_on=date(1984, 5, 17)), [], "Misread", [], id="born that day"),
        pytest.param(BEFORE, replace(BEFORE, starts_on=date(1984, 5, 16)), [], "Misread", ["R1"], id="not born yet"),
        pytest.param(AFTER, replace(AFTER, whereabouts=DEAD), [], "Misread", ["R28"], id="death by correction"),
        pytest.param(replace(AFTER, whereabouts=DEAD), AFTER, [], "Alive", [], id="not dead, nothing ended"),
        pytest.param(replace(AFTER, whereabouts=DEAD), AFTER, [ENDED], "Alive", ["R28"], id="not dead, one ended"),
        pytest.param(
            replace(AFTER, whereabouts=DEAD), AFTER, [replace(ENDED, voided=True)], "Alive", [], id="the ended is void"
        ),
    ],
)  # fmt: skip
def test_whereabouts(
    wrong: WhereaboutsFacts, right: WhereaboutsFacts, grounds: list[GroundFacts], reason: str, refused: list[str]
) -> None:
    decision = may_correct_whereabouts(
        wrong, right, [BEFORE, WRONG, AFTER], grounds, born_on=date(1984, 5, 17), today=TODAY, reason=reason
    )
    assert [each.rule for each in decision.reasons if not decision] == refused
