"""The author's way: start, a list of sections, each saved by itself, answers checked, a manager who endorses."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property

from agencies.access import can_in_area
from agencies.models import Agency, User
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.forms.referral import EndorserForm, HospitalForm, NoteForm, SectionForm, StartForm
from cases.models import Nominal, Referral, ReferralDraft
from cases.naming import written_name
from cases.referral_known import Known, known_of
from cases.referral_sections import SECTIONS, ReferralSection, answers, sections_of
from cases.referrals import asked_for, held_items
from cases.services.referrals import (
    Subject,
    ask_endorsement,
    endorse_referral,
    endorsers_of,
    keep_draft,
    may_ask_endorsement,
    may_write_referral,
    send_back,
    start_referral,
    write_referral,
)
from pages.guards import ActionPage, DetailPage, FormPage, Offer
from rules.referrals import may_submit

from .looking_up import looking_up
from .referral import AboutReferral, OneButton, subject_of

TYPED = "typed"


def tasks_url(referral_id: int) -> str:
    """The list of its sections."""
    return reverse("referral-tasks", args=[referral_id])


class ReferralStart(FormPage[Referral]):
    """Begin a referral of somebody of the register, or of a name typed."""

    permission = Perm.REFERRAL_WRITE
    form_class = StartForm
    title = "Start a referral"
    submit_label = "Start"

    def get_cancel_url(self) -> str:
        return reverse("referrals")

    def get_initial(self) -> Mapping[str, Any]:
        return {"agency": self.principal.agency_id}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": self._agencies(), "look_up": looking_up(self.principal, self.today)}

    def _agencies(self) -> QuerySet[Agency]:
        """The unit writes for any agency of its area, everybody else for their own."""
        rows = agencies_of(self.principal)
        if can_in_area(self.principal, Perm.REFERRAL_HANDLE, self.principal.area_id or 0):
            return rows
        return rows.filter(pk=self.principal.agency_id or 0)

    def act(self, form: Any) -> str:
        agency: Agency = form.cleaned_data["agency"]
        stored = start_referral(by=self.principal, today=self.today, agency_id=agency.pk, subject=subject_of(form))
        return tasks_url(stored.pk)


class ReferralOf(ActionPage[Nominal]):
    """Begin a referral of this person, for the agency one acts for."""

    permission = Perm.REFERRAL_WRITE
    model = Nominal

    def get_cancel_url(self) -> str:
        return reverse("nominal", args=[self.object.pk])

    @property
    def stored_version(self) -> int | None:
        return None

    def act(self) -> str:
        subject = Subject(nominal_id=self.object.pk)
        stored = start_referral(
            by=self.principal, today=self.today, agency_id=self.principal.agency_id or 0, subject=subject
        )
        return tasks_url(stored.pk)


class ReferralTasks(DetailPage[Referral]):
    """The sections of a referral, and how far each has been written."""

    permission = Perm.REFERRAL_WRITE
    seen_by = Perm.REFERRAL_VIEW
    model = Referral
    template_name = "cases/referral_tasks.html"
    title = "Referral to Level 2 or 3"

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.select_related("nominal", "agency")

    def offers(self) -> Iterable[Offer]:
        decision = may_ask_endorsement(self.object, by=self.principal, today=self.today)
        return [Offer("Check and send to a manager", reverse("referral-send", args=[self.object.pk]), decision)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = ReferralDraft.objects.filter(referral=self.object, user=self.principal.user_id)
        typed = set(mine.values_list("section", flat=True))
        sections = sections_of(self.object)
        return super().get_context_data(
            person=written_name(self.object),
            asked=asked_for(self.object.changes.select_related("by")),
            writes=may_write_referral(self.object, by=self.principal, today=self.today),
            lines=[(section, section.written(self.object, typed)) for section in sections],
            **context,
        )


def section_called(slug: str) -> ReferralSection:
    """The section that an address names. Raises ``Http404``."""
    found = next((each for each in SECTIONS if each.slug == slug), None)
    if found is None:
        raise Http404
    return found


class ReferralWrite(AboutReferral):
    """One section, saved by itself. What was typed and not saved is offered again."""

    permission = Perm.REFERRAL_WRITE
    form_class = SectionForm
    template_name = "cases/referral_section.html"
    submit_label = "Save and continue"

    @property
    def section(self) -> ReferralSection:
        return section_called(self.kwargs["section"])

    def get_title(self) -> str:
        return self.section.title

    def get_cancel_url(self) -> str:
        return tasks_url(self.object.pk)

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"section": self.section, "filled": self._filled}

    def get_form(self, **data: Any) -> Any:
        form = HospitalForm if self.section.slug == "hospital" else SectionForm
        return form(initial=dict(self.get_initial()), **self.get_form_kwargs(), **data)

    def get_initial(self) -> Mapping[str, Any]:
        held = {name: getattr(self.object, name) for name in self.section.fields}
        return {name: value for name, value in held.items() if value} | dict(self._filled)

    @cached_property
    def _known(self) -> Known:
        return known_of(self.object, self.today, by=self.principal)

    @property
    def _filled(self) -> Mapping[str, Any]:
        """What the register knows of boxes in which nothing was saved."""
        empty = [name for name in self.section.fields if not getattr(self.object, name)]
        return {name: self._known.filled[name] for name in empty if name in self._known.filled}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        draft = self.draft()
        if draft is None or TYPED not in request.GET:
            return super().get(request, *args, **kwargs)
        return self.page(form=self.get_form(data=draft.values), hidden=self.hidden(fresh=True), typed=True)

    def draft(self) -> ReferralDraft | None:
        """What the person has typed into this section and not saved."""
        return ReferralDraft.objects.filter(
            referral=self.object, section=self.section.slug, user=self.principal.user_id
        ).first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            draft=self.draft(),
            draft_url=f"?{TYPED}=yes",
            keep_url=reverse("referral-keep", args=[self.object.pk, self.section.slug]),
            known=self._known.lines.get(self.section.slug, ()),
            **context,
        )

    def act(self, form: Any) -> str:
        values = {name: form.cleaned_data[name] for name in self.section.fields}
        write_referral(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            section=self.section.slug,
            values=values,
            version=self.sent_version or self.object.version,
        )
        sections = [each.slug for each in sections_of(Referral.objects.get(pk=self.object.pk))]
        place = sections.index(self.section.slug) + 1 if self.section.slug in sections else len(sections)
        if place >= len(sections):
            return tasks_url(self.object.pk)
        return reverse("referral-write", args=[self.object.pk, sections[place]])


class ReferralKeep(OneButton):
    """Keep what is being typed: sent by the page itself while somebody types."""

    permission = Perm.REFERRAL_WRITE

    @property
    def stored_version(self) -> int | None:
        return None

    def get_cancel_url(self) -> str:
        return tasks_url(self.object.pk)

    def act(self) -> str:
        section = section_called(self.kwargs["section"])
        # The boxes of a date are named after its field.
        typed = {
            name: value
            for name, value in self.request.POST.items()
            if any(name == field or name.startswith(f"{field}_") for field in section.fields)
        }
        keep_draft(by=self.principal, today=self.today, referral_id=self.object.pk, section=section.slug, values=typed)
        return reverse("referral-write", args=[self.object.pk, section.slug])


class ReferralSend(AboutReferral):
    """Check the answers, and send them to a manager who endorses."""

    permission = Perm.REFERRAL_WRITE
    form_class = EndorserForm
    template_name = "cases/referral_send.html"
    title = "Check your answers"
    submit_label = "Send to the manager"
    done = "The referral has been sent to be endorsed."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"endorsers": self._endorsers}

    @cached_property
    def _endorsers(self) -> QuerySet[User]:
        return endorsers_of(self.object, on=self.today)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        # Without a manager to choose there is nothing to send: what to do is said in place of the choice.
        asked = may_ask_endorsement(self.object, by=self.principal, today=self.today)
        stopped = () if self._endorsers.exists() else asked.reasons
        return super().get_context_data(
            sections=[(section, answers(self.object, section)) for section in sections_of(self.object)],
            missing=() if stopped else may_submit(held_items(self.object)).reasons,
            stopped=stopped,
            writes=may_write_referral(self.object, by=self.principal, today=self.today),
            **context,
        )

    def act(self, form: Any) -> str:
        ask_endorsement(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            endorser_id=form.cleaned_data["endorser"].pk,
            version=self.sent_version,
        )
        return self.back()


class ReferralEndorse(OneButton):
    """The manager endorses it: from today the unit has it."""

    permission = Perm.REFERRAL_ENDORSE
    done = "The referral has been submitted."

    def act(self) -> str:
        endorse_referral(by=self.principal, today=self.today, referral_id=self.object.pk, version=self.sent_version)
        return self.back()


class ReferralSendBack(AboutReferral):
    """The manager sends it back to its author, and says why."""

    permission = Perm.REFERRAL_ENDORSE
    form_class = NoteForm
    title = "Send back to the author"
    submit_label = "Send back"
    done = "The referral has been sent back."

    def act(self, form: Any) -> str:
        send_back(
            by=self.principal,
            today=self.today,
            referral_id=self.object.pk,
            note=form.cleaned_data["note"],
            version=self.sent_version,
        )
        return self.back()
