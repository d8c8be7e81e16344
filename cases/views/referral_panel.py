"""The panel and a referral: votes, what they came to, the referrer told; and who has a seat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.urls import reverse

from agencies.models import User
from agencies.roles import Perm
from cases.forms.panel import (
    AcceptForm,
    DeclineForm,
    SeatEndForm,
    SeatForm,
    ToldForm,
    VoteForm,
    VoteForMemberForm,
)
from cases.models import PanelSeat
from cases.panel_standing import standing_of
from cases.referrals import left_seats, seats_on
from cases.services.panel import (
    accept_referral,
    cast_vote,
    decline_referral,
    end_seat,
    may_name_seat,
    may_vote_on,
    members_to_name,
    name_seat,
    note_told,
)
from pages.guards import DrawnList, FormPage, Offer, TemplatePage
from pages.lists import Column
from rules.core import Decision, long_date
from rules.referrals import PanelResult
from rules.vocabulary import DeclineReason, Level, PanelStanding, Vote

from .referral import AboutReferral


class ReferralVote(AboutReferral):
    """Vote, with reasons. The vote that makes the quorum to accept accepts it at once (R46)."""

    permission = Perm.REFERRAL_VOTE
    form_class = VoteForm
    template_name = "cases/referral_vote.html"
    title = "Vote on the referral"
    submit_label = "Vote"
    done = "Your vote has been recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        cast_vote(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            vote=Vote(said["vote"]),
            reasons=said["reasons"],
        )
        return self.back()


class ReferralVoteFor(AboutReferral):
    """Write down what a member said by phone or e-mail (R108). Only those are offered who may still vote."""

    permission = Perm.REFERRAL_HANDLE
    form_class = VoteForMemberForm
    title = "Write down a vote"
    submit_label = "Save the vote"
    done = "The vote has been written down."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        voters = {}
        for seat in seats_on(self.object.area_id, self.today).select_related("member", "substitute"):
            for person in (seat.member, seat.substitute):
                if person is not None and self._may_vote(person):
                    voters[str(person.pk)] = person.name
        return {"voters": voters.items()}

    def _may_vote(self, person: User) -> bool:
        return bool(may_vote_on(self.object, by=self.principal, today=self.today, voter_id=person.pk))

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        cast_vote(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            vote=Vote(said["vote"]),
            reasons=said["reasons"],
            voter_id=int(said["voter"]),
        )
        return self.back()


class ReferralAccept(AboutReferral):
    """Accept after the panel could not settle it, by whoever decides then."""

    permission = Perm.REFERRAL_DECIDE
    form_class = AcceptForm
    title = "Record the acceptance"
    submit_label = "Accept"
    done = "The referral has been accepted."

    @cached_property
    def standing(self) -> PanelResult:
        return standing_of(self.object, self.today)

    def get_initial(self) -> Mapping[str, Any]:
        return {"level": self.standing.level or self.object.level_asked}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"escalated": self.standing.standing is PanelStanding.ESCALATED}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        accept_referral(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            level=Level(said["level"]),
            note=said["note"],
        )
        return self.back()


class ReferralDecline(AboutReferral):
    """Record the decline that the votes came to, or that was decided after them (R48)."""

    permission = Perm.REFERRAL_DECIDE
    form_class = DeclineForm
    title = "Record the decline"
    submit_label = "Decline"
    done = "The decline has been recorded. Tell the referrer, and record the day."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        decline_referral(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            reason=DeclineReason(said["reason"]),
            text=said["text"],
            route=said["route"],
        )
        return self.back()


class ReferralTold(AboutReferral):
    """The day on which the referrer was told of the decline (R48)."""

    permission = Perm.REFERRAL_HANDLE
    form_class = ToldForm
    title = "When was the referrer told?"
    done = "The day has been recorded."

    def get_initial(self) -> Mapping[str, Any]:
        return {"told_on": self.today}

    def act(self, form: Any) -> str:
        note_told(by=self.principal, today=self.today, referral_id=self.object.pk, told_on=form.cleaned_data["told_on"])
        return self.back()


@dataclass(frozen=True)
class SeatLine:
    """A seat, with the button that ends it."""

    seat: PanelSeat
    offers: Sequence[Offer]


class PanelSeats(DrawnList[SeatLine], TemplatePage):
    """Who has a seat in the area's panel, today or later."""

    permission = Perm.PANEL_NAME
    template_name = "cases/panel_seats.html"
    table_template = "cases/panel_seats_table.html"
    title = "Referral panel"
    columns = (
        Column("Member"),
        Column("Substitute"),
        Column("From"),
        Column("To"),
        Column("Change", exported=False),
    )
    noun = ("seat", "seats")

    def offers(self) -> Iterable[Offer]:
        decision = may_name_seat(self.principal.area_id or 0, by=self.principal, today=self.today)
        return [Offer("Name a member", reverse("panel-seat-name"), decision, access=decision)]

    def lines(self) -> Sequence[SeatLine]:
        area_id = self.principal.area_id or 0
        decision = may_name_seat(area_id, by=self.principal, today=self.today)
        rows = PanelSeat.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=self.today), area=area_id
        ).select_related("member", "substitute")
        return [SeatLine(row, (self._end(row, decision),)) for row in rows]

    def records_of(self, line: SeatLine) -> Sequence[PanelSeat]:
        return (line.seat,)

    def _end(self, row: PanelSeat, decision: Decision) -> Offer:
        address = reverse("panel-seat-end", args=[row.pk])
        return Offer("End", address, decision, access=decision, of=f" the seat of {row.member.name}")


class SeatName(FormPage[PanelSeat]):
    """Name a member of the panel, with a substitute (R46, R47)."""

    permission = Perm.PANEL_NAME
    form_class = SeatForm
    title = "Name a member of the panel"

    def get_cancel_url(self) -> str:
        return reverse("panel-seats")

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        people = members_to_name(self.principal.area_id or 0, on=self.today)
        left = left_seats(self.principal.area_id or 0, self.today)
        return {
            "people": {person.pk: person.name for person in people},
            "left": {
                row.number: f"That of {row.member.name}, which ends on {long_date(row.ends_on)}"
                for row in left
                if row.ends_on is not None
            },
        }

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        name_seat(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            member_id=int(said["member"]),
            substitute_id=int(said["substitute"]) if said["substitute"] else None,
            starts_on=said["starts_on"],
            number=int(said["number"]) if said.get("number", "new") != "new" else None,
        )
        messages.success(self.request, "The member has been named.")
        return self.get_cancel_url()


class SeatEnd(FormPage[PanelSeat]):
    """The last day of a seat; votes given stay."""

    permission = Perm.PANEL_NAME
    seen_by = Perm.PANEL_NAME
    model = PanelSeat
    form_class = SeatEndForm
    title = "End a seat of the panel"
    submit_label = "End the seat"

    @property
    def stored_version(self) -> int | None:
        return None

    def get_queryset(self) -> QuerySet[PanelSeat]:
        return PanelSeat.objects.filter(area=self.principal.area_id or 0).select_related("member")

    def get_title(self) -> str:
        return f"End the seat of {self.object.member.name}"

    def get_cancel_url(self) -> str:
        return reverse("panel-seats")

    def get_initial(self) -> Mapping[str, Any]:
        return {"ends_on": self.today}

    def act(self, form: Any) -> str:
        end_seat(by=self.principal, today=self.today, seat_id=self.object.pk, ends_on=form.cleaned_data["ends_on"])
        messages.success(self.request, "The seat ends on that day.")
        return self.get_cancel_url()
