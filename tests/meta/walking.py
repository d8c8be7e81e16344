"""What a walker must get at an address, worked out from the table of roles and the oracle; and how answers compare."""

import re
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpResponseBase
from django.test import Client

from agencies.access import GLOBAL, Presence
from agencies.models import User
from agencies.models.accounts import SignInProvider
from agencies.roles import Perm
from agencies.roots import path_of
from audit.models import Access, Change
from exchange.models import Extract, ExtractRow
from pages.base import PUBLIC
from pages.files import FilePage
from pages.listing import SearchPage
from pages.writing import ActionPage, FormPage

from .addresses import Address
from .world import MISSING, Person, WalkWorld

GET, POST = "GET", "POST"
MESSAGES = "messages"
SIGN_IN, CHOOSE_ROLE = "/account/sign-in/", "/account/role/"
# Addresses that keep what they were given and lead to a page.
LEADING_ON = {"invitation-open"}
# Addresses that a key opens; in the walk nobody has one.
KEYED = {"calendar-feed"}
# Lists of rows, below the one agency's list that the address names.
OF_A_LIST = {"extract-rows"}
# Where an agency's sign-in is asked, which in the walk does not answer.
NOT_ANSWERING = {"provider-begin", "provider-return"}
# Forms in which nothing is required: what is missing is said elsewhere.
MAY_STAY_EMPTY = {"user-disable", "referral-write", "referral-to-panel"}
# What stands in place holders that name no row.
WORDS = {
    "key": "no-such-key",
    "day": "2026-01-05",
    "number": "review_level_2",
    "reason": "child",
    "section": "plan",
    "handling": "restricted",
}
# Place holders of what belongs to the person who made it: here nobody has made any, so it exists for no walker.
OWN = frozenset({"absence", "export", "offer", "view"})
NOBODYS = 999_999_999
CARD = "Contact the MAPPA unit</h1>"


@dataclass(frozen=True)
class Expected:
    """An answer: its status, where it leads, whether it is the card of a restricted record."""

    statuses: frozenset[int]
    leads_to: str = ""
    card: bool = False

    @classmethod
    def of(cls, *statuses: int, leads_to: str = "", card: bool = False) -> "Expected":
        return cls(frozenset(statuses), leads_to, card)

    def missed_by(self, response: HttpResponseBase) -> str:
        """What is wrong with the answer; empty when nothing is."""
        if response.status_code not in self.statuses:
            return f"{response.status_code} instead of {sorted(self.statuses)}"
        if self.leads_to and not response.headers["Location"].startswith(self.leads_to):
            return f"leads to {response.headers['Location']} instead of {self.leads_to}"
        return "" if self.card == is_card(response) else "the card of a restricted record, or not, where it should be"


def permission_of(address: Address, method: str) -> Any:
    """The permission the view names; of a view set, the one of the action that the method stands for."""
    view: Any = address.view
    action = address.actions.get(method.lower(), "")
    return getattr(view, "permissions", {}).get(action, view.permission)


def about_a_record(address: Address) -> bool:
    return bool({"pk", "nominal_pk", *OWN} & set(address.holders))


def about_settings(address: Address) -> bool:
    """About an account, an agency, a list or the like: a row that belongs to no nominal."""
    model = Extract if address.name in OF_A_LIST else getattr(address.view, "model", None)
    # A row of a list is as open as the record it was matched with, a log as open as the record it is about.
    return model not in (None, ExtractRow, Access, Change) and path_of(model) == GLOBAL


def expected(world: WalkWorld, person: Person, address: Address, kind: str, method: str) -> Expected:
    """The answer to this person, at this address of this record, by this method."""
    permission = permission_of(address, method)
    if permission is not PUBLIC:
        if person.user is None:
            return Expected.of(401) if address.is_interface else Expected.of(302, leads_to=SIGN_IN)
        if person.role is None:
            return Expected.of(403) if address.is_interface else Expected.of(302, leads_to=CHOOSE_ROLE)
    if isinstance(permission, Perm):
        if not person.has(permission):
            return Expected.of(403)
        if about_a_record(address) and method_is_known(address, method):
            refused = _refused(world, person, address, kind, permission)
            if refused is not None:
                return refused
    elif about_settings(address) and kind == MISSING:
        return Expected.of(404)
    return let_in(address, method)


