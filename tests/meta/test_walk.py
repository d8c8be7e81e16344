"""Every address, walked by everybody, by GET and by POST, against the table of roles and the oracle.

What is expected comes from ``agencies.roles.TABLE``, from the permission each view names, and from the oracle of
``tests/agencies``: not from the engine. A new address is walked by itself; one whose place holders the walk does not
know, or that is not made of our bases and stands in no table here, fails.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from agencies import sessions
from agencies.roles import Perm
from pages.base import Anyone, GuardedView
from pages.drf import Throttle

from .addresses import Address, addresses, guarded, unguarded
from .conftest import Standing
from .walking import (
    CHOOSE_ROLE,
    GET,
    POST,
    SIGN_IN,
    Expected,
    about_a_record,
    about_settings,
    ask,
    body,
    expected,
    let_in,
    method_is_known,
    permission_of,
    values_of,
    without_chance,
)
from .world import ALIASES, CLEARED, GIVEN_NAMES, MISSING, NOBODY, ROLELESS, SURNAMES, WALKERS, Person, WalkWorld, build

pytestmark = pytest.mark.django_db

KINDS = (*SURNAMES, MISSING)
IN_A_ROLE = tuple(name for name in WALKERS if name not in (NOBODY, ROLELESS))
LISTS = ("register", "api-nominal-list")
# Pages that name whom a referral is about, as the list of them does: for whoever reads referrals.
ABOUT_REFERRALS = frozenset({"ReferralList", "ReferralPage", "ReferralVote"})
NOT_FOUND = Expected.of(404)
# Of which records a walker asks at an address by a method.
Round = dict[tuple[str, str, str], list[str]]
SEARCH = "/search/"
SECOND_FACTOR = "/account/second-factor/"
NONSENSE = ("abc", "-1", "1.5", "%00")
STRANGERS = (NOBODY, ROLELESS, "smb_member")
OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")


@pytest.fixture(scope="module")
def built(standing: Standing) -> Iterator[WalkWorld]:
    with standing(build) as found:
        yield found


@pytest.fixture(scope="module")
def round_(built: WalkWorld) -> Round:
    return shared_out(built)


@pytest.fixture
def world(built: WalkWorld, db: None) -> WalkWorld:
    """The one world. What a test stores besides, and who knows its ids, is the test's own."""
    return replace(built, rows=dict(built.rows))


def answers_of(world: WalkWorld, address: Address, person: Person, method: str) -> dict[str, Expected]:
    """What this person gets for each kind of record. Where the role alone decides, two will do: the widest open record
    and one that does not exist."""
    kinds: tuple[str, ...] = KINDS
    permission = permission_of(address, method)
    if not about_a_record(address):
        kinds = (MISSING,)
    elif about_settings(address) or (isinstance(permission, Perm) and not person.has(permission)):
        kinds = ("readable", MISSING)
    return {kind: expected(world, person, address, kind, method) for kind in kinds}


def shared_out(world: WalkWorld) -> Round:
    """Which records each walker asks for at each address, by each method.

    Everybody asks for one record of each answer they get, and by GET, where one is hidden, for one that does not exist,
    with which the answer is compared. Whom of several that get the same answer they ask for goes round; what nobody has
    come to is added by GET, so that every kind of record that is closed to anybody is asked for at every address.
    """
    found: Round = {}
    for address in guarded():
        for method in (GET, POST):
            asked: Counter[tuple[str, Expected]] = Counter()
            closed: dict[tuple[str, Expected], str] = {}
            for name, person in world.people.items():
                groups: dict[Expected, list[str]] = {}
                for kind, answer in answers_of(world, address, person, method).items():
                    groups.setdefault(answer, []).append(kind)
                    if kind != MISSING and method == GET and answer != let_in(address, method):
                        closed.setdefault((kind, answer), name)
                kinds = found[name, address.name, method] = []
                for answer, alike in groups.items():
                    hidden = [kind for kind in alike if kind != MISSING] if answer == NOT_FOUND else []
                    kind = min(hidden or alike, key=lambda kind: asked[kind, answer])
                    asked[kind, answer] += 1
                    kinds.append(kind)
                    if hidden and method == GET:
                        kinds.append(MISSING)
            for (kind, answer), name in closed.items():
                if not asked[kind, answer]:
                    found[name, address.name, method].append(kind)
    return found


@pytest.mark.parametrize("name", WALKERS)
def test_everybody_gets_what_the_table_says(world: WalkWorld, round_: Round, name: str) -> None:
    """The right answer at every address, no hidden name in any body, and for what is hidden the answer of nothing."""
    walk(world, name, lambda address, method: round_[name, address.name, method])


@pytest.mark.long
@pytest.mark.parametrize("name", WALKERS)
def test_everybody_at_every_record(world: WalkWorld, name: str) -> None:
    """The same, with every kind of record at every address."""
    person = world.people[name]
    walk(world, name, lambda address, method: [*answers_of(world, address, person, method), MISSING])


