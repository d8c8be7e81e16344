"""The unit's pages of invitations: who has answered, answers written down, the table of who is invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area
from agencies.queries import agencies_of
from agencies.roles import Perm
from pages.dates import british_moment
from pages.guards import ActionPage, FormPage, ListPage, Offer, TemplatePage, safe_next
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter
from rules.core import Decision
from rules.invitations import INVITED
from rules.vocabulary import InvitationAnswer, InviteReason, ReceivedHow, ReplyState, choices

from .invitation_forms import AGENCY, GUEST, InviteForm, InviteRuleForm, JoiningTextForm, RecordForm
from .invite_facts import table_of
from .models import Invitation, JoiningText, Sitting, Slot
from .queries import replies_of, sittings_of, sittings_with_invitations
from .services.invitations import (
    AnswerRecord,
    Guest,
    answer_invitation,
    chase_invitations,
    invite_agency,
    invite_guest,
    may_chase,
    may_withdraw,
    people_of,
    set_invite_rule,
    set_joining_text,
    withdraw_invitation,
)
from .words import from_to, name_of

_COLOURS = {
    InvitationAnswer.NONE: "yellow",
    InvitationAnswer.ATTENDING: "green",
    InvitationAnswer.DEPUTY: "turquoise",
    InvitationAnswer.REPORT: "blue",
    InvitationAnswer.APOLOGIES: "orange",
    InvitationAnswer.NOT_NEEDED: "grey",
}


@dataclass(frozen=True)
class InvitationLine:
    """An invitation in words, with how long it has waited; ``first``: no line of its meeting stands before it."""

    row: Invitation
    waits: int | None
    first: bool

    @property
    def answer(self) -> str:
        return InvitationAnswer(self.row.answer).label

    @property
    def colour(self) -> str:
        return _COLOURS[InvitationAnswer(self.row.answer)]

    @property
    def by_calendar(self) -> bool:
        return self.row.received_how == ReceivedHow.CALENDAR

    @property
    def hours(self) -> str:
        return from_to(self.row.slot.starts_at, self.row.slot.ends_at)


def _sittings(context: ListContext) -> Choices:
    known = sittings_of(context.principal).filter(pk__in=sittings_with_invitations(context.today).values("pk"))
    rows = known.select_related("panel").order_by("starts_at")
    return [(str(row.pk), f"{british_moment(row.starts_at)}, {name_of(row)}") for row in rows]


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


class Invitations(ListPage[Invitation]):
    """Who is invited to the coming meetings, who has answered, and since when the others have not."""

    permission = Perm.SITTING_PLAN
    model = Invitation
    title = "Invitations"
    template_name = "meetings/invitations.html"
    listing = Listing(
        sorts=(
            Sort("day", "Day", ("slot__starts_at", "agency__name", "guest_name")),
            Sort("whom", "Invited", ("agency__name", "guest_name", "slot__starts_at")),
            Sort("since", "Since", ("invited_on", "slot__starts_at")),
        ),
        columns=(
            Column("Name"),
            Column("Day", "day", beside="Hours and panel"),
            Column("Invited", "whom"),
            Column("Answer"),
            Column("Since", "since", beside="Waiting"),
            Column("Do", exported=False),
        ),
        filters=(
            choice_filter("sitting", "Sitting", _sittings, lambda rows, v, _c: rows.filter(slot__sitting=int(v))),
            choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=int(v))),
            choice_filter("answer", "Answer", choices(InvitationAnswer), lambda rows, v, _c: rows.filter(answer=v)),
        ),
        noun=("invitation", "invitations"),
        empty="Nobody is invited to a coming meeting.",
        empty_filtered="No invitation matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Invitation]:
        begins = timezone.make_aware(datetime.combine(self.today, time()))
        rows = Invitation.objects.live().filter(slot__ends_at__gte=begins)
        return rows.select_related("agency", "attends", "slot__nominal", "slot__sitting__panel")

    def decorate(self, rows: Sequence[Invitation]) -> Sequence[InvitationLine]:
        first = {row.slot_id: row.pk for row in reversed(rows)}
        return [
            InvitationLine(
                row,
                (self.today - row.invited_on).days if row.answer == InvitationAnswer.NONE else None,
                first[row.slot_id] == row.pk,
            )
            for row in rows
        ]

    def offers(self) -> Sequence[Offer]:
        found = [Offer("Who is invited and why", reverse("invite-rules"), Decision.yes())]
        waiting = replies_of(self.principal).filter(state=ReplyState.WAITING).count()
        if waiting or settings.MAPPA_REPLIES is not None:
            found.append(Offer(f"Calendar replies to look at: {waiting}", reverse("replies"), Decision.yes()))
        chosen = self.request.GET.get("sitting", "")
        if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10:
            sitting = sittings_of(self.principal).filter(pk=int(chosen)).first()
            if sitting is not None:
                address = reverse("invitations-chase", args=[sitting.pk])
                decision = may_chase(sitting, by=self.principal, today=self.today)
                found.append(Offer("Ask those who have not answered", address, decision, post=True))
        return found


class InvitationsChase(ActionPage[Sitting]):
    """Write once more, today, to each agency that has not answered for a sitting."""

    permission = Perm.SITTING_PLAN
    model = Sitting

    def get_queryset(self) -> QuerySet[Sitting]:
        return sittings_of(self.principal)

    def get_cancel_url(self) -> str:
        return f"{reverse('invitations')}?sitting={self.object.pk}"

    def act(self) -> str:
        told = chase_invitations(by=self.principal, today=self.today, sitting_id=self.object.pk)
        people = "1 person is" if told == 1 else f"{told} people are"
        messages.success(self.request, f"{people} asked by e-mail, once today." if told else "Nobody is left to ask.")
        return self.get_cancel_url()


class InvitationRecord(FormPage[Invitation]):
    """An answer that came by phone or e-mail, written down for whoever gave it (R108)."""

    permission = Perm.SITTING_PLAN
    model = Invitation
    form_class = RecordForm
    template_name = "meetings/invitation_form.html"
    title = "Write down an answer"
    submit_label = "Save the answer"

    def get_queryset(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related("agency", "slot__nominal", "slot__sitting")

    def get_cancel_url(self) -> str:
        return f"{reverse('invitations')}?sitting={self.object.slot.sitting_id}"

    def offers(self) -> Sequence[Offer]:
        address = reverse("invitation-withdraw", args=[self.object.pk])
        decision = may_withdraw(self.object, by=self.principal, today=self.today)
        return [Offer("Take the invitation back", address, decision, post=True, style="warning")]

    def get_form_kwargs(self) -> Mapping[str, Any]:
        agency = self.object.agency
        people = people_of(agency.pk, on=self.today) if agency is not None else []
        return {"people": [(str(user.pk), user.name) for user in people]}

    def get_initial(self) -> Mapping[str, Any]:
        row = self.object
        found = {"received_on": self.today, "attends": row.attends_id or "", "deputy": row.deputy}
        answered = row.answer != InvitationAnswer.NONE
        return {**found, "why_not": row.why_not, "answer": row.answer if answered else None}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        answer_invitation(
            by=self.principal,
            today=self.today,
            invitation_id=self.object.pk,
            answer=AnswerRecord(
                InvitationAnswer(said["answer"]),
                deputy=said["deputy"] or "",
                why_not=said["why_not"] or "",
                attends_id=int(said["attends"] or 0) or None,
                received_from=said["received_from"],
                received_how=ReceivedHow(said["received_how"]),
                received_on=said["received_on"],
            ),
        )
        messages.success(self.request, "The answer is written down.")
        return self.get_cancel_url()


class InvitationWithdraw(ActionPage[Invitation]):
    """Take an invitation back."""

    permission = Perm.SITTING_PLAN
    model = Invitation

    def get_queryset(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related("slot")

    def get_cancel_url(self) -> str:
        return f"{reverse('invitations')}?sitting={self.object.slot.sitting_id}"

    def act(self) -> str:
        withdraw_invitation(by=self.principal, today=self.today, invitation_id=self.object.pk)
        messages.success(self.request, "The invitation is taken back, and whoever had it is told.")
        return self.get_cancel_url()


class InvitationAdd(FormPage[Slot]):
    """One more agency, or a guest, in somebody's meeting: also for reasons of the table that could not say which."""

    permission = Perm.SITTING_PLAN
    model = Slot
    form_class = InviteForm
    template_name = "meetings/invitation_add.html"
    title = "Invite somebody"
    submit_label = "Invite"

    def get_queryset(self) -> QuerySet[Slot]:
        return Slot.objects.select_related("nominal", "sitting")

    def get_cancel_url(self) -> str:
        return safe_next(self.request, f"{reverse('invitations')}?sitting={self.object.sitting_id}")

    def get_initial(self) -> Mapping[str, Any]:
        known = {each.value for each in INVITED}
        reasons = [code for code in self.request.GET.getlist("reasons") if code in known]
        return {"reasons": reasons, "whom": GUEST if self.request.GET.get("whom") == GUEST else None}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        invited = self.object.invitations.filter(withdrawn_on=None, agency__isnull=False).values("agency")
        rows = Agency.objects.on(self.today).filter(area=self.object.nominal.area_id).exclude(pk__in=invited)
        return {"agencies": [(str(each.pk), each.name) for each in rows]}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        known = {each.value: each.label for each in INVITED}
        reasons = [known[code] for code in self.request.GET.getlist("reasons") if code in known]
        return super().get_context_data(next=safe_next(self.request, ""), reasons=reasons, **context)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        reasons = [InviteReason(code) for code in said["reasons"]]
        common = {"by": self.principal, "today": self.today, "slot_id": self.object.pk, "because": said["because"]}
        common["reasons"] = reasons
        if said["whom"] == AGENCY:
            invite_agency(agency_id=int(said["agency"]), **common)
        else:
            invite_guest(guest=Guest(said["guest_name"], said["guest_email"]), **common)
        messages.success(self.request, "The invitation goes out by e-mail.")
        return self.get_cancel_url()


