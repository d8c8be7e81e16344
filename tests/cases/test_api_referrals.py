"""Referrals by the machine interface: the way of the pages, with the same services, twins and refusals."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Area, Membership
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import PanelVote, Referral
from cases.services.advice import record_advice
from cases.services.panel import name_seat
from mappa import clock
from rules.vocabulary import AdviceOutcome, Handling, Level, ReferralState, ReferralVerb, Vote
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.referrals import COMPLETE, referral
from tests.factories.visits import visitor

DAY = timedelta(days=1)
HERE = "/api/v1/referrals/"
TEXTS = {name: value for name, value in COMPLETE.items() if name not in ("endorsed_by", "received_on")}


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def unit(area: Area) -> tuple[Client, Membership]:
    return visitor(area)


def send(client: Client, path: str, method: str = "post", **said: Any) -> Any:
    return getattr(client, method)(f"{HERE}{path}", said, content_type="application/json")


def rules(response: Any) -> set[str]:
    """Of a refusal: which rules it cites."""
    assert response.status_code == 409, response.content
    return {reason["rule"] for reason in response.json()["reasons"]}


def test_the_way_of_a_referral(area: Area, unit: tuple[Client, Membership]) -> None:
    """Begun, written, endorsed, returned, sent again, voted on, accepted: each refused before its time (R44, R46)."""
    agency = AgencyFactory.create(area=area)
    author, _ = visitor(area, Role.SPOC, agency=agency)
    manager, endorser = visitor(area, Role.SPOC, agency=agency, manages=True)
    coordinator, member = unit
    panel = [visitor(area, Role.PANEL_MEMBER) for _ in range(3)]
    by = Principal.for_membership(member, on=TODAY)
    for _, seat in panel:
        name_seat(by=by, today=TODAY, area_id=area.pk, member_id=seat.user_id, starts_on=TODAY)

    begun = send(author, "", agency=agency.pk, family_name="Shale")
    assert (begun.status_code, begun.json()["state"]) == (201, "draft")
    one = f"{begun.json()['id']}/"
    assert {client.get(HERE + one).status_code for client in (coordinator, panel[0][0], manager)} == {404, 200}
    assert coordinator.get(HERE).json()["count"] == 0
    ask = {"verb": "ask_endorsement", "endorser": endorser.user_id}
    assert rules(send(author, f"{one}changes/", **ask)) == {"R33", "R44"}
    written = send(author, one, "patch", **TEXTS, version=1)
    assert (written.status_code, written.json()["plan"]) == (200, TEXTS["plan"])
    assert send(author, one, "patch", plan="Older", version=1).json()["title"] == "Changed meanwhile"
    risky = send(author, one, "patch", risk_children="very_high", version=2).json()
    assert risky["risk_level"] == "very_high", "worked out, as on the page"
    assert rules(send(author, one, "patch", risk_level="low", version=3)) == {"R44"}
    assert send(author, f"{one}changes/", **ask).json()["state"] == "awaiting_endorsement"
    assert rules(send(author, f"{one}changes/", verb="endorse")) == {"R44"}
    assert send(manager, f"{one}changes/", verb="endorse").json()["state"] == "submitted"
    assert rules(send(panel[0][0], f"{one}votes/", vote="decline", reasons="Nothing to plan for")) == {"R46"}
    assert send(coordinator, f"{one}changes/", verb="return", note="Who is at risk?").json()["state"] == "returned"
    assert rules(send(coordinator, f"{one}changes/", verb="take_to_panel")) == {"R45"}
    assert rules(send(coordinator, f"{one}changes/", verb="register")) == {"R44"}
    send(author, f"{one}changes/", **ask)
    send(manager, f"{one}changes/", verb="endorse")
    assert send(panel[0][0], f"{one}changes/", verb="take_to_panel").status_code == 403
    assert send(coordinator, f"{one}changes/", verb="take_to_panel").json()["state"] == "under_panel"
    waiting = panel[0][0].get(f"{HERE}?waiting=my_vote&state=under_panel&received_from={TODAY}").json()["results"]
    assert [row["id"] for row in waiting] == [begun.json()["id"]]
    for client, _ in panel[:2]:
        cast = send(client, f"{one}votes/", vote=Vote.DECLINE.value, reasons="Nothing to plan for")
        assert cast.status_code == 201
    assert rules(send(coordinator, f"{one}changes/", verb="accept", level="2")) == {"R46"}
    decline = {"verb": "decline", "reason": "no_value", "text": "Nothing is gained by it"}
    assert rules(send(coordinator, f"{one}changes/", **decline)) == {"R48"}
    declined = send(coordinator, f"{one}changes/", **decline, route="Head of the unit").json()
    assert (declined["state"], declined["decided_on"]) == ("declined", TODAY.isoformat())
    assert rules(send(author, f"{one}changes/", verb="withdraw", note="Too late")) == {"R45"}
    done = [row["verb"] for row in author.get(f"{HERE}{one}changes/").json()]
    assert done == [
        "ask_endorsement", "endorse", "return", "ask_endorsement", "endorse", "take_to_panel", "decline",
    ]  # fmt: skip
    assert PanelVote.objects.count() == 2


def test_a_tie_is_accepted_with_a_note_and_a_document_comes_again(area: Area, unit: tuple[Client, Membership]) -> None:
    levels = (at_level(Level.ONE, TODAY - 400 * DAY),)
    man = make.nominal(area, grounds=(make.qualifying(TODAY - 400 * DAY),), levels=levels)
    stored = referral(area, man, ReferralState.RETURNED)
    again = send(unit[0], f"{stored.pk}/changes/", verb=ReferralVerb.REGISTER.value, version=stored.version)
    assert again.json()["state"] == "submitted"
    assert send(unit[0], f"{stored.pk}/changes/", verb="return", version=1).json()["title"] == "Changed meanwhile"
    Referral.objects.filter(pk=stored.pk).update(state=ReferralState.UNDER_PANEL)
    said = {"verb": "accept", "level": "2"}
    assert rules(send(unit[0], f"{stored.pk}/changes/", **said)) == {"R46"}
    accepted = send(unit[0], f"{stored.pk}/changes/", **said, note="Head of the unit: risk is high").json()
    assert (accepted["state"], accepted["level_given"]) == ("accepted", "2")


def test_a_document_is_registered_linked_voted_on_by_phone_and_its_referrer_told(
    area: Area, unit: tuple[Client, Membership]
) -> None:
    coordinator, member = unit
    by = Principal.for_membership(member, on=TODAY)
    panel = [visitor(area, Role.PANEL_MEMBER) for _ in range(3)]
    for _, seat in panel:
        name_seat(by=by, today=TODAY, area_id=area.pk, member_id=seat.user_id, starts_on=TODAY)
    said = {"agency": AgencyFactory.create(area=area).pk, "family_name": "Shale", "referrer": "Priya Dunnock",
            "received_on": TODAY.isoformat(), "category": "2", "level_asked": "2"}  # fmt: skip
    assert set(send(coordinator, "received/", family_name="Shale").json()["errors"]) >= {"agency", "received_on"}
    assert send(panel[0][0], "received/", **said).status_code == 403
    advice = record_advice(
        by=by, today=TODAY, area_id=area.pk, given_on=TODAY, asked_by="Priya Dunnock", agency_id=said["agency"],
        said="Refer them", outcome=AdviceOutcome.REFER,
    )  # fmt: skip
    assert rules(send(coordinator, "received/", **said, advice=advice.pk + 1)) == {"R45"}
    begun = send(coordinator, "received/", **said, advice=advice.pk)
    assert (begun.status_code, begun.json()["state"]) == (201, "submitted")
    assert Referral.objects.get().from_advice == advice
    one = f"{begun.json()['id']}/"
    man, hidden = make.nominal(area), make.nominal(area, handling=Handling.CATEGORY_4)
    for absent in (hidden.pk, hidden.pk + 1000):
        assert send(coordinator, f"{one}link/", nominal=absent).json()["errors"] == {
            "nominal": ["There is no such record."]
        }
    assert send(coordinator, f"{one}link/", nominal=man.pk).json()["nominal"] == man.pk
    assert rules(send(coordinator, f"{one}link/", nominal=man.pk)) == {"R44"}
    assert send(coordinator, f"{one}changes/", verb="take_to_panel", note="Read out").json()["state"] == "under_panel"
    for _, seat in panel[:2]:
        spoken = {"voter": seat.user_id, "vote": "decline", "reasons": "Nothing to plan for"}
        assert send(panel[2][0], f"{one}member-votes/", **spoken).status_code == 403
        assert send(coordinator, f"{one}member-votes/", **spoken).json()["recorded_for_them"] is True
    assert rules(send(coordinator, f"{one}told/", told_on=TODAY.isoformat())) == {"R48"}
    decline = {"verb": "decline", "reason": "no_value", "text": "Nothing is gained by it", "route": "Head of unit"}
    send(coordinator, f"{one}changes/", **decline)
    assert send(coordinator, f"{one}told/", told_on=TODAY.isoformat()).json()["told_on"] == TODAY.isoformat()


def test_what_is_hidden_is_absent_and_what_is_faulty_is_named(area: Area, unit: tuple[Client, Membership]) -> None:
    hidden = referral(area, make.nominal(area, handling=Handling.CATEGORY_4))
    closed = referral(area, make.nominal(area, handling=Handling.RESTRICTED))
    shown = referral(area)
    for part in ("", "changes/"):
        assert unit[0].get(f"{HERE}{hidden.pk}/{part}").status_code == 404
        assert unit[0].get(f"{HERE}{closed.pk}/{part}").json()["title"] == "Restricted record"
    assert send(unit[0], f"{hidden.pk}/changes/", verb="return", note="Why?").status_code == 404
    assert [row["id"] for row in unit[0].get(HERE).json()["results"]] == [shown.pk]
    for query in ("state=gone", "family_name=Shale", "received_from=soon"):
        assert set(unit[0].get(f"{HERE}?{query}").json()["errors"]) == {query.partition("=")[0]}
    for said, wrong in (({"verb": "burn"}, "verb"), ({"verb": "accept"}, "level"), ({"verb": "decline"}, "reason")):
        assert set(send(unit[0], f"{shown.pk}/changes/", **said).json()["errors"]) == {wrong}
    assert rules(send(unit[0], "", agency=shown.agency_id, nominal=hidden.nominal_id)) == {"R4"}


def test_is_described(unit: tuple[Client, Membership]) -> None:
    described = unit[0].get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()["paths"]
    assert {path.removeprefix(HERE): set(each) & {"get", "post", "patch"} for path, each in described.items()
            if path.startswith(HERE)} == {
        "": {"get", "post"}, "{id}/": {"get", "patch"}, "{id}/changes/": {"get", "post"}, "{id}/votes/": {"post"},
        "received/": {"post"}, "{id}/member-votes/": {"post"}, "{id}/link/": {"post"}, "{id}/told/": {"post"},
    }  # fmt: skip
    assert {each["name"] for each in described[HERE]["get"]["parameters"]} >= {"waiting", "received_from", "state"}
