import re
from datetime import timedelta

import pytest
from django.test import Client

from agencies.models import Area
from agencies.roles import Perm, Role, roles_with
from audit.reads import access_by_user
from cases.records import LeadAgencyRecord
from mappa import clock
from rules.vocabulary import Handling, Level, Whereabouts
from tests.factories.agencies import AgencyFactory, AreaFactory, PanelAreaFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, notification, other_dangerous, qualifying, stay
from tests.factories.visits import queries, text_of, visitor


@pytest.fixture
def client(area: Area) -> Client:
    clock.pretend(TODAY)
    return visitor(area)[0]


def names(client: Client, **asked: object) -> list[str]:
    """The surnames the register shows, in its order."""
    page = client.get("/nominals/", asked).content.decode()
    return re.findall(r'href="/nominals/\d+/">([^,<]+),', page)


@pytest.fixture
def register(area: Area) -> Area:
    nominal(area, family_name="Agate")
    nominal(
        area,
        family_name="Basalt",
        grounds=(qualifying(LONG_AGO, TODAY + timedelta(days=28)),),
        levels=(),
        whereabouts=(stay(Whereabouts.CUSTODY),),
    )
    nominal(area, family_name="Chert", grounds=(other_dangerous(),), levels=(at_level(Level.TWO),))
    nominal(area, family_name="Dolomite", grounds=(notification(LONG_AGO, TODAY - timedelta(days=1)),))
    nominal(area, family_name="Gypsum", handling=Handling.CATEGORY_4)
    nominal(area, family_name="Ochre", handling=Handling.RESTRICTED)
    return area


def test_derived_facts_lead_to_their_reasons(client: Client, area: Area) -> None:
    """From the register and from what a search finds; each link says what it is about, and the part is there."""
    agate = nominal(area, family_name="Agate")
    found = client.post("/search/", {"text": "Agate"}).content.decode()
    for page in (client.get("/nominals/").content.decode(), found):
        links = re.findall(r'href="(/nominals/\d+/#status)">Why\?<span class="govuk-visually-hidden"> ([^<]+)<', page)
        assert links
        assert {href for href, _ in links} == {f"/nominals/{agate.pk}/#status"}
        assert all(agate.name in about for _, about in links)
    assert 'id="status"' in client.get(f"/nominals/{agate.pk}/").content.decode()


@pytest.mark.usefixtures("register")
class TestRegister:
    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            pytest.param({}, ["Agate", "Basalt", "Chert"], id="under MAPPA today, by name"),
            pytest.param({"status": "everyone"}, ["Agate", "Basalt", "Chert", "Dolomite"], id="everyone on record"),
            pytest.param({"category": ["2", "3"]}, ["Basalt", "Chert"], id="by category, derived"),
            pytest.param({"level": "not_set"}, ["Basalt"], id="by level"),
            pytest.param({"where": "custody"}, ["Basalt"], id="by whereabouts"),
            pytest.param({"ends": "soon"}, ["Basalt"], id="a ground ends on the 28th day"),
            pytest.param({"sort": "-name"}, ["Chert", "Basalt", "Agate"], id="turned round"),
            pytest.param({"sort": "category"}, ["Agate", "Basalt", "Chert"], id="by category"),
            pytest.param(
                {"category": "9", "sort": "nonsense"}, ["Agate", "Basalt", "Chert"], id="nonsense is left out"
            ),
        ],
    )
    def test_shows(self, client: Client, asked: dict[str, str], shown: list[str]) -> None:
        assert names(client, **asked) == shown

    @pytest.mark.parametrize("role", roles_with(Perm.NOMINAL_VIEW))
    def test_what_is_written_once_is_the_list_put_together_anew(self, area: Area, role: Role) -> None:
        """As it is opened, by the text; in the same order said aloud, by the rows that the role may see."""
        clock.pretend(TODAY)
        client, member = visitor(area, role)
        leads = (LeadAgencyRecord(member.agency_id, LONG_AGO),)
        nominal(area, family_name="Flint", lead_agencies=leads)
        nominal(area, family_name="Felsite", handling=Handling.RESTRICTED, lead_agencies=leads)
        pages = [client.get("/nominals/", asked) for asked in ({}, {"sort": "name"})]
        usual, anew = (page.context["found"] for page in pages)
        assert [row.pk for row in usual.rows] == [row.pk for row in anew.rows]
        assert usual.rows or role is not Role.COORDINATOR
        assert (usual.total, usual.pages, usual.first, usual.last) == (anew.total, anew.pages, anew.first, anew.last)

    def test_by_panel_area_and_lead_agency(self, area: Area, client: Client) -> None:
        panel, agency = PanelAreaFactory(area=area), AgencyFactory(area=area)
        nominal(
            area,
            family_name="Flint",
            panel_area_id=panel.pk,
            lead_agencies=(LeadAgencyRecord(agency.pk, LONG_AGO),),
        )
        assert names(client, panel=panel.pk) == ["Flint"]
        assert names(client, lead=agency.pk) == ["Flint"]

    def test_a_role_in_another_area_sees_none_of_them(self) -> None:
        clock.pretend(TODAY)
        assert "Nobody is on the register yet" in text_of(visitor(AreaFactory())[0].get("/nominals/"))

    def test_an_administrator_may_add_but_a_reviewer_is_not_asked(self, area: Area, client: Client) -> None:
        assert 'href="/nominals/add/"' in client.get("/nominals/").content.decode()
        assert 'href="/nominals/add/"' not in visitor(area, Role.REVIEWER)[0].get("/nominals/").content.decode()

    def test_everyone_shown_is_in_the_access_row(self, area: Area) -> None:
        clock.pretend(TODAY)
        client, membership = visitor(area)
        page = client.get("/nominals/").content.decode()
        row = access_by_user(principal_for(membership, on=TODAY), membership.user_id, size=1)[0]
        shown = {int(part.split("/")[0]) for part in page.split('href="/nominals/')[1:] if part[0].isdigit()}
        assert row.kind == "list"
        assert set(row.root_ids) == shown != set()


def test_costs_the_same_for_one_and_for_three(area: Area, client: Client) -> None:
    counts = []
    for _ in range(2):
        nominal(area, family_name="Slate", identifiers=())
        client.get("/nominals/")
        with queries() as asked:
            client.get("/nominals/")
        counts.append(len(asked))
        nominal(area, family_name="Shale")
    assert counts[0] == counts[1]


def test_pages_of_25(area: Area, client: Client) -> None:
    for number in range(26):
        nominal(area, family_name=f"Marl{number:02d}")
    assert len(names(client)) == 25
    assert names(client, page=2) == ["Marl25"]
