"""The letter to whoever referred: what was decided, why, what follows. It is written from what drives the decision.

Nothing of the sections is in it, so nothing about a victim is, nor who voted how.
"""

from dataclasses import replace
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from letters.documents import Block, Bullets, Document, Facts, Heading, Paragraph
from letters.marking import Marking, may_take_copy
from pages.dates import british_date
from rules.core import Decision, Reason, mid_sentence
from rules.vocabulary import PanelStanding, ReferralState, ReferralVerb

from .first_meetings import first_meeting_obligations
from .models import Referral
from .panel_standing import standing_of

TITLES = {
    ReferralState.ACCEPTED: "A referral has been accepted",
    ReferralState.DECLINED: "A referral has been declined",
    ReferralState.RETURNED: "A referral has been returned as incomplete",
}


def may_take_letter(referral: Referral, *, by: Principal) -> Decision:
    """Whether there is a letter, and whoever acts may take it: who reads the referral reads what was decided."""
    decision = can(by, Perm.REFERRAL_VIEW, referral) & may_take_copy(by=by)
    if decision and referral.state not in TITLES:
        return Decision.no(Reason("There is a letter when the referral is returned or decided.", "R48"))
    return decision


def letter_of(referral: Referral, *, person: str, today: date, marking: Marking, opens: bool = True) -> Document:
    """The letter of a referral that was returned or decided; ``person`` is whom it is about, as people write a name.

    ``opens``: the reader may open the record, and reads by when the first meeting is due, which follows from it.
    """
    state = ReferralState(referral.state)
    blocks: list[Block] = [
        Paragraph(f"To {referral.referrer}, {referral.agency.name}"),
        Facts(
            (
                ("About", person),
                ("Received", british_date(referral.received_on)),
                ("Endorsed by", referral.endorsed_by or "Nobody named"),
                ("Category", referral.get_category_display()),
                ("Asked for", referral.get_level_asked_display()),
            ),
            "The referral",
        ),
        *{
            ReferralState.ACCEPTED: _accepted,
            ReferralState.DECLINED: _declined,
            ReferralState.RETURNED: _returned,
        }[state](referral, today),
        *(_first_meeting(referral, today) if opens and state is ReferralState.ACCEPTED else ()),
    ]
    return Document(TITLES[state], tuple(blocks), marking, f"Referral {referral.pk}")


def _accepted(referral: Referral, _today: date) -> list[Block]:
    decided_on = referral.decided_on
    assert decided_on is not None  # noqa: S101 - a constraint of the table
    result = standing_of(referral, decided_on)
    reasons = [_said(reason) for reason in result.reasons if result.standing is PanelStanding.ACCEPTED]
    reasons += _note(referral, ReferralVerb.ACCEPT)
    rows = (
        ("Decision", "Accepted"),
        ("Level", referral.get_level_given_display()),
        ("Decided on", british_date(decided_on)),
    )
    return [
        Heading("Decision"),
        Facts(rows, "What was decided"),
        *_reasons(reasons),
    ]


def _first_meeting(referral: Referral, today: date) -> list[Block]:
    """By when it is due, from what, and by which rule, in a sentence (R49)."""
    wanted = first_meeting_obligations([referral.nominal_id or 0], today).get(referral.nominal_id or 0, [])
    row = next((each for each in wanted if each.subject == f"referral:{referral.pk}"), None)
    heading = Heading("First meeting")
    if row is None:
        return [heading, Paragraph("No first meeting is due.")]
    said = [_said(replace(reason, text=mid_sentence(reason.text))) for reason in row.reasons]
    return [heading, *(Paragraph(f"The first meeting is {text}.") for text in said)]


def _declined(referral: Referral, _today: date) -> list[Block]:
    rows = (
        ("Decision", "Declined"),
        ("Decided on", british_date(referral.decided_on)),
        ("Why", referral.get_decline_reason_display()),
        ("Referrer told", british_date(referral.told_on) or "Not yet"),
    )
    return [
        Heading("Decision"),
        Facts(rows, "What was decided"),
        *_reasons([referral.decline_text]),
        Heading("If you do not agree"),
        Paragraph(referral.route),
    ]


def _returned(referral: Referral, _today: date) -> list[Block]:
    change = referral.changes.filter(verb=ReferralVerb.RETURN).last()
    rows = (("Decision", "Returned as incomplete"), ("On", british_date(change.happened_on if change else None)))
    return [
        Heading("Decision"),
        Facts(rows, "What was decided"),
        Heading("What is missing"),
        *(Paragraph(text) for text in _note(referral, ReferralVerb.RETURN)),
        Paragraph("Complete it and send it again. Until then its days with the unit stand still."),
    ]


def _reasons(reasons: list[str]) -> list[Block]:
    return [Heading("Reasons", level=2), Bullets(tuple(reasons))] if reasons else []


def _note(referral: Referral, verb: ReferralVerb) -> list[str]:
    change = referral.changes.filter(verb=verb).last()
    return [change.note] if change is not None and change.note else []


def _said(reason: Reason) -> str:
    return f"{reason.text} (rule {reason.rule})"