class InviteRules(TemplatePage):
    """The table of who is invited for which reason, as it is in force here."""

    permission = Perm.PANEL_SET
    template_name = "meetings/invite_rules.html"
    not_exported = "What is set for the area, no list of records: each setting has its history."
    title = "Who is invited and why"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        area_id = self.principal.area_id or 0
        table, names = table_of(area_id), dict(Agency.objects.filter(area=area_id).values_list("pk", "name"))
        lines = [
            (
                reason,
                [
                    *(AgencyKind(kind).label for kind in sorted(table.kinds[reason])),
                    *(names[key] for key in sorted(table.agencies[reason]) if key in names),
                ],
            )
            for reason in INVITED
        ]
        text = JoiningText.objects.filter(area=area_id).first()
        return super().get_context_data(lines=lines, text=text, **context)


class InviteRuleSet(FormPage[Area]):
    """Whom the area invites for one reason."""

    permission = Perm.PANEL_SET
    form_class = InviteRuleForm
    submit_label = "Save"

    @cached_property
    def reason(self) -> InviteReason:
        found = next((each for each in INVITED if each.value == self.kwargs["reason"]), None)
        if found is None:
            raise Http404
        return found

    def load(self) -> None:
        self.reason  # noqa: B018 - a reason that is none has no page
        super().load()

    def get_title(self) -> str:
        return f"Who is invited: {self.reason.label}"

    def get_cancel_url(self) -> str:
        return reverse("invite-rules")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        rows = Agency.objects.on(self.today).filter(area=self.principal.area_id)
        return {"agencies": [(str(each.pk), each.name) for each in rows]}

    def get_initial(self) -> Mapping[str, Any]:
        table = table_of(self.principal.area_id or 0)
        return {
            "kinds": sorted(table.kinds[self.reason]),
            "agencies": [str(key) for key in table.agencies[self.reason]],
        }

    def act(self, form: Any) -> str:
        set_invite_rule(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            reason=self.reason,
            kinds=[AgencyKind(kind) for kind in form.cleaned_data["kinds"]],
            agency_ids=[int(key) for key in form.cleaned_data["agencies"]],
        )
        messages.success(self.request, "The table is saved. It holds for meetings placed from now on.")
        return self.get_cancel_url()


class JoiningTextSet(FormPage[Area]):
    """How one joins the area's meetings and what is expected there."""

    permission = Perm.PANEL_SET
    form_class = JoiningTextForm
    title = "Text for joining"

    def get_cancel_url(self) -> str:
        return reverse("invite-rules")

    def get_initial(self) -> Mapping[str, Any]:
        row = JoiningText.objects.filter(area=self.principal.area_id).first()
        return {"text": row.text if row is not None else ""}

    def act(self, form: Any) -> str:
        area_id = self.principal.area_id or 0
        set_joining_text(by=self.principal, today=self.today, area_id=area_id, text=form.cleaned_data["text"])
        messages.success(self.request, "The text goes with first invitations from now on.")
        return self.get_cancel_url()
