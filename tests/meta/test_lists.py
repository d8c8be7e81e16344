"""Every list and search, found by its base: as many queries for three rows as for one."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership, PlannedHandOver, User
from agencies.principal import Principal
from agencies.roles import Perm, Role
from agencies.services.oversight import review_looks
from cases.models import Identification
from cases.records import (
    AliasRecord,
    KeyDateRecord,
    LeadAgencyRecord,
    MeetingRecord,
    NamedOfficerRecord,
    PersonRecord,
)
from exchange.models import Extract, ExtractRow
from exchange.words import Outcome
from letters.states import State
from mappa import clock
from meetings.models import Action, PanelAgency, Room
from pages.dates import MONTHS
from pages.drawn_list import DrawnList
from pages.exports import ExportedList
from pages.listing import ListPage, SearchPage
from rules.vocabulary import AnomalyKind, KeyDateKind, Level
from tests.factories import lists as factory
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, MembershipFactory, PanelAreaFactory, UserFactory, sign_in
from tests.factories.cases import LONG_AGO, at_level, people, person, pnc, qualifying
from tests.factories.letters import message_to
from tests.factories.referrals import first_notification, referral

from .addresses import Address, guarded
from .walking import body
from .world import GIVEN_NAMES, store_advice

pytestmark = pytest.mark.django_db

SURNAMES = ("Quartzfield", "Marlstone", "Flintwick")
# What a list is: rows of a model, or lines drawn from several.
GOING_OUT = (ListPage, DrawnList)
# What each search is asked for, so that it finds everybody of the test's world.
SEARCHES = {"search": {"text": GIVEN_NAMES}, "user-search": {"text": GIVEN_NAMES}, "log-search": {"text": GIVEN_NAMES}}
# The same by the machine interface, whose searches have no base of their own.
SEARCHES["api-search"] = {"text": GIVEN_NAMES}
# Pages that show a number of people though they are no ListPage.
ALSO = (
    "today",
    "api-ground-list",
    "api-level-list",
    "api-whereabouts-list",
    "api-address-list",
    "api-lead-agency-list",
    "api-named-officer-list",
    "api-handling-list",
    "api-participation-list",
    "api-personal-grant-list",
    "api-exclusion-list",
    "api-key-date-list",
    "api-hospital-order-list",
    "api-connected-person-list",
    "api-process-list",
    "api-warning-list",
    "api-screening-list",
    "api-level-1-review-list",
    "api-action-list",
    "api-first-notification-list",
    "api-referral-list",
    "api-panel-list",
    "api-sitting-list",
    "api-slot-list",
)
# Lists that show no person.
OF_OTHER_THINGS = (
    "extract-list",
    "level-1-switches",
    "outbox",
    "panel-seats",
    "referral-numbers",
    "replies",
    "sittings",
)
# Lists of people in another standing than those below: each has its own test of the cost, as named here.
OTHERS = {
    **dict.fromkeys(("not-screened", "to-threshold"), "tests/cases/test_screening.py::test_a_list_costs_the_same"),
    "dates-ahead": "tests/cases/test_pages_worklists.py::test_a_worklist_costs_the_same",
    "doubles": "tests/exchange/test_drawn_exports.py::test_pairs_cost_the_same",
    "hidden-doubles": "tests/cases/test_hidden_doubles.py::test_it_costs_the_same_for_one_and_for_three",
    **dict.fromkeys(
        ("api-doubles", "api-nominal-doubles", "api-told-apart"),
        "tests/cases/test_api_doubles.py::test_each_list_costs_the_same",
    ),
    "looks": "tests/desk/test_oversight.py::TestLooks",
    "levels-not-set": "tests/cases/test_pages_worklists.py::test_a_worklist_costs_the_same",
    "brought-forward": "tests/cases/test_pages_worklists.py::test_a_worklist_costs_the_same",
    **dict.fromkeys(
        (f"{log}-log{whose}" for log in ("access", "change") for whose in ("", "-nominal", "-user")),
        "tests/desk/test_oversight.py::TestAccessLog::test_costs_the_same_for_one_row_and_for_many",
    ),
}


def lists() -> list[Address]:
    return [
        address
        for address in guarded()
        if issubclass(address.view, GOING_OUT)
        or (address.is_interface and address.actions.get("get") == "list")
        or address.name in ALSO
    ]


def searches() -> list[Address]:
    return [address for address in guarded() if issubclass(address.view, SearchPage) or address.name == "api-search"]


@pytest.fixture
def member(request: pytest.FixtureRequest) -> Membership:
    """A coordinator; for lists about accounts and the like, a system administrator; for logs, who reads them."""
    given = request.node.callspec.params.get("address") if hasattr(request.node, "callspec") else None
    if given and getattr(given.view, "permission", None) is Perm.LOGS_VIEW:
        return MembershipFactory.create(role=Role.INFORMATION_GOVERNANCE)
    return MembershipFactory.create(
        role=Role.SYSTEM_ADMINISTRATOR if given and of_settings(given) else Role.COORDINATOR
    )


@pytest.fixture
def browser(member: Membership, client: Client) -> Client:
    sign_in(client, member.user, acting=member)
    return client


def of_settings(address: Address) -> bool:
    permission = getattr(address.view, "permission", None)
    return permission in (Perm.SETTINGS_VIEW, Perm.LETTERS_SETTLE)


def add(member: Membership, *numbers: int) -> list[int]:
    """People to list: managed ones for who reads records, colleagues for who administers accounts, both for logs."""
    if member.role == Role.INFORMATION_GOVERNANCE:
        # What the member changed comes last, so that the first page of a log holds it.
        found = add_nominals(member, *numbers)
        for number in numbers:
            reviewed(member, colleague(member, number))
        return found
    if member.role == Role.SYSTEM_ADMINISTRATOR:
        return [colleague(member, number).pk for number in numbers]
    return add_nominals(member, *numbers)


def colleague(member: Membership, number: int) -> User:
    """Somebody with an account, two roles and another agency."""
    user = UserFactory.create(given_name=GIVEN_NAMES, family_name=SURNAMES[number])
    for role in (Role.SPOC, Role.CHAIR):
        MembershipFactory.create(user=user, area=member.area, role=role)
    message_to(user, State.MAYBE_SENT, settled_at=clock.now())
    PlannedHandOver.objects.create(
        leaver=user, agency=AgencyFactory.create(area=member.area), role=Role.CHAIR, area=member.area,
        to=UserFactory.create(), happens_on=clock.today() + timedelta(days=9),
    )  # fmt: skip
    return user


def reviewed(member: Membership, user: User) -> None:
    """Something that the member changed."""
    by, kinds = Principal.for_membership(member, on=clock.today()), [AnomalyKind.MANY]
    review_looks(by=by, area_id=member.area_id, user_id=user.pk, day=clock.today(), kinds=kinds, reason="Asked")


def add_nominals(member: Membership, *numbers: int) -> list[int]:
    """People with something in every column and every child table; each with their own agency and panel area."""
    records: list[PersonRecord] = []
    for number in numbers:
        agency = AgencyFactory.create(area=member.area, name=f"Agency of {SURNAMES[number]}")
        officer = MembershipFactory.create(area=member.area, agency=agency)
        records.append(
            person(
                member.area,
                family_name=SURNAMES[number],
                given_names=GIVEN_NAMES,
                panel_area_id=PanelAreaFactory.create(area=member.area).pk,
                identifiers=(pnc(number + 1),),
                aliases=(AliasRecord(f"{SURNAMES[number]}son"),),
                grounds=(qualifying(),),
                levels=(at_level(Level.TWO),),
                lead_agencies=(LeadAgencyRecord(agency.pk, LONG_AGO),),
                named_officers=(NamedOfficerRecord(officer.user_id, agency.pk, LONG_AGO),),
                key_dates=(KeyDateRecord(KeyDateKind.PAROLE_HEARING, clock.today()),),
                meetings=(MeetingRecord(LONG_AGO, Level.TWO),),
            )
        )
    stored = people(*records, today=clock.today())
    for nominal in stored:
        agency = nominal.lead_agencies.get().agency
        Action.objects.create(
            nominal=nominal, number=1, agency=agency, what="Visit", given_on=LONG_AGO, due_on=clock.today()
        )
        store_advice(member.area, nominal)
        referral(member.area, nominal)
        first_notification(member.area, nominal)
        Identification.objects.create(nominal=nominal, agency=agency, sentenced_on=LONG_AGO, known_on=clock.today())
        panel = plan.panel(member.area, f"Panel of {nominal.family_name}")
        PanelAgency.objects.create(panel=panel, agency=agency, starts_on=LONG_AGO)
        chair = UserFactory.create(family_name=nominal.family_name)
        held = plan.sitting(member.area, panel, chair=chair, starts_at=ahead())
        Room.objects.create(area=member.area, name=f"Room of {nominal.family_name}")
        plan.invitation(plan.slot(nominal, held), agency)
        plan.reply(held, UserFactory.create())
        factory.extract_row(listed(member), Outcome.CHANGED, nominal=nominal, family_name=nominal.family_name)
    return [nominal.pk for nominal in stored]


def ahead() -> datetime:
    """An hour of a day to come."""
    return plan.at(10, on=clock.today() + timedelta(days=14))


def listed(member: Membership) -> Extract:
    """The agency's list on which everybody of the test's world is."""
    return Extract.objects.filter(area=member.area).first() or factory.extract(member.area, membership=member)


def url_of(address: Address, member: Membership, nominal_id: int) -> str:
    """The address of the list: below a person, or below an agency's list."""
    pk = listed(member).pk if getattr(address.view, "model", None) is ExtractRow else nominal_id
    return address.url(**{holder: member.user_id if holder == "user_pk" else pk for holder in address.holders})


