"""Whom the table asks for and who is not invited, or invited and not told: nobody is left out silently (R57)."""

from collections.abc import Iterable, Mapping, Sequence
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

from .invited import told_for_each
from .models import Invitation, Slot
from .wanted import Gap, Mend, wanted_for_each


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


def gap_lines(slots: Sequence[Slot], *, today: date) -> list[GapLine]:
    """The gaps of these meetings, for whoever plans them: those of one day cost as many queries as one of them."""
    each = gaps_of_each(slots, today=today)
    found = [(slot, gap) for slot, gaps in zip(slots, each, strict=True) for gap in gaps]
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
    return gaps_of_each([slot], today=today)[0]


def gaps_of_each(slots: Sequence[Slot], *, today: date) -> list[list[Gap]]:
    """The same for many meetings, in their order."""
    rows: dict[int, list[Invitation]] = {slot.pk: [] for slot in slots}
    for row in Invitation.objects.filter(slot__in=rows).select_related("agency"):
        rows[row.slot_id].append(row)
    wanted = wanted_for_each(slots, today=today)
    since = [
        [key for key in each.agencies if key not in {row.agency_id for row in rows[slot.pk]}]
        for slot, each in zip(slots, wanted, strict=True)
    ]
    named = {key for keys in since for key in keys}
    names = dict(Agency.objects.filter(pk__in=named).values_list("pk", "name"))
    live = {key: [row for row in each if row.withdrawn_on is None] for key, each in rows.items()}
    untold = _untold(slots, live, today)
    why = "Asked for since the meeting was placed, and not invited yet"
    return [
        [
            *(gap for gap in each.gaps if not _filled(gap, live[slot.pk])),
            *(Gap(names[key], tuple(each.agencies[key]), why, Mend.CHOOSE, (key,)) for key in keys),
            *untold[slot.pk],
        ]
        for slot, each, keys in zip(slots, wanted, since, strict=True)
    ]


def _filled(gap: Gap, live: Sequence[Invitation]) -> bool:
    """Each reason is somebody's who was invited for it: a guest, one of those to choose from, one of the kind."""
    anybody = not gap.kind and not gap.of
    there = [
        row for row in live if anybody or row.agency is None or row.agency_id in gap.of or row.agency.kind == gap.kind
    ]
    return all(any(reason in row.reasons for row in there) for reason in gap.reasons)


def _untold(slots: Sequence[Slot], live: Mapping[int, Sequence[Invitation]], today: date) -> dict[int, list[Gap]]:
    """Those invited whom no letter reaches: no contact, all of them away, or nobody who may open the record."""
    asked = {
        slot.pk: [
            (row, row.agency) for row in live[slot.pk] if row.agency is not None and row.answer == InvitationAnswer.NONE
        ]
        for slot in slots
    }
    told = told_for_each([(slot.nominal, [agency for _, agency in asked[slot.pk]]) for slot in slots], on=today)
    why = "Invited, but nobody is told: no contact or deputy is there who may open the record"
    return {
        slot.pk: [
            Gap(agency.name, tuple(InviteReason(code) for code in row.reasons), why, Mend.CONTACT, (agency.pk,))
            for row, agency in asked[slot.pk]
            if agency.pk not in told[slot.nominal_id]
        ]
        for slot in slots
    }
