"""Whom the table asks for and who is not invited, or invited and not told: nobody is left out silently (R57)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from agencies.models import Agency
from rules.core import Answer
from rules.invitations import housing_expected
from rules.vocabulary import (
    InvitationAnswer,
    InviteReason,
)

from .invited import told_for
from .models import Invitation, Slot
from .wanted import Gap, Mend, wanted_for


@dataclass(frozen=True)
class GapLine:
    """A gap of a meeting as a page shows it: agencies to choose from, and pages that mend it."""

    slot: Slot
    gap: Gap
    choices: list[tuple[int, str]]
    links: list[tuple[str, str]]

    @property
    def only(self) -> tuple[int, str] | None:
        return self.choices[0] if len(self.choices) == 1 else None

    @property
    def because(self) -> str:
        return f"Chosen for: {self.gap.because}"

    @property
    def key(self) -> str:
        return f"{self.slot.pk}-{'-'.join(self.gap.reasons)}-{self.gap.kind}"


def gap_lines(slots: Iterable[Slot], *, today: date) -> list[GapLine]:
    """The gaps of these meetings, for whoever plans them."""
    found = [(slot, gap) for slot in slots for gap in gaps_of(slot, today=today)]
    named = {key for _, gap in found for key in gap.of}
    names = dict(Agency.objects.filter(pk__in=named).values_list("pk", "name"))
    return [
        GapLine(
            slot,
            gap,
            [(key, names[key]) for key in gap.of if key in names] if gap.mend in (Mend.CHOOSE, Mend.PLACE) else [],
            _links(slot, gap),
        )
        for slot, gap in found
    ]


def _links(slot: Slot, gap: Gap) -> list[tuple[str, str]]:
    asked = urlencode([("whom", "guest"), *(("reasons", reason.value) for reason in gap.reasons)])
    guest = ("Invite a guest instead", f"{reverse('invitation-add', args=[slot.pk])}?{asked}")
    if gap.mend is Mend.WALL:
        return []
    if gap.mend is Mend.CONTACT:
        return [("Name a contact", f"{reverse('agency', args=gap.of)}#contacts"), guest]
    if gap.mend is Mend.TABLE:
        return [("Say whom the area invites", reverse("invite-rule-set", args=[gap.reasons[0].value])), guest]
    if gap.mend is Mend.PLACE:
        return [("Say where they are", reverse("nominal", args=[slot.nominal_id])), guest]
    return [] if len(gap.of) == 1 else [guest]


def housing_of(slots: Iterable[Slot]) -> dict[int, Answer[bool | None]]:
    """By meeting, whether council or landlord will come, as far as the answers say. One query."""
    said: dict[int, list[tuple[str, InvitationAnswer]]] = {slot.pk: [] for slot in slots}
    rows = Invitation.objects.filter(slot__in=said, withdrawn_on=None, agency__isnull=False)
    for slot_id, kind, answer in rows.values_list("slot", "agency__kind", "answer"):
        said[slot_id].append((kind, InvitationAnswer(answer)))
    return {slot_id: housing_expected(answers) for slot_id, answers in said.items()}


def gaps_of(slot: Slot, *, today: date) -> list[Gap]:
    """Of a meeting that is placed: who is asked for and not invited, and who is invited and told by nobody.

    Somebody invited by hand for a reason fills the gap of that reason; whoever the unit took off stays off.
    """
    rows = list(slot.invitations.select_related("agency"))
    live = [row for row in rows if row.withdrawn_on is None]
    known = {row.agency_id for row in rows}
    wanted = wanted_for(slot, today=today)
    gaps = [gap for gap in wanted.gaps if not _filled(gap, live)]
    since = [key for key in wanted.agencies if key not in known]
    names = dict(Agency.objects.filter(pk__in=since).values_list("pk", "name"))
    why = "Asked for since the meeting was placed, and not invited yet"
    gaps += [Gap(names[key], tuple(wanted.agencies[key]), why, Mend.CHOOSE, (key,)) for key in since]
    return [*gaps, *_untold(slot, live, today)]


def _filled(gap: Gap, live: Sequence[Invitation]) -> bool:
    """Each reason is somebody's who was invited for it: a guest, one of those to choose from, one of the kind."""
    anybody = not gap.kind and not gap.of
    there = [
        row for row in live if anybody or row.agency is None or row.agency_id in gap.of or row.agency.kind == gap.kind
    ]
    return all(any(reason in row.reasons for row in there) for reason in gap.reasons)


def _untold(slot: Slot, live: Sequence[Invitation], today: date) -> list[Gap]:
    """Those invited whom no letter reaches: no contact, all of them away, or nobody who may open the record."""
    agencies = [row.agency for row in live if row.agency is not None and row.answer == InvitationAnswer.NONE]
    told = told_for(slot.nominal, agencies, on=today)
    reasons = {row.agency_id: tuple(InviteReason(code) for code in row.reasons) for row in live}
    why = "Invited, but nobody is told: no contact or deputy is there who may open the record"
    return [Gap(each.name, reasons[each.pk], why, Mend.CONTACT, (each.pk,)) for each in agencies if each.pk not in told]