def cost(browser: Client, method: str, url: str, data: Any = None, **sent: Any) -> tuple[int, str]:
    """Queries of a second visit, when sessions and content types are known, and what was shown."""
    ask = getattr(browser, method)
    ask(url, data, **sent)
    with CaptureQueriesContext(connection) as queries:
        response = ask(url, data, **sent)
    assert response.status_code == 200, url
    return len(queries), body(response)


@pytest.mark.parametrize("address", lists(), ids=lambda address: address.name)
def test_a_list_costs_the_same_for_one_row_and_for_three(address: Address, browser: Client, member: Membership) -> None:
    (first,) = add(member, 0)
    url = url_of(address, member, first)
    one, text = cost(browser, "get", url)
    add(member, 1, 2)
    three, more = cost(browser, "get", url)
    assert three == one, f"{address.name}: {one} queries for one person, {three} for three"
    if address.name not in (*ALSO, *OF_OTHER_THINGS, *OTHERS):
        assert SURNAMES[0] in text
        assert all(surname in more for surname in SURNAMES)


@pytest.mark.parametrize("address", searches(), ids=lambda address: address.name)
def test_a_search_costs_the_same_for_one_hit_and_for_three(
    address: Address, browser: Client, member: Membership
) -> None:
    assert address.name in SEARCHES, "Say in SEARCHES what finds everybody."
    sent = {"content_type": "application/json"} if address.is_interface else {}
    add(member, 0)
    one, text = cost(browser, "post", address.url(), SEARCHES[address.name], **sent)
    add(member, 1, 2)
    three, more = cost(browser, "post", address.url(), SEARCHES[address.name], **sent)
    assert SURNAMES[0] in text
    assert all(surname in more for surname in SURNAMES)
    assert three == one, f"{address.name}: {one} queries for one hit, {three} for three"


