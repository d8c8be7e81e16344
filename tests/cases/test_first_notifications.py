"""First notifications: sent, recorded for an agency, taken over without telling of a record, refused; by API alike."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.access import can, visible, who_can
from agencies.kinds import AgencyKind
from agencies.models import Agency, Area, Membership
from agencies.principal import Principal
from agencies.roles import Perm, Role
from cases.models import FirstNotification, Identification, Nominal
from cases.services.first_notifications import Notified, send_first_notification, take_over_first_notification
from mappa import clock
from pages.conflicts import Conflict
from rules.core import Refused
from rules.vocabulary import FirstNotificationState, GroundKind, Handling
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import TODAY
from tests.factories.referrals import first_notification
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.YOUTH_JUSTICE, name="Northdale Youth Justice")


@pytest.fixture
def sender(area: Area, agency: Agency) -> tuple[Client, Membership]:
    return visitor(area, Role.PRACTITIONER, agency=agency)


@pytest.fixture
def unit(area: Area) -> Client:
    return visitor(area, Role.ADMINISTRATOR)[0]


def said(**more: Any) -> Notified:
    values: dict[str, Any] = {
        "ground": GroundKind.QUALIFYING_DISPOSAL, "offence": "Robbery, two years", "sentenced_on": TODAY - 9 * DAY,
        "notifier": "A case manager", "family_name": "Shale", "born_on": date(2010, 5, 1),
    }  # fmt: skip
    return Notified(**values | more)


def filled(page: Any, **more: str) -> dict[str, str]:
    return {
        **hidden(page), "family_name": "Shale", "given_names": "Toby", **day("born_on", "2010-05-01"),
        "ground": "qualifying_disposal", "offence": "Robbery, two years", "notifier": "A case manager",
        **day("sentenced_on", (TODAY - 9 * DAY).isoformat()), **more,
    }  # fmt: skip


class TestRules:
    @pytest.mark.parametrize(
        ("more", "rule"),
        [
            pytest.param({"born_on": None}, "R1", id="neither birth nor number (R1)"),
            pytest.param({"family_name": ""}, "R1", id="no name (R1)"),
            pytest.param({"sentenced_on": TODAY + DAY}, "R43", id="sentenced tomorrow (R43)"),
            pytest.param({"release_on": TODAY - 10 * DAY}, "R43", id="released before the sentence (R43)"),
            pytest.param({"offence": " "}, "R43", id="no offence (R43)"),
            pytest.param({"nominal_id": 10**9}, "R4", id="nobody found (R4)"),
        ],
    )
    def test_what_lacks_something_is_refused(
        self, agency: Agency, sender: tuple[Client, Membership], more: dict[str, Any], rule: str
    ) -> None:
        by = Principal.for_membership(sender[1], on=TODAY)
        with pytest.raises(Refused, match=rule):
            send_first_notification(by=by, today=TODAY, agency_id=agency.pk, said=said(**more))

    def test_only_kinds_of_the_parameter_and_ones_own_agency(
        self, area: Area, sender: tuple[Client, Membership]
    ) -> None:
        by = Principal.for_membership(sender[1], on=TODAY)
        other = AgencyFactory.create(area=area, kind=AgencyKind.HEALTH_TRUST)
        with pytest.raises(Refused, match="act for"):
            send_first_notification(by=by, today=TODAY, agency_id=other.pk, said=said())
        probation = AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)
        client, membership = visitor(area, Role.PRACTITIONER, agency=probation)
        by = Principal.for_membership(membership, on=TODAY)
        with pytest.raises(Refused, match="do not notify first"):
            send_first_notification(by=by, today=TODAY, agency_id=probation.pk, said=said())
        assert "do not notify first" in text_of(client.get("/first-notifications/"))


class TestAccess:
    def test_a_name_is_the_areas_the_agencys_and_its_senders(
        self, area: Area, agency: Agency, sender: tuple[Client, Membership]
    ) -> None:
        by = Principal.for_membership(sender[1], on=TODAY)
        stored = send_first_notification(by=by, today=TODAY, agency_id=agency.pk, said=said())
        reads = {Role.COORDINATOR, Role.ADMINISTRATOR, Role.SPOC}
        for role in Role:
            if role is Role.SYSTEM:
                continue
            here = MembershipFactory.create(area=area, agency=agency, role=role)
            there = MembershipFactory.create(area=AreaFactory.create(), role=role)
            for membership, expected in ((here, role in reads), (there, False)):
                principal = Principal.for_membership(membership, on=TODAY)
                rows = visible(principal, FirstNotification.objects.all(), Perm.FIRST_NOTIFICATION_VIEW)
                holders = {each.membership_id for each in who_can(Perm.FIRST_NOTIFICATION_VIEW, stored, on=TODAY)}
                assert rows.exists() is expected, role
                assert bool(can(principal, Perm.FIRST_NOTIFICATION_VIEW, stored)) is expected, role
                assert (membership.pk in holders) is expected, role
        assert can(by, Perm.FIRST_NOTIFICATION_VIEW, stored)

    @pytest.mark.parametrize("handling", [Handling.ORDINARY, Handling.RESTRICTED, Handling.CATEGORY_4])
    def test_its_sender_reads_the_same_answer_whatever_the_record_is(
        self, area: Area, agency: Agency, sender: tuple[Client, Membership], handling: Handling
    ) -> None:
        by = Principal.for_membership(sender[1], on=TODAY)
        stored = send_first_notification(by=by, today=TODAY, agency_id=agency.pk, said=said())
        man = make.nominal(area, family_name="Marlstone", handling=handling)
        take_over_first_notification(
            by=make.system(), today=TODAY, notification_id=stored.pk, nominal_id=man.pk, version=1
        )
        page = sender[0].get(f"/first-notifications/{stored.pk}/")
        assert "Taken over" in text_of(page)
        assert "Marlstone" not in page.content.decode()
        assert f"/nominals/{man.pk}/" not in page.content.decode()
        known = Identification.objects.get(nominal=man)
        assert (known.agency, known.sentenced_on, known.known_on) == (agency, TODAY - 9 * DAY, TODAY)

    def test_of_a_hidden_person_the_search_says_what_it_says_of_nobody(
        self, area: Area, sender: tuple[Client, Membership]
    ) -> None:
        make.nominal(area, family_name="Feldspar", handling=Handling.CATEGORY_4)
        form = sender[0].get("/first-notifications/add/")
        texts = {
            text_of(sender[0].post("/first-notifications/add/", filled(form, about=name))).replace(name, "")
            for name in ("Feldspar", "Xyzzyx")
        }
        assert len({text[text.index("There is a problem") :][:300] for text in texts}) == 1


class TestPages:
    def test_sent_by_an_agency_and_opened_as_a_record(
        self, area: Area, sender: tuple[Client, Membership], unit: Client
    ) -> None:
        client = sender[0]
        page = client.post("/first-notifications/add/", filled(client.get("/first-notifications/add/"), crn="X123456"))
        stored = FirstNotification.objects.get()
        url = f"/first-notifications/{stored.pk}/"
        assert page["Location"] == url
        assert (stored.author, stored.notified_on, stored.state) == (sender[1].user, TODAY, "waiting")
        listed = text_of(unit.get("/first-notifications/?state=waiting&time=late"))
        assert "Identified 9 days after sentence; 3 are allowed" in listed
        assert "Shale, Toby" not in text_of(unit.get("/first-notifications/?time=in_time"))
        assert "Open a record" in text_of(unit.get(url))
        assert "Open a record" not in text_of(client.get(url))
        twin = make.nominal(area, family_name="Shale", given_names="Toby", date_of_birth=date(2010, 5, 1))
        form = unit.get(f"{url}open/")
        assert 'value="X123456"' in form.content.decode()
        fields = {
            **hidden(form), "family_name": "Shale", "given_names": "Toby", **day("date_of_birth", "2010-05-01"),
            "sex": "male", "identifier_crn": "X123456",
        }  # fmt: skip
        alike = unit.post(f"{url}open/", fields)
        assert "Is it one of these?" in text_of(alike)
        assert f"{url}link/" in alike.content.decode()
        done = unit.post(
            f"{url}open/", {**fields, "not_one_of_these": "yes", "another_because": "Other parents, other school"}
        )
        new = Nominal.objects.exclude(pk=twin.pk).get()
        assert done["Location"] == f"/nominals/{new.pk}/"
        assert Identification.objects.get().notification == stored
        assert "Opened from first notification" in text_of(visitor(area)[0].get(f"/nominals/{new.pk}/history/"))
        assert "Taken over" in text_of(client.get(url))

    def test_recorded_for_an_agency_linked_and_refused(self, area: Area, agency: Agency, unit: Client) -> None:
        form = unit.get("/first-notifications/add/")
        more = {"agency": str(agency.pk), "received_by": "paper", **day("received_on", (TODAY - 7 * DAY).isoformat())}
        unit.post("/first-notifications/add/", filled(form, **more))
        stored = FirstNotification.objects.get()
        url = f"/first-notifications/{stored.pk}/"
        assert "received on paper and recorded by the unit" in text_of(unit.get(url))
        man = make.nominal(area, family_name="Shale", given_names="Toby")
        link = unit.get(f"{url}link/")
        assert unit.post(f"{url}link/", {**hidden(link), "about": "Shale"})["Location"] == f"/nominals/{man.pk}/"
        again = unit.post(f"{url}refuse/", {**hidden(unit.get(f"{url}refuse/")), "note": "Not ours"})
        assert again.status_code == 422
        assert "It has been answered" in text_of(again)
        other = first_notification(area, agency=agency)
        url = f"/first-notifications/{other.pk}/"
        unit.post(f"{url}refuse/", {**hidden(unit.get(f"{url}refuse/")), "note": "A caution only"})
        spoc = visitor(area, Role.SPOC, agency=agency)[0]
        assert "A caution only" in text_of(spoc.get(url))

    def test_an_agency_corrects_what_was_recorded_for_it(self, area: Area, agency: Agency, unit: Client) -> None:
        stored = first_notification(area, agency=agency)
        spoc = visitor(area, Role.SPOC, agency=agency)[0]
        stranger = visitor(area, Role.SPOC)[0]
        url = f"/first-notifications/{stored.pk}/"
        assert "Correct" in text_of(spoc.get(url))
        assert stranger.get(f"{url}correct/").status_code == 404
        form = spoc.get(f"{url}correct/")
        given = filled(form, offence="Wounding, two years", **day("sentenced_on", TODAY.isoformat()))
        assert "Say why it is corrected" in text_of(spoc.post(f"{url}correct/", given))
        late = given | {"reason": "The wrong day", **day("sentenced_on", (TODAY + DAY).isoformat())}
        assert spoc.post(f"{url}correct/", late).status_code == 422
        assert spoc.post(f"{url}correct/", given | {"reason": "The wrong offence"})["Location"] == url
        stored.refresh_from_db()
        assert (stored.offence, stored.correction, stored.corrected_on) == (
            "Wounding, two years", "The wrong offence", TODAY,
        )  # fmt: skip
        assert (stored.notified_on, stored.received_by) == (TODAY, "paper"), "when and how it came stays"
        assert "The wrong offence" in text_of(unit.get(url))
        unit.post(f"{url}refuse/", {**hidden(unit.get(f"{url}refuse/")), "note": "A caution only"})
        again = spoc.post(f"{url}correct/", {**given, **hidden(spoc.get(f"{url}correct/")), "reason": "Once more"})
        assert "It has been answered" in text_of(again)

    def test_about_somebody_the_sender_found(self, area: Area, agency: Agency, unit: Client) -> None:
        man = make.nominal(area, family_name="Feldspar")
        stored = first_notification(area, man, agency=agency)
        url = f"/first-notifications/{stored.pk}/"
        assert "Take over with this record" in text_of(unit.get(url))
        assert "Open a record" not in text_of(unit.get(url))
        make.nominal(area, family_name="Feldspar", given_names="Olav")
        form = hidden(unit.get(f"{url}link/"))
        assert unit.post(f"{url}link/", {**form, "about": "Feldspar"})["Location"] == f"/nominals/{man.pk}/"
        with pytest.raises(Conflict):
            take_over_first_notification(
                by=make.system(), today=TODAY, notification_id=stored.pk, nominal_id=man.pk, version=1
            )


def test_the_interface_sends_and_lists_by_the_same_twins(
    area: Area, agency: Agency, sender: tuple[Client, Membership]
) -> None:
    url = "/api/v1/first-notifications/"
    body = {
        "family_name": "Shale", "born_on": "2010-05-01", "ground": "qualifying_disposal", "offence": "Robbery",
        "sentenced_on": TODAY.isoformat(), "notifier": "A case manager",
    }  # fmt: skip
    made = sender[0].post(url, body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json() | {"state": FirstNotificationState.WAITING, "late": False, "agency": agency.pk} == made.json()
    refused = sender[0].post(url, {**body, "born_on": None}, content_type="application/json")
    assert (refused.status_code, refused.json()["reasons"][0]["rule"]) == (409, "R1")
    assert sender[0].get(url).json()["count"] == 1
    assert visitor(area, Role.VLO)[0].get(url).status_code == 403
