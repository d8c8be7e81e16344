"""What may be done with a referral next, each with the decision of the service's own twin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.urls import reverse

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from pages.offers import Offer, Style
from rules.core import Decision
from rules.transitions import verbs_of
from rules.vocabulary import ReferralState, ReferralVerb

from .models import Referral
from .panel_standing import seat_of
from .referrals import cannot_be_read
from .services.panel import may_accept_referral, may_decline_referral, may_note_told, may_vote_on
from .services.referrals import (
    may_answer_endorsement,
    may_ask_endorsement,
    may_handle_referral,
    may_link_person,
    may_register_again,
    may_withdraw_referral,
    may_write_referral,
)

_VERB = ReferralVerb
_UNIT = (Perm.REFERRAL_HANDLE, Perm.REFERRAL_DECIDE)


@dataclass(frozen=True)
class _Asked:
    """A button, and the twin that says whether it may be pressed: asked only of those whose work it is."""

    label: str
    url_name: str
    perm: Perm
    twin: Callable[[], Decision]
    post: bool = False
    style: Style = "secondary"


def offers_of(referral: Referral, *, by: Principal, today: date) -> Iterator[Offer]:
    """The buttons of the referral's page, in the order of its way. What its state does not know is not offered, nor
    what is somebody else's part: its author writes, the manager who was asked endorses, who has a seat votes.
    """
    for each in (*_writers(referral, by, today), *_panels(referral, by, today), *_units(referral, by, today)):
        allowed = can(by, each.perm, referral)
        if allowed:
            url = reverse(each.url_name, args=[referral.pk])
            yield Offer(each.label, url, each.twin(), access=allowed, post=each.post, style=each.style)


def _writers(referral: Referral, by: Principal, today: date) -> Iterator[_Asked]:
    verbs = verbs_of(ReferralState(referral.state))
    if by.user_id is None:
        return
    if referral.author_id == by.user_id and _VERB.ASK_ENDORSEMENT in verbs:
        write, send = (
            partial(may_write_referral, referral, by=by, today=today),
            partial(may_ask_endorsement, referral, by=by, today=today),
        )
        yield _Asked("Continue writing", "referral-tasks", Perm.REFERRAL_WRITE, write, style="primary")
        yield _Asked("Send to a manager", "referral-send", Perm.REFERRAL_WRITE, send)
    if referral.endorser_id == by.user_id and _VERB.ENDORSE in verbs:
        answer = partial(may_answer_endorsement, referral, by=by, today=today)
        yield _Asked(
            "Endorse and submit", "referral-endorse", Perm.REFERRAL_ENDORSE, answer, post=True, style="primary"
        )
        yield _Asked("Send back", "referral-send-back", Perm.REFERRAL_ENDORSE, partial(answer, verb=_VERB.SEND_BACK))


def _panels(referral: Referral, by: Principal, today: date) -> Iterator[_Asked]:
    under_panel = ReferralState(referral.state) is ReferralState.UNDER_PANEL
    if under_panel and by.user_id is not None and seat_of(referral, by.user_id, today) is not None:
        vote = partial(may_vote_on, referral, by=by, today=today)
        yield _Asked("Vote", "referral-vote", Perm.REFERRAL_VOTE, vote, style="primary")


def _units(referral: Referral, by: Principal, today: date) -> Iterator[_Asked]:
    state = ReferralState(referral.state)
    verbs = verbs_of(state)
    handle, decide = _UNIT
    ask = partial(may_handle_referral, referral, by=by, today=today)
    if state in (ReferralState.SUBMITTED, ReferralState.UNDER_PANEL) and referral.author_id is None:
        write = partial(may_write_referral, referral, by=by, today=today)
        yield _Asked("Type what it says", "referral-tasks", handle, write)
    if _VERB.REGISTER in verbs and referral.author_id is None:
        again = partial(may_register_again, referral, by=by, today=today)
        yield _Asked("It has come again", "referral-register-again", handle, again, post=True, style="primary")
    if _VERB.TAKE_TO_PANEL in verbs:
        give = partial(ask, verb=_VERB.TAKE_TO_PANEL)
        yield _Asked(
            "Give to the panel", "referral-to-panel", handle, give, post=not cannot_be_read(referral), style="primary"
        )
    if state is ReferralState.UNDER_PANEL:
        yield _Asked("Write down a vote", "referral-vote-for", handle, Decision.yes)
    if _VERB.ACCEPT in verbs:
        accept = partial(may_accept_referral, referral, by=by, today=today)
        yield _Asked("Record the acceptance", "referral-accept", decide, accept)
        decline = partial(may_decline_referral, referral, by=by, today=today)
        yield _Asked("Record the decline", "referral-decline", decide, decline)
    if referral.nominal_id is None and state in (ReferralState.SUBMITTED, ReferralState.UNDER_PANEL):
        link = partial(may_link_person, referral, by=by, today=today)
        yield _Asked("Link to a record", "referral-link", handle, link)
    if _VERB.RETURN in verbs:
        yield _Asked("Return as incomplete", "referral-return", handle, partial(ask, verb=_VERB.RETURN))
    if state is ReferralState.DECLINED and referral.told_on is None:
        told = partial(may_note_told, referral, by=by, today=today)
        yield _Asked("Referrer told", "referral-told", handle, told, style="primary")
    if _VERB.WITHDRAW in verbs:
        withdraw = partial(may_withdraw_referral, referral, by=by, today=today)
        own = referral.author_id is not None and referral.author_id == by.user_id
        yield _Asked("Withdraw", "referral-withdraw", Perm.REFERRAL_WRITE if own else handle, withdraw, style="warning")