@pytest.mark.parametrize(
    "address",
    [each for each in lists() if issubclass(each.view, ListPage) and each.name not in OTHERS],
    ids=lambda address: address.name,
)
def test_every_filter_and_order_of_every_list_holds_the_cost(
    address: Address, browser: Client, member: Membership
) -> None:
    """No filter or order brings in a query a row."""
    first, *_ = add(member, 0, 1, 2)
    url = url_of(address, member, first)
    view: Any = address.view
    plain, _ = cost(browser, "get", url)
    for sort in view.listing.sorts:
        for wanted in (sort.name, f"-{sort.name}"):
            ordered, text = cost(browser, "get", url, {"sort": wanted})
            assert ordered == plain, f"{address.name} by {wanted}"
            assert address.name in OF_OTHER_THINGS or all(surname in text for surname in SURNAMES)


@pytest.mark.parametrize(
    "address", [each for each in lists() if issubclass(each.view, GOING_OUT)], ids=lambda address: address.name
)
def test_every_list_can_be_taken_out_as_a_file_or_says_why_not(address: Address, member: Membership) -> None:
    """Under its headings stand its cells: what a phone shows beside each cell is the heading that the file has."""
    view: Any = address.view
    if view.not_exported:
        return
    (first, *_) = add(member, 0, 1, 2)
    by = Principal.for_membership(member, on=clock.today())
    found = ExportedList(url_of(address, member, first), by)
    assert [column.label for column in found.columns], "declare the columns of the list"
    lines = [line for batch in found.batches() for line in batch.lines]
    assert len(lines) == found.total
    assert {line.labels for line in lines} <= {tuple(column.label for column in found.columns)}, "cells name headings"
    said = [(label, value) for line in lines for label, value in zip(line.labels, line.values, strict=True)]
    raw = {label for label, value in said if isinstance(value, str) and DAY_AS_TEXT.match(value)}
    assert not raw, "draw it in a <time>; what stands beside it goes to a column of its own (Column.beside)"
    texts = [" ".join(str(value) for value in line.values) for line in lines]
    for surname in SURNAMES if address.name not in (*OF_OTHER_THINGS, *OTHERS) else ():
        assert sum(surname in text for text in texts) == 1, "a line for each row"


