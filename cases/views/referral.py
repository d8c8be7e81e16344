"""A referral: what it holds, where it stands, and what the unit does with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property

from agencies.access import can, visible
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.forms.referral import LinkForm, NoteForm, RegisterReceivedForm, ReturnForm, ToPanelForm
from cases.models import Advice, Referral, ReferralChange, ReferralDocument
from cases.naming import written_name
from cases.panel_standing import standing_of
from cases.referral_offers import offers_of
from cases.referral_papers import document_lines, letter_offers, where_it_stands
from cases.referral_sections import answers, sections_of
from cases.referrals import (
    asked_for,
    cannot_be_read,
    endorsement_due,
    held_items,
    parts_of,
    round_of,
    stamps_of,
)
from cases.services.panel import fits_to_accept
from cases.services.referral_documents import attach_document, may_attach_document
from cases.services.referral_leaving import asked_from_a_day
from cases.services.referrals import (
    Subject,
    give_to_panel,
    link_person,
    may_handle_referral,
    register_again,
    register_received,
    return_referral,
    withdraw_referral,
)
from letters.received.unfit import sentence
from pages.guards import ActionPage, DetailPage, FormPage, Offer, show
from rules.core import Reason
from rules.referral_counts import days_with_unit
from rules.referrals import may_submit, may_vote
from rules.vocabulary import DocumentState, Level, PanelStanding, ReferralState, ReferralVerb

from .looking_up import looking_up
from .referrals import COLOURS

LONGEST_ID = 18
# While nobody has decided, what is missing is said, and the days with the unit run on.
COMING = (
    ReferralState.DRAFT,
    ReferralState.AWAITING_ENDORSEMENT,
    ReferralState.SUBMITTED,
    ReferralState.RETURNED,
    ReferralState.UNDER_PANEL,
)


def referral_url(referral_id: int) -> str:
    """The referral's own page."""
    return reverse("referral", args=[referral_id])


@dataclass(frozen=True)
class VoteLine:
    """A vote in words."""

    member: str
    vote: str
    reasons: str
    how: str


