"""Referrals in any state, as rows."""

from typing import Any

from agencies.models import Agency, Area
from cases.models import (
    FirstNotification,
    Nominal,
    PanelSeat,
    PanelVote,
    Referral,
    ReferralChange,
    ReferralDocument,
    ReferralDraft,
    ReferralFile,
)
from cases.referrals import next_number
from rules.vocabulary import (
    DocumentKind,
    DocumentState,
    FirstNotificationState,
    GroundKind,
    Level,
    ReceivedBy,
    ReferralState,
    ReferralVerb,
    Vote,
)

from .agencies import AgencyFactory, UserFactory
from .cases import TODAY

COMPLETE: dict[str, Any] = {
    "referrer": "A practitioner",
    "endorsed_by": "A manager",
    "received_on": TODAY,
    "category": "2",
    "level_asked": Level.TWO,
    "lower_level": "Agencies do not share what they know",
    "plan": "Weekly visits and a curfew",
    "risk_level": "high",
    "risk": "To women he lives with",
    "victims": "Victim A lives near",
    "invite": "Housing and health services",
    "value_reasons": "Housing and police must agree a plan",
}


def referral(
    area: Area,
    nominal: Nominal | None = None,
    state: ReferralState = ReferralState.SUBMITTED,
    *,
    agency: Agency | None = None,
    rounds: int = 0,
    **more: Any,
) -> Referral:
    """A complete referral, which has gone to the panel so many times."""
    about = {} if nominal else {"family_name": "Shale"}
    stored: Referral = Referral.objects.create(
        area=area, agency=agency or AgencyFactory.create(area=area), nominal=nominal, state=state,
        **COMPLETE | about | more,
    )  # fmt: skip
    for _ in range(rounds):
        ReferralChange.objects.create(
            referral=stored, verb=ReferralVerb.TAKE_TO_PANEL, state=ReferralState.UNDER_PANEL, happened_on=TODAY
        )
    return stored


def seat(area: Area, **more: Any) -> PanelSeat:
    """A seat of the area's panel, of a person of its own."""
    values: dict[str, Any] = {"number": next_number(area.pk), "starts_on": TODAY}
    if "member_id" not in more:
        values["member"] = UserFactory.create()
    return PanelSeat.objects.create(area=area, **values | more)


def vote(on: Referral, given: Vote, **more: Any) -> PanelVote:
    """A vote of the first round."""
    held: PanelSeat = more.pop("seat", None) or seat(on.area)
    return PanelVote.objects.create(
        referral=on,
        round=1,
        seat=held,
        seat_number=held.number,
        voter=held.member,
        vote=given,
        reasons="Agencies must meet",
        **more,
    )


def draft(of: Referral, section: str = "plan") -> ReferralDraft:
    """Half a sentence, not saved."""
    return ReferralDraft.objects.create(referral=of, section=section, user=UserFactory.create(), values={"plan": "Hal"})


def first_notification(
    area: Area, nominal: Nominal | None = None, *, agency: Agency | None = None, **more: Any
) -> FirstNotification:
    """A first notification that came on paper and waits."""
    about = {} if nominal else {"family_name": "Shale", "pnc": "90/1Z"}
    values: dict[str, Any] = {
        "ground": GroundKind.QUALIFYING_DISPOSAL, "offence": "Robbery, detained for two years",
        "sentenced_on": TODAY, "notified_on": TODAY, "notifier": "A case manager", "received_by": ReceivedBy.PAPER,
        "state": FirstNotificationState.WAITING,
    }  # fmt: skip
    return FirstNotification.objects.create(
        area=area, agency=agency or AgencyFactory.create(area=area), nominal=nominal, **values | about | more
    )


def document(
    of: Referral, state: DocumentState = DocumentState.CLEAN, content: bytes = b"%PDF-1.7"
) -> ReferralDocument:
    """A document of a referral, with its bytes."""
    stored: ReferralDocument = ReferralDocument.objects.create(
        referral=of, what="Referral", kind=DocumentKind.PDF, state=state, size=len(content), digest="0" * 64,
        added_on=TODAY,
    )  # fmt: skip
    ReferralFile.objects.create(document=stored, number=0, content=content)
    return stored
