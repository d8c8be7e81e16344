"""Who may do what with a referral in which state: every role, and every part in it, against a table (R44 to R48)."""

from collections.abc import Callable, Mapping

import pytest

from agencies.models import Absence
from agencies.principal import Principal
from agencies.roles import MEMBERSHIP_ROLES, Role
from cases.models import Referral
from cases.services.panel import may_accept_referral, may_decline_referral, may_note_told, may_vote_on
from cases.services.referrals import (
    may_answer_endorsement,
    may_ask_endorsement,
    may_handle_referral,
    may_link_person,
    may_register_again,
    may_withdraw_referral,
    may_write_referral,
)
from mappa import clock
from rules.core import Decision
from rules.vocabulary import ReferralState, ReferralVerb, Vote
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import TODAY
from tests.factories.referrals import referral, seat, vote

STATE, VERB = ReferralState, ReferralVerb
Twin = Callable[[Referral, Principal], Decision]

TWINS: Mapping[str, Twin] = {
    VERB.ASK_ENDORSEMENT: lambda row, by: may_ask_endorsement(row, by=by, today=TODAY),
    VERB.SEND_BACK: lambda row, by: may_answer_endorsement(row, by=by, today=TODAY, verb=VERB.SEND_BACK),
    VERB.ENDORSE: lambda row, by: may_answer_endorsement(row, by=by, today=TODAY),
    VERB.REGISTER: lambda row, by: may_register_again(row, by=by, today=TODAY),
    VERB.RETURN: lambda row, by: may_handle_referral(row, by=by, today=TODAY, verb=VERB.RETURN),
    VERB.TAKE_TO_PANEL: lambda row, by: may_handle_referral(row, by=by, today=TODAY, verb=VERB.TAKE_TO_PANEL),
    VERB.ACCEPT: lambda row, by: may_accept_referral(row, by=by, today=TODAY),
    VERB.DECLINE: lambda row, by: may_decline_referral(row, by=by, today=TODAY),
    VERB.WITHDRAW: lambda row, by: may_withdraw_referral(row, by=by, today=TODAY),
    "write": lambda row, by: may_write_referral(row, by=by, today=TODAY),
    "vote": lambda row, by: may_vote_on(row, by=by, today=TODAY),
    "link": lambda row, by: may_link_person(row, by=by, today=TODAY),
    "told": lambda row, by: may_note_told(row, by=by, today=TODAY),
}
COORDINATOR, ADMINISTRATOR = Role.COORDINATOR.value, Role.ADMINISTRATOR.value
UNIT = {COORDINATOR, ADMINISTRATOR}
AUTHOR, MANAGER, SEAT = "author", "manager", "seat"

# Of a referral written here, and of one that came as a document: who may, by state. What is not here, nobody may.
WRITTEN: Mapping[ReferralState, Mapping[str, set[str]]] = {
    STATE.DRAFT: {VERB.ASK_ENDORSEMENT: {AUTHOR}, VERB.WITHDRAW: {AUTHOR}, "write": {AUTHOR}},
    STATE.AWAITING_ENDORSEMENT: {VERB.SEND_BACK: {MANAGER}, VERB.ENDORSE: {MANAGER}, VERB.WITHDRAW: {AUTHOR}},
    STATE.SUBMITTED: {
        VERB.RETURN: UNIT, VERB.TAKE_TO_PANEL: UNIT, VERB.WITHDRAW: {AUTHOR, *UNIT}, "link": UNIT,
    },
    STATE.RETURNED: {VERB.ASK_ENDORSEMENT: {AUTHOR}, VERB.WITHDRAW: {AUTHOR, *UNIT}, "write": {AUTHOR}},
    STATE.UNDER_PANEL: {
        VERB.RETURN: UNIT, VERB.ACCEPT: {COORDINATOR}, VERB.DECLINE: {COORDINATOR},
        VERB.WITHDRAW: {AUTHOR, *UNIT}, "vote": {SEAT}, "link": UNIT,
    },
    STATE.DECLINED: {"told": UNIT},
}  # fmt: skip
DOCUMENT: Mapping[ReferralState, Mapping[str, set[str]]] = {
    STATE.SUBMITTED: {
        VERB.RETURN: UNIT, VERB.TAKE_TO_PANEL: UNIT, VERB.WITHDRAW: UNIT, "link": UNIT, "write": UNIT,
    },
    STATE.RETURNED: {VERB.REGISTER: UNIT, VERB.WITHDRAW: UNIT, "write": UNIT},
    STATE.UNDER_PANEL: {
        VERB.RETURN: UNIT, VERB.ACCEPT: {COORDINATOR}, VERB.DECLINE: {COORDINATOR}, VERB.WITHDRAW: UNIT,
        "vote": {SEAT}, "link": UNIT, "write": UNIT,
    },
    STATE.DECLINED: {"told": UNIT},
}  # fmt: skip


# What came as a document has been received: it is never a draft.
_DRAFTS = (STATE.DRAFT, STATE.AWAITING_ENDORSEMENT)


@pytest.mark.parametrize(
    ("table", "state"),
    [pytest.param(WRITTEN, state, id=f"written here, {state}") for state in ReferralState]
    + [pytest.param(DOCUMENT, state, id=f"a document, {state}") for state in ReferralState if state not in _DRAFTS],
)
def test_every_state_verb_role_and_part(
    db: None, table: Mapping[ReferralState, Mapping[str, set[str]]], state: ReferralState
) -> None:
    clock.pretend(TODAY)
    area = AreaFactory.create()
    agency = AgencyFactory.create(area=area)

    def acting(role: Role) -> Principal:
        return Principal.for_membership(
            MembershipFactory.create(area=area, agency=AgencyFactory.create(area=area), role=role), on=TODAY
        )

    def of_the_agency(*, manages: bool = False) -> Principal:
        made = MembershipFactory.create(area=area, agency=agency, role=Role.PRACTITIONER, manages=manages)
        return Principal.for_membership(made, on=TODAY)

    people = {role.value: acting(role) for role in MEMBERSHIP_ROLES}
    people |= {AUTHOR: of_the_agency(), MANAGER: of_the_agency(manages=True), SEAT: acting(Role.PANEL_MEMBER)}
    open_seat = seat(area, member_id=people[SEAT].user_id)
    Absence.objects.create(user_id=open_seat.member_id, starts_on=TODAY, ends_on=TODAY)
    received_on = None if state in _DRAFTS else TODAY
    more = {"author_id": people[AUTHOR].user_id, "endorser_id": people[MANAGER].user_id} if table is WRITTEN else {}
    if state is STATE.ACCEPTED:
        more |= {"decided_on": TODAY, "level_given": "2"}
    if state is STATE.DECLINED:
        more |= {"decided_on": TODAY, "decline_reason": "no_value", "decline_text": "No value", "route": "Head of unit"}
    nominal = make.nominal(area) if state is STATE.ACCEPTED else None
    row = referral(area, nominal, state, agency=agency, rounds=1, received_on=received_on, **more)
    if state is STATE.UNDER_PANEL:
        vote(row, Vote.LEVEL_2)
        vote(row, Vote.DECLINE)
    allowed = {(name, who) for name, twin in TWINS.items() for who, by in people.items() if twin(row, by)}
    assert allowed == {(name, who) for name, those in table.get(state, {}).items() for who in those}


def test_the_twins_cover_every_verb() -> None:
    assert {str(verb) for verb in ReferralVerb} < set(TWINS)
