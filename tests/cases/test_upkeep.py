"""Tasks, commands and reference data: what runs by itself."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Area, Membership, PlannedHandOver
from cases.management.commands.check_deadlines import Command
from cases.models import LevelSpan, Nominal, Obligation, QualifyingOffence
from cases.obligations import registered_kinds
from cases.reference import load_offences
from cases.tasks import reconcile_obligations_task
from mappa import clock
from rules.offences import listed_offences
from rules.vocabulary import Level, ObligationKind, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AreaFactory, MembershipFactory
from tests.factories.cases import TODAY

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _day(db: None) -> None:
    clock.pretend(TODAY)


def at_level_2(area: Area, days_ago: int, **more: object) -> Nominal:
    return make.nominal(
        area, levels=(make.at_level(Level.TWO),), meetings=(make.meeting(TODAY - days_ago * DAY),), **more
    )


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("check_deadlines", *arguments, stdout=out, stderr=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_every_kind_of_obligation_has_a_provider() -> None:
    assert set(registered_kinds()) == set(ObligationKind)


def test_the_task_heals_the_ledger(area: Area) -> None:
    man = at_level_2(area, 60)
    Obligation.objects.all().delete()
    reconcile_obligations_task()
    assert Obligation.objects.get(nominal=man).due_on == TODAY + 52 * DAY


def test_check_deadlines_lists_what_is_late_by_number_only(area: Area) -> None:
    late = at_level_2(area, 113, family_name="Barytes")
    at_level_2(area, 112)
    paused = at_level_2(area, 60, whereabouts=(make.stay(Whereabouts.CUSTODY),))
    code, text = run()
    assert code == 1
    assert "Overdue: 1" in text
    assert "Paused: 1" in text
    assert f"nominal {late.pk}: Level 2 or 3 review, since 02.08.2026, due 22.11.2026 (R51)" in text
    assert f"nominal {paused.pk}: Level 2 or 3 review, since 24.09.2026, paused (R51)" in text
    assert "Barytes" not in text


def test_check_deadlines_lists_hand_overs_that_wait_for_somebody_to_act(area: Area) -> None:
    """Of the day and later; one whose colleague holds the role is carried out by itself."""
    leaver = MembershipFactory.create(area=area, ends_on=TODAY - DAY)
    post = {"area": area, "agency": leaver.agency, "role": leaver.role}
    to = MembershipFactory.create(**post)
    row = PlannedHandOver.objects.create(**post, leaver=leaver.user, to=to.user, happens_on=TODAY)
    assert run()[0] == 0
    Membership.objects.filter(pk=to.pk).update(ends_on=TODAY - DAY)
    code, text = run()
    assert (code, "Hand-overs that cannot be carried out: 1" in text) == (1, True)
    said = f"hand-over {row.pk}: since {TODAY:%d.%m.%Y}. The colleague does not hold the role then"
    assert said in text
    assert to.user.family_name not in text
    PlannedHandOver.objects.filter(pk=row.pk).update(happens_on=TODAY + DAY)
    assert run()[0] == 0


def test_check_deadlines_corrects_but_not_in_a_dry_run(area: Area) -> None:
    at_level_2(area, 60)
    Obligation.objects.update(due_on=TODAY + DAY)
    code, text = run("--dry-run")
    assert (code, Obligation.objects.get().due_on) == (1, TODAY + DAY)
    assert "1 people whose ledger differs" in text
    code, text = run()
    assert (code, Obligation.objects.get().due_on) == (0, TODAY + 52 * DAY)
    assert "0 added, 1 moved, 0 dropped" in text
    assert run()[0] == 0


def test_before_the_areas_start_nothing_is_late(area: Area) -> None:
    area.starts_on = TODAY - 112 * DAY
    area.save()
    at_level_2(area, 113)
    code, text = run()
    assert code == 0
    assert "Brought forward: 1" in text


def test_check_deadlines_of_one_area(area: Area) -> None:
    at_level_2(AreaFactory(slug="elsewhere"), 200)
    assert run("--area", area.slug)[0] == 0
    assert run("--area", "elsewhere")[0] == 1
    with pytest.raises(CommandError, match="no area"):
        run("--area", "nowhere")


def test_a_broken_register_is_said(area: Area) -> None:
    man = make.nominal(area)
    LevelSpan.objects.filter(nominal=man).delete()
    code, text = run()
    assert code == 2
    assert f"nominal {man.pk}: The days of the levels are not the days of the status. (R32)" in text
    with pytest.raises(SystemExit):
        call_command("verify_register", stdout=io.StringIO())


def test_the_help_tells_all() -> None:
    text = Command().create_parser("manage.py", "check_deadlines").format_help()
    for said in ("reconcile", "--dry-run", "Exit code 2"):
        assert said in text


def test_qualifying_offences_are_loaded_once() -> None:
    by = make.system()
    assert load_offences(by, TODAY) == len(listed_offences())
    assert load_offences(by, TODAY) == 0
    QualifyingOffence.objects.filter(code=make.OFFENCE).update(title="Wrong")
    assert load_offences(by, TODAY) == 1
    assert QualifyingOffence.objects.get(code=make.OFFENCE).title == listed_offences()[make.OFFENCE].title