class AboutReferral(FormPage[Referral], abstract=True):
    """A form about one referral."""

    model = Referral
    seen_by = Perm.REFERRAL_VIEW
    template_name = "cases/referral_form.html"
    done: ClassVar[str] = "Saved."

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.select_related("nominal", "agency")

    def get_cancel_url(self) -> str:
        return referral_url(self.object.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(person=written_name(self.object), **context)

    def back(self) -> str:
        """The referral's page, with a word that it was done."""
        messages.success(self.request, self.done)
        return self.get_cancel_url()


class OneButton(ActionPage[Referral], abstract=True):
    """A button of the referral's page."""

    model = Referral
    seen_by = Perm.REFERRAL_VIEW
    done: ClassVar[str] = "Saved."

    def get_cancel_url(self) -> str:
        return referral_url(self.object.pk)

    def back(self) -> str:
        """The referral's page, with a word that it was done."""
        messages.success(self.request, self.done)
        return self.get_cancel_url()


class ReferralPage(DetailPage[Referral]):
    """One referral. Single votes are for the unit and the panel; its author sees what they came to."""

    permission = Perm.REFERRAL_VIEW
    seen_by = Perm.REFERRAL_VIEW
    model = Referral
    template_name = "cases/referral.html"

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.select_related("nominal", "agency", "author", "endorser", "passes_to")

    def get_title(self) -> str:
        return f"Referral of {written_name(self.object)}"

    def offers(self) -> Iterable[Offer]:
        yield from offers_of(self.object, by=self.principal, today=self.today)
        yield from letter_offers(self.object, by=self.principal)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        referral = self.object
        state = ReferralState(referral.state)
        changes = list(ReferralChange.objects.filter(referral=referral).select_related("by"))
        sees_votes = self._sees_votes()
        written_here = referral.author_id is not None
        documents = document_lines(referral, by=self.principal)
        sections = [(section, answers(referral, section)) for section in sections_of(referral)]
        return super().get_context_data(
            person=written_name(referral),
            record=self._record(),
            finds_record=can(self.principal, Perm.REFERRAL_HANDLE, referral),
            state=state.label,
            colour=COLOURS.get(state, "grey"),
            coming=state in COMING,
            missing=self._missing(state),
            days=days_with_unit(referral.received_on, stamps_of(changes), self.today) if referral.received_on else 0,
            paused=state is ReferralState.RETURNED,
            # Of what was not written here, what the unit has typed.
            sections=[(section, found) for section, found in sections if found or written_here],
            source="" if written_here else where_it_stands(documents),
            changes=changes,
            endorsement=endorsement_due(referral),
            waits_for=referral.endorser if state is ReferralState.AWAITING_ENDORSEMENT else None,
            asked_next=asked_from_a_day(referral, self.today),
            author=_author_told(referral),
            asked=asked_for(changes),
            sees_votes=sees_votes,
            votes=self._votes() if sees_votes else (),
            standing=self._standing(state) if sees_votes else (),
            documents=documents,
            adding=self._adding(),
            **context,
        )

    def _adding(self) -> Sequence[Offer]:
        """The button that adds a document, while one may still come."""
        decision = may_attach_document(self.object, by=self.principal, today=self.today)
        url = reverse("referral-document-add", args=[self.object.pk])
        return (Offer("Add a document", url, decision),) if decision else ()

    def _sees_votes(self) -> bool:
        """Unit and panel, but nobody of the panel who has a part in the case (R47)."""
        by, referral = self.principal, self.object
        if can(by, Perm.REFERRAL_HANDLE, referral):
            return True
        return bool(can(by, Perm.REFERRAL_VOTE, referral)) and bool(
            may_vote(by.user_id or 0, parts_of(referral, self.today))
        )

    def _record(self) -> str:
        """The address of the record behind it, for whoever may open that."""
        nominal = self.object.nominal
        if nominal is None or not can(self.principal, Perm.NOMINAL_VIEW, nominal):
            return ""
        return reverse("nominal", args=[nominal.pk])

    def _missing(self, state: ReferralState) -> Sequence[Reason]:
        """What it lacks. What came as a document is read there: of that, what stands against accepting it is said."""
        referral = self.object
        if state not in COMING:
            return ()
        if referral.author_id is not None:
            return may_submit(held_items(referral)).reasons
        if state is ReferralState.RETURNED or not can(self.principal, Perm.REFERRAL_HANDLE, referral):
            return ()
        asked = Level(referral.level_asked) if referral.level_asked else Level.TWO
        fits = fits_to_accept(referral, asked, self.today)
        return () if fits else fits.reasons

    def _votes(self) -> Sequence[VoteLine]:
        rows = self.object.votes.filter(round=round_of(self.object)).select_related("voter", "seat")
        return [
            VoteLine(
                row.voter.name,
                row.get_vote_display(),
                row.reasons,
                "written down by the unit" if row.recorded_for_them else _in_place_of(row),
            )
            for row in rows
        ]

    def _standing(self, state: ReferralState) -> Sequence[Reason]:
        if state is not ReferralState.UNDER_PANEL:
            return ()
        result = standing_of(self.object, self.today)
        escalated = result.standing is PanelStanding.ESCALATED
        said = (Reason("The panel cannot settle it: whoever decides in its place does", "R46"),) if escalated else ()
        return (*result.reasons, *said)


def _author_told(referral: Referral) -> str:
    """Who writes it, where that is another than is named as who refers: somebody who has left, or an office."""
    name = referral.author.name if referral.author else ""
    return "" if name.casefold() in referral.referrer.casefold() else name


def _in_place_of(vote: Any) -> str:
    return "as a substitute" if vote.voter_id != vote.seat.member_id else ""


class ReferralRegister(FormPage[Referral]):
    """A referral that came as a document: only what drives rules is typed."""

    permission = Perm.REFERRAL_HANDLE
    form_class = RegisterReceivedForm
    title = "Register a referral received"
    submit_label = "Register"

    def get_cancel_url(self) -> str:
        return reverse("referrals")

    @cached_property
    def advice(self) -> Advice | None:
        """The advice after which it came: its page leads here."""
        asked = self.request.GET.get("advice", "")
        rows = visible(self.principal, Advice.objects.select_related("nominal"), Perm.ADVICE_RECORD)
        return rows.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) <= LONGEST_ID else None

    def get_initial(self) -> Mapping[str, Any]:
        advice = self.advice
        if advice is None:
            return {"received_on": self.today}
        about = ""
        if (person := advice.nominal) is not None:
            show([person])
            about = person.identifiers.filter(valid=True).values_list("value", flat=True).first() or person.name
        return {"received_on": self.today, "agency": advice.agency_id, "referrer": advice.asked_by, "about": about}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal), "look_up": looking_up(self.principal, self.today)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        stored = register_received(
            by=self.principal,
            today=self.today,
            agency_id=said["agency"].pk,
            subject=subject_of(form),
            referrer=said["referrer"],
            endorsed_by=said["endorsed_by"],
            received_on=said["received_on"],
            category=said["category"],
            level_asked=said["level_asked"],
            advice_id=self.advice.pk if self.advice else None,
        )
        messages.success(self.request, "The referral has been registered.")
        if said["document"] is not None:
            document = attach_document(
                by=self.principal,
                today=self.today,
                referral_id=stored.pk,
                what="Referral",
                content=said["document"].read(),
            )
            say_what_came_of(self.request, document)
        return referral_url(stored.pk)