def walk(world: WalkWorld, name: str, kinds_at: Callable[[Address, str], Sequence[str]]) -> None:
    person = world.people[name]
    client = person.client()
    wrong = []
    for address in guarded():
        unhurried(person)
        closed = list(world.closed_to(person, also_by(address)))
        for method in (GET, POST):
            absent = None
            # What does not exist comes first: with its answer others are compared.
            for kind in sorted(set(kinds_at(address, method)), key=lambda kind: (kind != MISSING, kind)):
                url = address.url(**values_of(world, address, kind))
                response = ask(client, address, method, url)
                where = f"{method} {address.name} ({kind})"
                if miss := expected(world, person, address, kind, method).missed_by(response):
                    wrong.append(f"{where}: {miss}")
                if told := [surname for surname in closed if surname in body(response)]:
                    wrong.append(f"{where}: shows {told}, whose records are closed to this person")
                if kind == MISSING:
                    absent = nothing(response, url)
                elif absent is not None and response.status_code == 404 and nothing(response, url) != absent:
                    wrong.append(f"{where}: answers 404 otherwise than for a record that does not exist (R99)")
                if response.status_code == 200 and address.name in LISTS:
                    shown = {kind for kind, surname in SURNAMES.items() if surname in body(response)}
                    if shown != set(world.open_to(person)):
                        wrong.append(f"{where}: shows {shown} instead of {world.open_to(person)}")
    assert not wrong, "\n".join(wrong)


def unhurried(person: Person) -> None:
    """Nobody walks at the pace of a test: the interface forgets how often this person has asked within the minute."""
    if person.user is not None:
        Throttle.cache.delete(Throttle.cache_format % {"scope": Throttle.scope, "ident": person.user.pk})


def test_every_closed_record_is_asked_for_at_every_address(built: WalkWorld, round_: Round) -> None:
    """The short walk leaves nothing closed out that the long one has."""
    for address in guarded():
        closed, asked = set(), set()
        for name, person in built.people.items():
            answers = answers_of(built, address, person, GET)
            closed |= {each for each in answers.items() if each[0] != MISSING and each[1] != let_in(address, GET)}
            asked |= {(kind, answers[kind]) for kind in round_[name, address.name, GET]}
        assert closed <= asked, address.name


def also_by(address: Address) -> Perm:
    """By which permission, beside that to read the record, a name may stand on this page: a panel reads referrals."""
    return Perm.REFERRAL_VIEW if address.view.__name__ in ABOUT_REFERRALS else Perm.NOMINAL_VIEW


