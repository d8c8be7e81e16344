"""Stages of a hospital order put right and taken away: no stay moves, and none is contradicted (R52, R85)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area
from agencies.principal import Principal
from cases.models import HospitalOrder, OrderStage
from cases.services.corrections import Stay, correct_whereabouts, take_whereabouts_away
from cases.services.hospital_orders import set_stage
from cases.services.stage_corrections import Stage, correct_stage, take_stage_away
from mappa import clock
from rules.core import Refused
from rules.vocabulary import HospitalSection, HospitalStage, Whereabouts
from tests.factories.agencies import AreaFactory
from tests.factories.cases import LONG_AGO, TODAY, nominal, stay
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
LEFT = date(2026, 10, 1)
DETAINED, DISCHARGED = HospitalStage.DETAINED, HospitalStage.CONDITIONAL_DISCHARGE
ESCORTED, UNESCORTED = HospitalStage.ESCORTED_LEAVE, HospitalStage.UNESCORTED_LEAVE


@pytest.fixture
def order(area: Area, coordinator: Principal) -> HospitalOrder:
    """Of somebody detained from the first, and discharged into the community on 1 October."""
    clock.pretend(TODAY)
    patient = nominal(area, whereabouts=(stay(Whereabouts.HOSPITAL),))
    order = HospitalOrder.objects.create(nominal=patient, section=HospitalSection.HOSPITAL_RESTRICTED)
    for kind, since in ((DETAINED, LONG_AGO), (DISCHARGED, LEFT)):
        record(coordinator, order, kind, since)
    return order


def record(by: Principal, order: HospitalOrder, kind: HospitalStage, since: date, note: str = "") -> OrderStage:
    return set_stage(by=by, today=TODAY, order_id=order.pk, kind=kind, starts_on=since, note=note)


def stages(order: HospitalOrder) -> list[tuple[str, date, date | None]]:
    return list(order.stages.order_by("starts_on").values_list("kind", "starts_on", "ends_on"))


def stays(order: HospitalOrder) -> list[tuple[str, date, date | None]]:
    return list(order.nominal.whereabouts.order_by("starts_on").values_list("kind", "starts_on", "ends_on"))


def last(order: HospitalOrder) -> OrderStage:
    return order.stages.latest("starts_on")


STOOD = [("detained", LONG_AGO, LEFT - DAY), ("conditional_discharge", LEFT, None)]
BEEN = [("hospital", LONG_AGO, LEFT - DAY), ("community", LEFT, None)]


def test_one_of_the_same_day_is_corrected_not_written_over(order: HospitalOrder, coordinator: Principal) -> None:
    for kind, note in ((UNESCORTED, ""), (DISCHARGED, "Lives where directed")):
        with pytest.raises(Refused, match=r"Another stage of this order is recorded from 1 October 2026.*correct.*R85"):
            record(coordinator, order, kind, LEFT, note)
    assert (stages(order), stays(order)) == (STOOD, BEEN)
    # The same sent twice does no harm.
    assert record(coordinator, order, DISCHARGED, LEFT, " ").pk == last(order).pk
    assert (stages(order), stays(order)) == (STOOD, BEEN)


@pytest.mark.parametrize("moved", [LEFT - 3 * DAY, LEFT + 3 * DAY])
def test_its_day_moves_after_where_they_were(order: HospitalOrder, coordinator: Principal, moved: date) -> None:
    about = {"by": coordinator, "today": TODAY, "reason": " Misread "}
    right = Stage(DISCHARGED, moved)
    with pytest.raises(Refused, match=r"They are recorded as .*, and the order would say .*: correct where they were"):
        correct_stage(**about, stage_id=last(order).pk, stage=right)
    assert (stages(order), stays(order)) == (STOOD, BEEN)
    home = order.nominal.whereabouts.latest("starts_on")
    correct_whereabouts(**about, span_id=home.pk, stay=Stay(Whereabouts.COMMUNITY, moved))
    correct_stage(**about, stage_id=last(order).pk, stage=right)
    assert stages(order) == [("detained", LONG_AGO, moved - DAY), ("conditional_discharge", moved, None)]
    assert stays(order) == [("hospital", LONG_AGO, moved - DAY), ("community", moved, None)]
    assert (last(order).corrected_on, last(order).correction) == (TODAY, "Misread")


@pytest.mark.parametrize(
    ("right", "reason", "said"),
    [
        pytest.param(Stage(DISCHARGED, LEFT), "Misread", "what stands recorded", id="nothing differs"),
        pytest.param(Stage(DISCHARGED, LEFT, "Curfew"), " ", "Say why", id="no reason"),
        pytest.param(Stage(DISCHARGED, LONG_AGO), "Misread", "no day left", id="the one before has no day"),
        pytest.param(Stage(DISCHARGED, TODAY + DAY), "Misread", "not ahead", id="ahead"),
        pytest.param(Stage(HospitalStage.COMMUNITY_TREATMENT, LEFT), "Misread", "unrestricted", id="of another order"),
        pytest.param(Stage(ESCORTED, LEFT), "Misread", "“In the community” from 1 October", id="they were at home"),
    ],
)
def test_what_cannot_be_is_refused(
    order: HospitalOrder, coordinator: Principal, right: Stage, reason: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        correct_stage(by=coordinator, today=TODAY, stage_id=last(order).pk, stage=right, reason=reason)
    assert (stages(order), stays(order)) == (STOOD, BEEN)


def test_what_contradicted_before_stands_against_no_correction(order: HospitalOrder, coordinator: Principal) -> None:
    order.nominal.whereabouts.filter(starts_on=LEFT).update(kind=Whereabouts.HOSPITAL)
    correct_stage(
        by=coordinator, today=TODAY, stage_id=last(order).pk, stage=Stage(DISCHARGED, LEFT, "Curfew"), reason="Left out"
    )
    assert last(order).note == "Curfew"


def test_taken_away_the_one_before_goes_on(order: HospitalOrder, coordinator: Principal) -> None:
    about = {"by": coordinator, "today": TODAY, "reason": "Of another"}
    with pytest.raises(
        Refused, match=r"“In the community” from 1 October 2026, and the order would say “Detained, without"
    ):
        take_stage_away(**about, stage_id=last(order).pk)
    take_whereabouts_away(**about, span_id=order.nominal.whereabouts.latest("starts_on").pk)
    take_stage_away(**about, stage_id=last(order).pk)
    assert (stages(order), stays(order)) == ([("detained", LONG_AGO, None)], [("hospital", LONG_AGO, None)])
    take_stage_away(**about, stage_id=last(order).pk)
    assert stages(order) == [], "an order may have no stage"


def test_pages_say_what_stays_and_mark_the_row(order: HospitalOrder, area: Area) -> None:
    client, _ = visitor(area)
    path, tab = f"/stages/{last(order).pk}/correct/", f"/nominals/{order.nominal_id}/circumstances/"
    assert path in client.get(tab).content.decode()
    page = client.get(path)
    home = order.nominal.whereabouts.latest("starts_on")
    assert f'href="/whereabouts/{home.pk}/correct/"' in page.content.decode()
    assert "does not change with this" in text_of(page)
    typed = {"kind": "unescorted_leave", "note": "Two hours", **day("starts_on", LEFT.isoformat()), "reason": "Misread"}
    refused = client.post(path, {**hidden(page), **typed})
    assert refused.status_code == 422
    assert "correct where they were first" in text_of(refused)
    assert "Two hours" in refused.content.decode(), "what was typed stays"
    typed["kind"] = "conditional_discharge"
    assert client.post(path, {**hidden(page), **typed}).headers["Location"] == f"{tab}#orders"
    assert "corrected on 23 November 2026 , because: Misread" in text_of(client.get(tab))
    assert "Misread" in text_of(client.get(f"/nominals/{order.nominal_id}/history/"))
    (listed,) = client.get(f"/api/v1/nominals/{order.nominal_id}/hospital-orders/").json()["results"]
    assert listed["stages"][-1].items() >= {"note": "Two hours", "correction": "Misread"}.items()


def test_a_page_takes_it_away_with_what_goes_on(area: Area, coordinator: Principal) -> None:
    clock.pretend(TODAY)
    patient = nominal(area, whereabouts=(stay(Whereabouts.HOSPITAL),))
    order = HospitalOrder.objects.create(nominal=patient, section=HospitalSection.HOSPITAL_RESTRICTED)
    for kind, since in ((ESCORTED, LONG_AGO), (UNESCORTED, LEFT)):
        record(coordinator, order, kind, since)
    client, _ = visitor(area)
    path = f"/stages/{last(order).pk}/away/"
    page = client.get(path)
    assert "Detained, escorted leave granted, goes on and holds now" in text_of(page)
    assert client.post(path, {**hidden(page), "reason": "Of another"}).status_code == 302
    assert stages(order) == [("escorted_leave", LONG_AGO, None)]
    assert client.get(path).status_code == 404


def test_two_at_once(order: HospitalOrder, area: Area) -> None:
    path = f"/stages/{last(order).pk}/correct/"
    two: list[tuple[Client, Any]] = [(client, client.get(path)) for client, _ in (visitor(area), visitor(area))]
    answers = [
        client.post(
            path,
            {**hidden(page), "kind": "conditional_discharge", **day("starts_on", LEFT.isoformat()), "note": note,
             "reason": "Misread"},
        )
        for (client, page), note in zip(two, ("Curfew", "Tag"), strict=True)
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [302, 409]
    assert all(word in text_of(answers[1]) for word in ("Curfew", "Tag"))
    away = f"/stages/{last(order).pk}/away/"
    page = two[0][0].get(away)
    last(order).order.stages.filter(pk=last(order).pk).update(note="Both")
    answer = two[0][0].post(away, {**hidden(page), "reason": "Of another"})
    assert answer.status_code == 409
    said = text_of(answer)
    assert "It now says: Conditionally discharged from 1 October 2026" in said
    assert "note: Both" in said


def test_of_a_person_of_another_area_is_no_page(order: HospitalOrder) -> None:
    stranger, _ = visitor(AreaFactory.create())
    for page in ("correct", "away"):
        assert stranger.get(f"/stages/{last(order).pk}/{page}/").status_code == 404