def say_what_came_of(request: Any, document: ReferralDocument) -> None:
    """Leave a word on the next page: added, or held back and why."""
    if document.state == DocumentState.CLEAN:
        messages.success(request, "The document has been added.")
    else:
        messages.warning(request, f"The document is held back. {sentence(document.reason)} Add another in its place.")


def subject_of(form: Any) -> Subject:
    """Whom the form is about."""
    if (nominal_id := form.nominal_id) is not None:
        return Subject(nominal_id=nominal_id)
    said = form.cleaned_data
    return Subject(family_name=said["family_name"], given_names=said["given_names"], born_on=said["born_on"])


class ReferralReturn(AboutReferral):
    """Return it with what is missing: its days stand still until it comes again (R44)."""

    permission = Perm.REFERRAL_HANDLE
    form_class = ReturnForm
    title = "Return as incomplete"
    submit_label = "Return"
    done = "The referral has been returned."

    def get_initial(self) -> Mapping[str, Any]:
        missing = may_submit(held_items(self.object)).reasons if self.object.author_id is not None else ()
        return {"note": "\n".join(reason.text for reason in missing)}

    def act(self, form: Any) -> str:
        return_referral(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            note=form.cleaned_data["note"],
            version=self.sent_version,
        )
        return self.back()


class ReferralWithdraw(AboutReferral):
    """Withdraw it: it stays countable (R45)."""

    permission = Perm.REFERRAL_WRITE
    form_class = NoteForm
    title = "Withdraw the referral"
    submit_label = "Withdraw"
    done = "The referral has been withdrawn."

    def act(self, form: Any) -> str:
        withdraw_referral(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            note=form.cleaned_data["note"],
            version=self.sent_version,
        )
        return self.back()


class ReferralLink(AboutReferral):
    """Say which record of the register it is about."""

    permission = Perm.REFERRAL_HANDLE
    form_class = LinkForm
    title = "Link to a record"
    submit_label = "Link"
    done = "The referral is linked to the record."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"look_up": looking_up(self.principal, self.today)}

    def act(self, form: Any) -> str:
        link_person(by=self.principal, today=self.today, referral_id=self.object.pk, nominal_id=form.nominal_id)
        return self.back()


class ReferralRegisterAgain(OneButton):
    """What was returned has come again, as a document."""

    permission = Perm.REFERRAL_HANDLE
    done = "The referral has been registered again."

    def act(self) -> str:
        register_again(by=self.principal, today=self.today, referral_id=self.object.pk, version=self.sent_version)
        return self.back()


class ReferralToPanel(AboutReferral):
    """Give it to the panel: by one press, or with the reason for going without its document."""

    permission = Perm.REFERRAL_HANDLE
    form_class = ToPanelForm
    title = "Give to the panel"
    submit_label = "Give to the panel"
    done = "The panel has the referral."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"without_document": cannot_be_read(self.object)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_handle_referral(self.object, by=self.principal, today=self.today, verb=ReferralVerb.TAKE_TO_PANEL)
        return super().get_context_data(stopped=may.reasons, **context)

    def act(self, form: Any) -> str:
        give_to_panel(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            note=form.cleaned_data.get("note", ""),
            version=self.sent_version,
        )
        return self.back()