def _refused(world: WalkWorld, person: Person, address: Address, kind: str, permission: Perm) -> Expected | None:
    if set(address.holders) & OWN:
        return Expected.of(404)
    if about_settings(address):
        return Expected.of(404) if kind == MISSING else None
    if world.presence(person, kind, permission) is Presence.OPEN:
        return None
    if getattr(address.view, "model", None) is ExtractRow:
        # Rows about people who may not be seen are not there, and leave no card.
        return Expected.of(404)
    seen = world.presence(person, kind, cast("Any", address.view).seen_by)
    if seen is Presence.ABSENT:
        return Expected.of(404)
    return Expected.of(403, card=seen is Presence.CARD)


def method_is_known(address: Address, method: str) -> bool:
    """Pages fetch their record before they look at the method; a view set says at once what it does not do."""
    return not address.is_interface or method.lower() in address.actions


def let_in(address: Address, method: str) -> Expected:
    """What the bases answer to somebody who may: a page by GET, a form that says what is missing by an empty POST."""
    view = address.view
    if address.name in LEADING_ON and method == GET:
        return Expected.of(302)
    if address.name in KEYED and method == GET:
        return Expected.of(404)
    if address.name in NOT_ANSWERING and method == GET:
        return Expected.of(422)
    if address.is_interface:
        does = method.lower() in address.actions if address.actions else hasattr(view, method.lower())
        return Expected.of(405) if not does else Expected.of(200 if method == GET else 400)
    if issubclass(view, FilePage):
        return Expected.of(405) if method == GET else Expected.of(200, 422)
    if issubclass(view, ActionPage):
        return Expected.of(405) if method == GET else Expected.of(302, 422)
    if method == GET:
        return Expected.of(200)
    if issubclass(view, FormPage | SearchPage):
        return Expected.of(302, 422) if address.name in MAY_STAY_EMPTY else Expected.of(422)
    assert not hasattr(view, "post"), f"{view.__name__} has a POST of its own: say in `let_in` what an empty one gets."
    return Expected.of(405)


def ask(client: Client, address: Address, method: str, url: str) -> Any:
    """One request: an empty form, or an empty JSON object. What an earlier one left to be told is not told now."""
    client.cookies.pop(MESSAGES, None)
    if method == GET:
        return client.get(url)
    if address.is_interface:
        return client.generic(method, url, "{}", content_type="application/json")
    return client.generic(method, url, "", content_type="application/x-www-form-urlencoded")


def values_of(world: WalkWorld, address: Address, kind: str) -> dict[str, int | str]:
    """What stands in the place holders for this record.

    Raises ``AssertionError`` for a holder nobody has told the walk about: a new kind of address is not left out.
    """
    values: dict[str, int | str] = {}
    for holder in address.holders:
        if holder in WORDS:
            values[holder] = WORDS[holder]
        elif holder == "nominal_pk":
            values[holder] = world.nominals[kind]
        elif holder == "user_pk":
            values[holder] = world.row(User, "readable")
        elif holder == "agency_pk":
            known = SignInProvider.objects.filter(pk=world.row(SignInProvider, kind)).first()
            values[holder] = known.agency_id if known else NOBODYS
        elif holder in OWN:
            values[holder] = NOBODYS
        elif holder == "pk":
            values[holder] = world.row(_model_of(address), kind)
        else:
            raise AssertionError(f"Tell tests/meta/walking.py what stands in <{holder}> of {address.name}.")
    return values


def _model_of(address: Address) -> Any:
    model = getattr(address.view, "model", None)
    if address.name in OF_A_LIST:
        return Extract
    assert model is not None, f"{address.view.__name__} has <pk> in its address and no model."
    return model


def body(response: Any) -> str:
    """The answer as text, streamed or not."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return cast("str", content.decode(errors="replace"))


def is_card(response: Any) -> bool:
    text = body(response)
    return CARD in text or '"Restricted record"' in text


def without_chance(response: Any) -> str:
    """The body without what differs from request to request: the reference and the marks against forgery."""
    text = body(response).replace(response.headers["X-Request-ID"], "REFERENCE")
    text = re.sub(r'(class="app-printed__when">)[^<]*', r"\1WHEN", text)
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1TOKEN", text)