def nothing(response: Any, url: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of an answer, without what differs from request to request."""
    headers = {key: value for key, value in response.headers.items() if key != "X-Request-ID"}
    return response.status_code, without_chance(response).replace(url, "ADDRESS"), headers


def test_lists_that_are_compared_exist() -> None:
    assert set(LISTS) <= {address.name for address in guarded()}


@pytest.mark.parametrize("name", IN_A_ROLE)
def test_a_search_finds_the_open_records_and_no_other(world: WalkWorld, name: str) -> None:
    """All records of the world share their given names."""
    person = world.people[name]
    if not person.has(Perm.SEARCH):
        return
    client = person.client()
    for response in (client.post(SEARCH, {"text": GIVEN_NAMES}), by_interface(client, GIVEN_NAMES)):
        assert response.status_code == 200
        assert {kind for kind, surname in SURNAMES.items() if surname in body(response)} == set(world.open_to(person))


def by_interface(client: Client, text: str) -> Any:
    """The same search by the machine interface."""
    return client.post("/api/v1/search/", {"text": text}, content_type="application/json")


@pytest.mark.parametrize("name", [CLEARED, "administrator", "practitioner"])
def test_a_search_for_a_hidden_name_finds_what_a_search_for_nobody_finds(world: WalkWorld, name: str) -> None:
    """Searched for by exact surname, alias or number, a hidden record leaves no trace but the words typed."""
    person = world.people[name]
    client = person.client()

    def answer(text: str) -> list[str]:
        answers = [client.post(SEARCH, {"text": text}), by_interface(client, text)]
        assert [response.status_code for response in answers] == [200, 200]
        return [without_chance(response).replace(text, "TEXT") for response in answers]

    nobody = answer("Zugzwanger")
    for kind in ("excluded", "category_4", "elsewhere"):
        if kind in world.open_to(person):
            continue
        for text in (SURNAMES[kind], ALIASES[kind], f"X{100_001 + list(SURNAMES).index(kind)}"):
            assert answer(text) == nobody, f"{name} can tell that a {kind} record exists"


@pytest.mark.parametrize("name", STRANGERS)
def test_no_other_method_is_a_way_in(world: WalkWorld, name: str) -> None:
    """Not by HEAD, OPTIONS or a verb the pages do not know: OPTIONS may list methods, nothing shows a record.

    Every address by every method, the methods of each address shared among the strangers.
    """
    person = world.people[name]
    client = person.client()
    wrong = []
    for number, address in enumerate(guarded(), start=STRANGERS.index(name)):
        permission = permission_of(address, GET)
        if permission is Anyone.PUBLIC:
            continue
        if permission in (Anyone.SIGNED_IN, Perm.ACCOUNT) and name == "smb_member":
            continue
        url = address.url(**values_of(world, address, "readable"))
        for method in OTHER_METHODS[number % len(STRANGERS) :: len(STRANGERS)]:
            response: Any = client.generic(method, url)
            if response.status_code not in (302, 401, 403, 405):
                wrong.append(f"{method} {address.name}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_nonsense_in_an_address_is_not_found(world: WalkWorld) -> None:
    """Whatever is typed in the place of an id is a 404, never a 500: numbers there are none of, and at each address
    another that is no number."""
    clients = {name: world.people[name].client() for name in (CLEARED, *IN_A_ROLE)}
    wrong = []
    for number, address in enumerate(guarded()):
        shown = address.is_interface or hasattr(address.view, "get")
        method = GET if shown and method_is_known(address, GET) else POST
        permission = permission_of(address, method)
        client = next((clients[name] for name in clients if world.people[name].has(permission)), clients[CLEARED])
        if not about_a_record(address):
            continue
        values = values_of(world, address, "opened")
        url = address.url(**values)
        for holder, value in values.items():
            before, _, after = url.rpartition(f"/{value}/") if holder == "pk" else url.partition(f"/{value}/")
            for text in ("0", "9" * 30, NONSENSE[number % len(NONSENSE)]):
                response = ask(client, address, method, f"{before}/{text}/{after}")
                if response.status_code != 404:
                    wrong.append(f"{address.name} with <{holder}> {text}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


# --- which permission belongs to which address ----------------------------------------------------------------------

# Said here a second time on purpose: a page that asks for less than it should would otherwise walk as if it were right.
PERMISSIONS: dict[str, Perm | Anyone] = {
    "today": Anyone.SIGNED_IN,
    "gallery": Anyone.SIGNED_IN,
    "search": Perm.SEARCH,
    "search-export": Perm.LIST_EXPORT,
    "register": Perm.NOMINAL_VIEW,
    "nominal": Perm.NOMINAL_VIEW,
    "nominal-summary": Perm.NOMINAL_VIEW,
    "numbers": Perm.PARAMETERS_VIEW,
    "number-set": Perm.AREA_EDIT,
    "system": Perm.SETTINGS_VIEW,
    "outbox": Perm.LETTERS_SETTLE,
    "message-resend": Perm.LETTERS_SETTLE,
    "message-leave": Perm.LETTERS_SETTLE,
    "nominal-history": Perm.HISTORY_VIEW,
    "nominal-access": Perm.ACCESS_VIEW,
    "handling-set": Perm.ACCESS_RESTRICT,
    "participation-add": Perm.PARTICIPATION_RECORD,
    "participation-end": Perm.PARTICIPATION_RECORD,
    "personal-grant-add": Perm.PARTICIPATION_RECORD,
    "personal-grant-end": Perm.PARTICIPATION_RECORD,
    "named-reader-add": Perm.ACCESS_RESTRICT,
    "exclusion-add": Perm.ACCESS_RESTRICT,
    "exclusion-end": Perm.ACCESS_RESTRICT,
    "nominal-looks": Perm.LOOKS_VIEW,
    "access-log": Perm.LOGS_VIEW,
    "access-log-nominal": Perm.LOGS_VIEW,
    "access-log-user": Perm.LOGS_VIEW,
    "change-log": Perm.LOGS_VIEW,
    "change-log-nominal": Perm.LOGS_VIEW,
    "change-log-user": Perm.LOGS_VIEW,
    "log-search": Perm.LOGS_VIEW,
    "looks": Perm.LOGS_VIEW,
    "look-day": Perm.LOOKS_REVIEW,
    "nominal-add": Perm.NOMINAL_RECORD,
    "nominal-edit": Perm.NOMINAL_EDIT,
    "doubles": Perm.NOMINAL_MERGE,
    "hidden-doubles": Perm.NOMINAL_VIEW,
    "nominal-doubles": Perm.NOMINAL_MERGE,
    "nominal-merge": Perm.NOMINAL_MERGE,
    "merge-undo": Perm.NOMINAL_MERGE,
    "two-people-mark": Perm.NOMINAL_MERGE,
    "two-people-take-back": Perm.NOMINAL_MERGE,
    "ground-add": Perm.GROUND_RECORD,
    "ground-end": Perm.GROUND_EDIT,
    "ground-void": Perm.GROUND_EDIT,
    "ground-start-correct": Perm.GROUND_EDIT,
    "level-set": Perm.LEVEL_RECORD,
    "meeting-add": Perm.LEVEL_RECORD,
    "whereabouts-add": Perm.WHEREABOUTS_RECORD,
    "whereabouts-correct": Perm.WHEREABOUTS_RECORD,
    "level-start-correct": Perm.LEVEL_RECORD,
    "meeting-correct": Perm.LEVEL_RECORD,
    "meeting-away": Perm.LEVEL_RECORD,
    "lead-agency-set": Perm.NOMINAL_EDIT,
    "named-officer-set": Perm.NOMINAL_EDIT,
    "lead-agency-correct": Perm.NOMINAL_EDIT,
    "lead-agency-away": Perm.NOMINAL_EDIT,
    "named-officer-correct": Perm.NOMINAL_EDIT,
    "named-officer-away": Perm.NOMINAL_EDIT,
    "whereabouts-away": Perm.WHEREABOUTS_RECORD,
    "key-date-set": Perm.KEY_DATE_RECORD,
    "address-add": Perm.NOMINAL_EDIT,
    "address-tenure": Perm.NOMINAL_EDIT,
    "address-correct": Perm.NOMINAL_EDIT,
    "address-away": Perm.NOMINAL_EDIT,
    "agencies": Perm.AGENCIES_VIEW,
    "agency": Perm.AGENCIES_VIEW,
    "succession": Perm.AGENCIES_VIEW,
    "hand-over": Perm.USERS_EDIT,
    "hand-over-call-off": Perm.USERS_EDIT,
    "hand-over-change": Perm.USERS_EDIT,
    "hand-overs": Perm.SETTINGS_VIEW,
    "planned-hand-over": Perm.AGENCIES_VIEW,
    "agency-add": Perm.AREA_EDIT,
    "person-word-set": Perm.AREA_EDIT,
    "agency-change": Perm.AREA_EDIT,
    "agency-end": Perm.AREA_EDIT,
    "homes-link": Perm.AREA_EDIT,
    "homes-end": Perm.AREA_EDIT,
    "agreement-record": Perm.AREA_EDIT,
    "agreement-correct": Perm.AREA_EDIT,
    "contact-name": Perm.AREA_EDIT,
    "contact-end": Perm.AREA_EDIT,
    "absence-record": Perm.AREA_EDIT,
    "absence-end": Perm.AREA_EDIT,
    "own-absence": Perm.ACCOUNT,
    "own-absence-end": Perm.ACCOUNT,
    "succession-plan": Perm.AREA_EDIT,
    "succession-cancel": Perm.AREA_EDIT,
    "users": Perm.SETTINGS_VIEW,
    "user-search": Perm.SETTINGS_VIEW,
    "user": Perm.SETTINGS_VIEW,
    "user-invite": Perm.USERS_EDIT,
    "role-offers": Perm.USERS_EDIT,
    "role-offer-withdraw": Perm.USERS_EDIT,
    "own-role-offers": Perm.ACCOUNT,
    "own-role-offer-take": Perm.ACCOUNT,
    "own-role-offer-decline": Perm.ACCOUNT,
    "two-person-acts": Perm.USERS_EDIT,
    "two-person-confirm": Perm.USERS_EDIT,
    "two-person-withdraw": Perm.USERS_EDIT,
    "membership-add": Perm.USERS_EDIT,
    "membership-end": Perm.USERS_EDIT,
    "manager-mark": Perm.USERS_EDIT,
    "manager-unmark": Perm.USERS_EDIT,
    "invitation-send": Perm.USERS_EDIT,
    "user-disable": Perm.USERS_EDIT,
    "user-enable": Perm.USERS_EDIT,
    "clearance-end": Perm.USERS_EDIT,
    "user-clearance-ask": Perm.USERS_EDIT,
    "user-second-factor-ask": Perm.USERS_EDIT,
    "user-administrator-ask": Perm.USERS_EDIT,
    "providers": Perm.SETTINGS_VIEW,
    "provider-set": Perm.AREA_EDIT,
    "provider-unlink": Perm.USERS_EDIT,
    "provider-choose": Anyone.PUBLIC,
    "provider-begin": Anyone.PUBLIC,
    "provider-return": Anyone.PUBLIC,
    "invitation-open": Anyone.PUBLIC,
    "invitation-accept": Anyone.PUBLIC,
    "nominal-circumstances": Perm.NOMINAL_VIEW,
    "whereabouts-table": Perm.NOMINAL_VIEW,
    "background-edit": Perm.CIRCUMSTANCES_RECORD,
    "connected-person-add": Perm.CIRCUMSTANCES_RECORD,
    "connected-person-edit": Perm.CIRCUMSTANCES_RECORD,
    "process-add": Perm.CIRCUMSTANCES_RECORD,
    "process-edit": Perm.CIRCUMSTANCES_RECORD,
    "warning-add": Perm.CIRCUMSTANCES_RECORD,
    "warning-edit": Perm.CIRCUMSTANCES_RECORD,
    "hospital-order-add": Perm.CIRCUMSTANCES_RECORD,
    "hospital-order-edit": Perm.CIRCUMSTANCES_RECORD,
    "stage-set": Perm.CIRCUMSTANCES_RECORD,
    "stage-correct": Perm.CIRCUMSTANCES_RECORD,
    "stage-away": Perm.CIRCUMSTANCES_RECORD,
    "extract-list": Perm.REGISTER_IMPORT,
    "extract-add": Perm.REGISTER_IMPORT,
    "extract": Perm.REGISTER_IMPORT,
    "extract-headings": Perm.REGISTER_IMPORT,
    "extract-close": Perm.REGISTER_IMPORT,
    "extract-compare": Perm.REGISTER_IMPORT,
    "extract-cancel": Perm.REGISTER_IMPORT,
    "extract-rows": Perm.REGISTER_IMPORT,
    "extract-accept": Perm.REGISTER_IMPORT,
    "extract-row": Perm.REGISTER_IMPORT,
    "extract-row-accept": Perm.REGISTER_IMPORT,
    "extract-row-leave": Perm.REGISTER_IMPORT,
    "extract-absence": Perm.REGISTER_IMPORT,
    "extract-absences": Perm.REGISTER_IMPORT,
    "nominal-on-day": Perm.NOMINAL_VIEW,
    "nominal-due": Perm.NOMINAL_VIEW,
    "nominal-actions": Perm.NOMINAL_VIEW,
    "calendar": Perm.SITTING_VIEW,
    "calendar-week": Perm.SITTING_VIEW,
    "calendar-day": Perm.SITTING_VIEW,
    "own-feed": Perm.SITTING_VIEW,
    "own-feed-make": Perm.SITTING_VIEW,
    "own-feed-revoke": Perm.SITTING_VIEW,
    "calendar-feed": Anyone.PUBLIC,
    "actions": Perm.NOMINAL_VIEW,
    "scheduling-board": Perm.SITTING_PLAN,
    "plan": Perm.SITTING_PLAN,
    "slot-place": Perm.SITTING_PLAN,
    "meeting-arrange": Perm.SITTING_PLAN,
    "meeting-emergency": Perm.SITTING_PLAN,
    "slot": Perm.SITTING_VIEW,
    "slot-move": Perm.SITTING_PLAN,
    "slot-cancel": Perm.SITTING_PLAN,
    "slot-keep": Perm.SITTING_PLAN,
    "action-close": Perm.ACTION_CLOSE,
    "action-reopen": Perm.ACTION_CLOSE,
    "my-invitations": Perm.INVITATION_ANSWER,
    **dict.fromkeys(
        (
            "panels",
            "panel-set-up",
            "panel",
            "panel-change",
            "panel-member-name",
            "panel-member-end",
            "chairs",
            "chair-allow",
            "chair-end",
            "rooms",
            "room-add",
        ),
        Perm.PANEL_SET,
    ),
    **dict.fromkeys(("sittings", "sitting"), Perm.SITTING_VIEW),
    **dict.fromkeys(
        ("panel-generate", "sitting-plan", "sitting-move", "sitting-cancel", "sitting-chair"), Perm.SITTING_PLAN
    ),
    "invitations": Perm.SITTING_PLAN,
    "invitation-record": Perm.SITTING_PLAN,
    "invitation-withdraw": Perm.SITTING_PLAN,
    "invitation-add": Perm.SITTING_PLAN,
    "invitations-chase": Perm.SITTING_PLAN,
    **dict.fromkeys(("replies", "reply-recorded", "reply-nothing"), Perm.SITTING_PLAN),
    "invite-rules": Perm.PANEL_SET,
    "invite-rule-set": Perm.PANEL_SET,
    "joining-text": Perm.PANEL_SET,
    "dates-ahead": Perm.NOMINAL_VIEW,
    "due": Perm.NOMINAL_VIEW,
    "levels-not-set": Perm.NOMINAL_VIEW,
    "brought-forward": Perm.NOMINAL_VIEW,
    "brought-forward-work": Perm.BROUGHT_FORWARD_WORK,
    "not-screened": Perm.NOMINAL_VIEW,
    "identified": Perm.NOMINAL_VIEW,
    "to-threshold": Perm.NOMINAL_VIEW,
    "identification-add": Perm.LEVEL_1_RECORD,
    "thresholding-add": Perm.LEVEL_1_RECORD,
    "screening-add": Perm.LEVEL_1_RECORD,
    "level-1-review-add": Perm.LEVEL_1_RECORD,
    "screening-correct": Perm.LEVEL_1_RECORD,
    "screening-away": Perm.LEVEL_1_RECORD,
    "level-1-review-correct": Perm.LEVEL_1_RECORD,
    "level-1-review-away": Perm.LEVEL_1_RECORD,
    "change-add": Perm.LEVEL_1_RECORD,
    "thresholding-correct": Perm.LEVEL_1_RECORD,
    "thresholding-away": Perm.LEVEL_1_RECORD,
    "identification-correct": Perm.LEVEL_1_RECORD,
    "identification-away": Perm.LEVEL_1_RECORD,
    "change-correct": Perm.LEVEL_1_RECORD,
    "change-away": Perm.LEVEL_1_RECORD,
    "ending-decide": Perm.LEVEL_RECORD,
    "level-1-switches": Perm.LEVEL_1_SWITCH,
    "referrals": Perm.REFERRAL_VIEW,
    "referral": Perm.REFERRAL_VIEW,
    "referral-numbers": Perm.REFERRAL_VIEW,
    "referral-start": Perm.REFERRAL_WRITE,
    "nominal-refer": Perm.REFERRAL_WRITE,
    "referral-tasks": Perm.REFERRAL_WRITE,
    "referral-write": Perm.REFERRAL_WRITE,
    "referral-keep": Perm.REFERRAL_WRITE,
    "referral-send": Perm.REFERRAL_WRITE,
    "referral-endorse": Perm.REFERRAL_ENDORSE,
    "referral-send-back": Perm.REFERRAL_ENDORSE,
    "referral-register": Perm.REFERRAL_HANDLE,
    "referral-document-add": Perm.REFERRAL_WRITE,
    "referral-document": Perm.REFERRAL_VIEW,
    "referral-letter": Perm.REFERRAL_VIEW,
    "referral-return": Perm.REFERRAL_HANDLE,
    "referral-register-again": Perm.REFERRAL_HANDLE,
    "referral-to-panel": Perm.REFERRAL_HANDLE,
    "referral-link": Perm.REFERRAL_HANDLE,
    "referral-withdraw": Perm.REFERRAL_WRITE,
    "referral-vote": Perm.REFERRAL_VOTE,
    "referral-vote-for": Perm.REFERRAL_HANDLE,
    "referral-accept": Perm.REFERRAL_DECIDE,
    "referral-decline": Perm.REFERRAL_DECIDE,
    "referral-told": Perm.REFERRAL_HANDLE,
    "panel-seats": Perm.PANEL_NAME,
    "panel-seat-name": Perm.PANEL_NAME,
    "panel-seat-end": Perm.PANEL_NAME,
    "first-notifications": Perm.FIRST_NOTIFICATION_VIEW,
    "first-notification": Perm.FIRST_NOTIFICATION_VIEW,
    "first-notification-add": Perm.FIRST_NOTIFICATION_SEND,
    "first-notification-link": Perm.FIRST_NOTIFICATION_ANSWER,
    "first-notification-open": Perm.FIRST_NOTIFICATION_ANSWER,
    "first-notification-correct": Perm.FIRST_NOTIFICATION_SEND,
    "first-notification-refuse": Perm.FIRST_NOTIFICATION_ANSWER,
    "api-first-notification-list": Perm.FIRST_NOTIFICATION_VIEW,
    "api-first-notification-list POST": Perm.FIRST_NOTIFICATION_SEND,
    "api-first-notification-detail": Perm.FIRST_NOTIFICATION_VIEW,
    "advice": Perm.ADVICE_RECORD,
    "advice-add": Perm.ADVICE_RECORD,
    "advice-called-back": Perm.ADVICE_RECORD,
    "exports": Perm.LIST_EXPORT,
    "export-ask": Perm.LIST_EXPORT,
    "export": Perm.LIST_EXPORT,
    "export-fetch": Perm.LIST_EXPORT,
    "export-withdraw": Perm.LIST_EXPORT,
    "saved-views": Perm.VIEW_SAVE,
    "saved-view-rename": Perm.VIEW_SAVE,
    "saved-view-delete": Perm.VIEW_SAVE,
    "api-schema": Perm.ACCOUNT,
    "api-doubles": Perm.NOMINAL_MERGE,
    "api-nominal-doubles": Perm.NOMINAL_MERGE,
    "api-told-apart": Perm.NOMINAL_MERGE,
    "api-two-people": Perm.NOMINAL_MERGE,
    "api-two-people POST": Perm.NOMINAL_MERGE,
    "api-two-people DELETE": Perm.NOMINAL_MERGE,
    "api-merge": Perm.NOMINAL_MERGE,
    "api-merge POST": Perm.NOMINAL_MERGE,
    "api-merge-undo": Perm.NOMINAL_MERGE,
    "api-merge-undo POST": Perm.NOMINAL_MERGE,
    "api-search": Perm.SEARCH,
    "api-account-list": Perm.SETTINGS_VIEW,
    "api-account-detail": Perm.SETTINGS_VIEW,
    "api-hand-over-list": Perm.SETTINGS_VIEW,
    "api-hand-over-detail": Perm.SETTINGS_VIEW,
    "api-hand-over-detail PATCH": Perm.USERS_EDIT,
    "api-hand-over-detail DELETE": Perm.USERS_EDIT,
    "api-role-hand-over": Perm.USERS_EDIT,
    "api-role-hand-over POST": Perm.USERS_EDIT,
    "api-agency-list": Perm.AGENCIES_VIEW,
    "api-agency-detail": Perm.AGENCIES_VIEW,
    "api-nominal-list": Perm.NOMINAL_VIEW,
    "api-nominal-detail": Perm.NOMINAL_VIEW,
    "api-ground-list": Perm.NOMINAL_VIEW,
    "api-ground-list POST": Perm.GROUND_RECORD,
    "api-ground-detail": Perm.NOMINAL_VIEW,
    "api-ground-detail PATCH": Perm.GROUND_EDIT,
    "api-level-list": Perm.NOMINAL_VIEW,
    "api-level-list POST": Perm.LEVEL_RECORD,
    "api-level-detail": Perm.NOMINAL_VIEW,
    "api-whereabouts-list": Perm.NOMINAL_VIEW,
    "api-whereabouts-list POST": Perm.WHEREABOUTS_RECORD,
    "api-whereabouts-detail": Perm.NOMINAL_VIEW,
    "api-whereabouts-detail PATCH": Perm.WHEREABOUTS_RECORD,
    "api-whereabouts-away": Perm.NOMINAL_VIEW,
    "api-whereabouts-away POST": Perm.WHEREABOUTS_RECORD,
    "api-address-list": Perm.NOMINAL_VIEW,
    "api-address-list POST": Perm.NOMINAL_EDIT,
    "api-address-detail": Perm.NOMINAL_VIEW,
    "api-address-detail PATCH": Perm.NOMINAL_EDIT,
    "api-address-away": Perm.NOMINAL_VIEW,
    "api-address-away POST": Perm.NOMINAL_EDIT,
    "api-handling-list": Perm.ACCESS_VIEW,
    "api-handling-list POST": Perm.ACCESS_RESTRICT,
    "api-handling-detail": Perm.ACCESS_VIEW,
    "api-participation-list": Perm.ACCESS_VIEW,
    "api-participation-list POST": Perm.PARTICIPATION_RECORD,
    "api-participation-detail": Perm.ACCESS_VIEW,
    "api-participation-end": Perm.ACCESS_VIEW,
    "api-participation-end POST": Perm.PARTICIPATION_RECORD,
    "api-personal-grant-list": Perm.ACCESS_VIEW,
    "api-personal-grant-list POST": Perm.PARTICIPATION_RECORD,
    "api-personal-grant-detail": Perm.ACCESS_VIEW,
    "api-personal-grant-end": Perm.ACCESS_VIEW,
    "api-personal-grant-end POST": Perm.PARTICIPATION_RECORD,
    "api-exclusion-list": Perm.ACCESS_VIEW,
    "api-exclusion-list POST": Perm.ACCESS_RESTRICT,
    "api-exclusion-detail": Perm.ACCESS_VIEW,
    "api-exclusion-end": Perm.ACCESS_VIEW,
    "api-exclusion-end POST": Perm.ACCESS_RESTRICT,
    "api-lead-agency-list": Perm.NOMINAL_VIEW,
    "api-lead-agency-list POST": Perm.NOMINAL_EDIT,
    "api-lead-agency-detail": Perm.NOMINAL_VIEW,
    "api-lead-agency-detail PATCH": Perm.NOMINAL_EDIT,
    "api-lead-agency-away": Perm.NOMINAL_VIEW,
    "api-lead-agency-away POST": Perm.NOMINAL_EDIT,
    "api-named-officer-list": Perm.NOMINAL_VIEW,
    "api-named-officer-list POST": Perm.NOMINAL_EDIT,
    "api-named-officer-detail": Perm.NOMINAL_VIEW,
    "api-named-officer-detail PATCH": Perm.NOMINAL_EDIT,
    "api-named-officer-away": Perm.NOMINAL_VIEW,
    "api-named-officer-away POST": Perm.NOMINAL_EDIT,
    "api-key-date-list": Perm.NOMINAL_VIEW,
    "api-key-date-list POST": Perm.KEY_DATE_RECORD,
    "api-key-date-detail": Perm.NOMINAL_VIEW,
    "api-hospital-order-list": Perm.NOMINAL_VIEW,
    "api-hospital-order-detail": Perm.NOMINAL_VIEW,
    "api-connected-person-list": Perm.NOMINAL_VIEW,
    "api-connected-person-list POST": Perm.CIRCUMSTANCES_RECORD,
    "api-connected-person-detail": Perm.NOMINAL_VIEW,
    "api-process-list": Perm.NOMINAL_VIEW,
    "api-process-list POST": Perm.CIRCUMSTANCES_RECORD,
    "api-process-detail": Perm.NOMINAL_VIEW,
    "api-warning-list": Perm.NOMINAL_VIEW,
    "api-warning-list POST": Perm.CIRCUMSTANCES_RECORD,
    "api-warning-detail": Perm.NOMINAL_VIEW,
    "api-screening-list": Perm.NOMINAL_VIEW,
    "api-screening-list POST": Perm.LEVEL_1_RECORD,
    "api-screening-detail": Perm.NOMINAL_VIEW,
    "api-screening-detail PATCH": Perm.LEVEL_1_RECORD,
    "api-screening-away": Perm.NOMINAL_VIEW,
    "api-screening-away POST": Perm.LEVEL_1_RECORD,
    "api-level-1-review-list": Perm.NOMINAL_VIEW,
    "api-level-1-review-list POST": Perm.LEVEL_1_RECORD,
    "api-level-1-review-detail": Perm.NOMINAL_VIEW,
    "api-level-1-review-detail PATCH": Perm.LEVEL_1_RECORD,
    "api-level-1-review-away": Perm.NOMINAL_VIEW,
    "api-level-1-review-away POST": Perm.LEVEL_1_RECORD,
    "api-action-list": Perm.NOMINAL_VIEW,
    "api-action-detail": Perm.NOMINAL_VIEW,
    "api-action-close": Perm.NOMINAL_VIEW,
    "api-plan": Perm.SITTING_PLAN,
    "api-panel-list": Perm.PANEL_SET,
    "api-panel-detail": Perm.PANEL_SET,
    "api-panel-list POST": Perm.PANEL_SET,
    "api-panel-detail PATCH": Perm.PANEL_SET,
    "api-panel-generate": Perm.PANEL_SET,
    **dict.fromkeys(
        (
            "api-sitting-list",
            "api-sitting-detail",
            "api-sitting-slots",
            "api-sitting-move",
            "api-sitting-chair",
            "api-sitting-cancel",
            "api-slot-list",
            "api-slot-arrange",
            "api-slot-detail",
            "api-slot-move",
            "api-slot-cancel",
            "api-slot-keep",
        ),
        Perm.SITTING_VIEW,
    ),
    **dict.fromkeys(
        (
            "api-sitting-list POST",
            "api-sitting-move POST",
            "api-sitting-chair POST",
            "api-sitting-cancel POST",
            "api-slot-list POST",
            "api-slot-arrange POST",
            "api-panel-generate POST",
            "api-slot-move POST",
            "api-slot-cancel POST",
            "api-slot-keep POST",
        ),
        Perm.SITTING_PLAN,
    ),
    "api-action-close POST": Perm.ACTION_CLOSE,
    "api-referral-list": Perm.REFERRAL_VIEW,
    "api-referral-list POST": Perm.REFERRAL_WRITE,
    "api-referral-detail": Perm.REFERRAL_VIEW,
    "api-referral-detail PATCH": Perm.REFERRAL_WRITE,
    "api-referral-changes": Perm.REFERRAL_VIEW,
    "api-referral-changes POST": Perm.REFERRAL_VIEW,
    "api-referral-votes": Perm.REFERRAL_VIEW,
    "api-referral-votes POST": Perm.REFERRAL_VOTE,
    "api-referral-received": Perm.REFERRAL_VIEW,
    "api-referral-received POST": Perm.REFERRAL_HANDLE,
    "api-referral-link": Perm.REFERRAL_VIEW,
    "api-referral-link POST": Perm.REFERRAL_HANDLE,
    "api-referral-told": Perm.REFERRAL_VIEW,
    "api-referral-told POST": Perm.REFERRAL_HANDLE,
    "api-referral-member-votes": Perm.REFERRAL_VIEW,
    "api-referral-member-votes POST": Perm.REFERRAL_HANDLE,
}


def test_every_address_asks_for_its_permission() -> None:
    found = {}
    for address in guarded():
        found[address.name] = permission_of(address, GET)
        for method in address.actions:
            if method != "get":
                found[f"{address.name} {method.upper()}"] = permission_of(address, method.upper())
    assert found == PERMISSIONS, "Say in PERMISSIONS what a new address asks for."


# --- addresses that are not made of our bases -----------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What an address of the sign-in library answers to GET and to an empty POST.

    ``own`` pages belong to one's account and open without a role. ``owing`` pages are those on which a person who
    still owes a second factor may be.
    """

    nobody: tuple[int, int]
    signed_in: tuple[int, int]
    own: bool = False
    owing: bool = False
    values: tuple[tuple[str, str], ...] = ()


# Nobody here has set up a second factor: pages about one are 404, or lead to where it is done.
TABLE = {
    "account": Known((302, 302), (200, 405), own=True),
    "role-choose": Known((302, 302), (200, 422), own=True),
    "account_login": Known((200, 200), (302, 302), own=True, owing=True),
    "account_logout": Known((302, 302), (200, 302), own=True, owing=True),
    "account_reauthenticate": Known((302, 302), (200, 200), own=True, owing=True),
    "account_change_password": Known((302, 302), (200, 200), own=True),
    "account_reset_password": Known((200, 200), (200, 200)),
    "account_reset_password_done": Known((200, 405), (200, 405)),
    "account_reset_password_from_key": Known((200, 200), (200, 200), values=(("uidb36", "1"), ("key", "no-such-key"))),
    "account_reset_password_from_key_done": Known((200, 405), (200, 405)),
    "mfa_index": Known((302, 302), (200, 405), own=True),
    "mfa_authenticate": Known((302, 302), (302, 302), own=True, owing=True),
    "mfa_reauthenticate": Known((302, 302), (302, 302), own=True, owing=True),
    "mfa_activate_totp": Known((302, 302), (200, 200), own=True, owing=True),
    "mfa_deactivate_totp": Known((302, 302), (404, 404), own=True),
    "mfa_view_recovery_codes": Known((302, 302), (404, 405), own=True),
    "mfa_generate_recovery_codes": Known((302, 302), (200, 200), own=True),
    "mfa_download_recovery_codes": Known((302, 302), (404, 404), own=True),
    "mfa_list_webauthn": Known((302, 302), (200, 405), own=True),
    "mfa_add_webauthn": Known((302, 302), (200, 200), own=True, owing=True),
    "mfa_reauthenticate_webauthn": Known((302, 302), (302, 302), own=True, owing=True),
    "mfa_login_webauthn": Known((302, 302), (302, 302), own=True, owing=True),
    "mfa_edit_webauthn": Known((302, 302), (404, 404), own=True, values=(("pk", "1"),)),
    "mfa_remove_webauthn": Known((302, 302), (404, 404), own=True, values=(("pk", "1"),)),
    "usersessions_list": Known((302, 302), (200, 302), own=True),
}


def url_of(world: WalkWorld, address: Address) -> str:
    if address.is_guarded:
        return address.url(**values_of(world, address, "opened"))
    return address.url(**dict(TABLE[address.name].values))


def test_every_address_that_is_not_guarded_stands_in_the_table() -> None:
    names = {address.name for address in unguarded()}
    assert names == set(TABLE), "Build the page on pages.guards, or add it to the table here and say what it answers."


def test_every_view_of_ours_names_its_permission() -> None:
    wrong = [
        address.name
        for address in addresses()
        if address.is_ours
        and not isinstance(getattr(address.view, "permission", None), Perm | Anyone)
        and address.name not in TABLE
    ]
    assert not wrong


def test_names_of_addresses_are_unique() -> None:
    names = [address.name for address in addresses()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", [NOBODY, ROLELESS, "coordinator", "system_administrator"])
def test_pages_of_the_library(world: WalkWorld, name: str) -> None:
    person = world.people[name]
    wrong = []
    for address in unguarded():
        known = TABLE[address.name]
        for place, method in enumerate((GET, POST)):
            client = person.client()
            response = ask(client, address, method, url_of(world, address))
            status = known.nobody[place] if person.user is None else known.signed_in[place]
            leads_to = ""
            if name == ROLELESS and not known.own:
                status, leads_to = 302, CHOOSE_ROLE
            if response.status_code != status:
                wrong.append(f"{method} {address.name}: {response.status_code} instead of {status}")
            elif leads_to and not response.headers["Location"].startswith(leads_to):
                wrong.append(f"{method} {address.name}: leads to {response.headers['Location']}")
    assert not wrong, "\n".join(wrong)


def test_nothing_opens_without_a_second_factor(world: WalkWorld, settings: LazySettings) -> None:
    """Signed in by password alone, a coordinator reaches the pages of ``owing`` and no other, by any method:
    each address by GET, by POST and by one of the others in turn."""
    settings.MAPPA_SECOND_FACTOR_REQUIRED = True
    client = by_password_alone(world.people["coordinator"])
    wrong = []
    for number, address in enumerate(addresses()):
        if address.name in TABLE and TABLE[address.name].owing:
            continue
        for method in (GET, POST, OTHER_METHODS[number % len(OTHER_METHODS)]):
            response = client.generic(method, url_of(world, address))
            sent_off = response.status_code == 302 and response.headers["Location"].startswith(SECOND_FACTOR)
            refused = address.is_interface and response.status_code == 403
            if not (sent_off or refused):
                wrong.append(f"{method} {address.name}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_pages_on_which_a_second_factor_is_given_show_nobody(world: WalkWorld, settings: LazySettings) -> None:
    settings.MAPPA_SECOND_FACTOR_REQUIRED = True
    for address in addresses():
        if address.name in TABLE and TABLE[address.name].owing:
            for method in (GET, POST):
                response = ask(by_password_alone(world.people["coordinator"]), address, method, url_of(world, address))
                assert response.status_code in (200, 302), address.name
                assert not [surname for surname in SURNAMES.values() if surname in body(response)]


def by_password_alone(person: Person) -> Client:
    """A browser in which the password was given and nothing else."""
    client = Client()
    assert person.user is not None
    assert person.membership is not None
    client.force_login(person.user)
    session = client.session
    session[sessions.ACTING] = person.membership.pk
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    return client


@pytest.mark.parametrize("path", ["/health/alive", "/health/ready"])
def test_health_is_for_everybody_and_says_nothing(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert set(response.json()) <= {"alive", "ready", "why", "outbox_minutes", "warnings"}


@pytest.mark.parametrize("name", [NOBODY, "coordinator"])
def test_an_address_that_is_none(world: WalkWorld, name: str) -> None:
    assert world.people[name].client().get("/no/such/address/").status_code == 404


def test_where_one_is_sent_to_sign_in_comes_back_to_the_page(world: WalkWorld) -> None:
    response = Client().get(f"/nominals/{world.nominals['opened']}/")
    assert response.headers["Location"] == f"{SIGN_IN}?next=/nominals/{world.nominals['opened']}/"


def test_the_walk_covers_the_bases() -> None:
    """A page that is no GuardedView would not be walked: there is none among our own but the two of the account."""
    outside = {address.name for address in addresses() if address.is_ours and not issubclass(address.view, GuardedView)}
    machines = {address.name for address in addresses() if address.is_interface}
    assert outside - machines == {
        "account", "role-choose", "mfa_activate_totp", "mfa_add_webauthn", "mfa_login_webauthn",
    }  # fmt: skip