DAY_AS_TEXT = re.compile(rf"(?:[A-Z][a-z]+day )?\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}\b|\d{{4}}-\d\d-\d\d")
ROWS = re.compile(r"<(?:c-table|table|tbody)\b.*?</(?:c-table|table|tbody)>|{% table .*?{% endtable %}", re.DOTALL)


def with_included(template: str) -> Iterator[str]:
    """The text of a template, and of those that it includes by name."""
    text = (settings.BASE_DIR / "templates" / template).read_text()
    yield text
    for included in re.findall(r'{% include "([^"]+)"', text):
        yield from with_included(included)


def draws_rows(address: Address) -> bool:
    """The page is about no one record, and its template draws rows of a table, one after the other."""
    view: Any = address.view
    of_one = bool(address.holders) and getattr(view, "model", None) is not None
    if of_one or not view.template_name:
        return False
    tables = [table for text in with_included(view.template_name) for table in ROWS.findall(text)]
    return any("{% for" in table or "{% include" in table for table in tables)


def test_no_page_with_a_table_of_rows_is_forgotten() -> None:
    """Such a page is a list or a search that goes out as a file, or says why it does not; of a record's own tables goes
    the printed copy."""
    found = {each.view: each.name for each in guarded() if each.is_page and draws_rows(each)}
    forgotten = [
        name
        for view, name in found.items()
        if not (issubclass(view, GOING_OUT) or getattr(view, "found_columns", ()) or view.not_exported)
    ]
    assert forgotten == [], "make it a DrawnList, or say in not_exported why it stays here"
