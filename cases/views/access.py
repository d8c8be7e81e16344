"""Changing who may read a record: how it is handled, who is let in by name, and who is kept out (R97 to R100)."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponseBase
from django.urls import reverse

from agencies.access import Holder, can, who_can
from agencies.queries import agencies_of
from agencies.roles import Perm
from cases.forms.access import PERSON, EndForm, ExclusionForm, HandlingForm, ParticipationForm, ReaderForm
from cases.models import CaseParticipation, Exclusion, Nominal, PersonalGrant
from cases.readers import about_them, readers_for, readers_in
from cases.services.participation import (
    close_participation,
    close_personal_grant,
    end_exclusion,
    exclude,
    grant_to_person,
    may_close_participation,
    may_end_exclusion,
    may_set_handling,
    open_participation,
    set_handling,
)
from cases.stamps import stamp_of_said, version_of
from pages.submissions import SentBefore
from pages.writing import CHANGED_MEANWHILE
from rules.core import Decision
from rules.vocabulary import Handling, ParticipationSource

from .about import ChangedFirstPage, NominalFormPage

M = TypeVar("M", bound=Model)

TITLES = {
    Handling.ORDINARY: "Make the record ordinary again",
    Handling.RESTRICTED: "Restrict the record",
    Handling.CATEGORY_4: "Put the record behind the Category 4 wall",
}
BUTTONS = {
    Handling.ORDINARY: "Make it ordinary",
    Handling.RESTRICTED: "Restrict it",
    Handling.CATEGORY_4: "Put it behind the wall",
}


class AccessFormPage(NominalFormPage, abstract=True):
    """A form that changes who may read the record, and leads back to the page that says who does.

    ``intro`` says what follows from it, ``restricted`` what does not while the record is restricted.
    """

    template_name = "cases/access_form.html"
    intro: ClassVar[str] = ""
    restricted: ClassVar[str] = ""

    def back(self) -> str:
        """The page of who has access; the register, for whoever may not read the record any more."""
        messages.success(self.request, self.done)
        if not can(self.principal, Perm.ACCESS_VIEW, self.object):
            return reverse("register")
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return reverse("nominal-access", args=[self.object.pk]) + (f"#{self.part}" if self.part else "")


class HandlingSet(ChangedFirstPage[Nominal], AccessFormPage):
    """Restrict a record, lift that, or put it behind the Category 4 wall: first, who loses sight of it and who stays.

    What is confirmed is what was shown: when other people would lose or gain it by then, it is shown anew.
    """

    permission = Perm.ACCESS_RESTRICT
    form_class = HandlingForm
    template_name = "cases/handling_set.html"
    submit_style = "warning"
    part = "handling"
    done = "The handling has been changed."

    @cached_property
    def handling(self) -> Handling:
        wanted = self.kwargs["handling"]
        if wanted not in set(Handling):
            raise Http404
        return Handling(wanted)

    def get_title(self) -> str:
        return TITLES[self.handling]

    @cached_property
    def before(self) -> Sequence[Holder]:
        return who_can(Perm.NOMINAL_VIEW, self.object, on=self.today)

    @cached_property
    def after(self) -> Sequence[Holder]:
        """Who can open it then; whoever restricts it becomes a named reader."""
        holders = who_can(Perm.NOMINAL_VIEW, self.object, on=self.today, handling=self.handling)
        if self.handling is not Handling.RESTRICTED:
            return holders
        known = {holder.membership_id for holder in holders}
        own = [each for each in self.before if each.user_id == self.principal.user_id]
        return [*holders, *(each for each in own if each.membership_id not in known)]

    @property
    def stored_version(self) -> int | None:
        said = [sorted(each.membership_id for each in holders) for holders in (self.before, self.after)]
        return stamp_of_said([self.object.handling, *said])

    def conflict(self, form: forms.BaseForm, sent_before: SentBefore | None = None) -> HttpResponseBase:
        """The page as it is by now, with the reason that was typed, to look at again before it binds."""
        if sent_before is not None:
            return super().conflict(form, sent_before)
        return self.page(status=CHANGED_MEANWHILE, form=form, hidden=self.hidden(fresh=True), looks_new=True)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_set_handling(self.object, by=self.principal, today=self.today, handling=self.handling)
        kept, left = ({each.membership_id for each in holders} for holders in (self.before, self.after))
        return super().get_context_data(
            stopped=may.reasons if not may else (),
            handling=self.handling,
            restricts=self.handling is Handling.RESTRICTED,
            walls=self.handling is Handling.CATEGORY_4,
            losing=[each for each in self.before if each.membership_id not in left],
            staying=[each for each in self.after if each.membership_id in kept],
            gaining=[each for each in self.after if each.membership_id not in kept],
            **{"submit_label": BUTTONS[self.handling], **context},
        )

    def act(self, form: Any) -> str:
        set_handling(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            handling=self.handling,
            reason=form.cleaned_data["reason"],
        )
        return self.back()


class DaysFormPage(AccessFormPage, abstract=True):
    """A form for a part in the case, or an exclusion, from a day to a day; from today, unless another day is said."""

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def days_of(self, form: Any) -> dict[str, Any]:
        """The record, the days and the reason, as the services take them."""
        said = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on", "reason")}
        return {"by": self.principal, "today": self.today, "nominal_id": self.object.pk, **said}


class ParticipationAdd(DaysFormPage):
    """An agency that takes part: its single points of contact may then read the record (R97)."""

    permission = Perm.PARTICIPATION_RECORD
    form_class = ParticipationForm
    title = "Let an agency take part"
    part = "agencies"
    done = "The agency takes part."
    intro = (
        "The agency's single points of contact can then read the record. Its practitioners read it when they are named."
    )
    restricted = "The record is restricted: this does not open it to them. Name a reader instead."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        open_participation(agency_id=form.cleaned_data["agency"].pk, **self.days_of(form))
        return self.back()


class PersonalGrantAdd(DaysFormPage):
    """A person who may read the record, and has a letter that says so."""

    permission = Perm.PARTICIPATION_RECORD
    form_class = ReaderForm
    title = "Let a person read the record"
    part = "people"
    done = "The record is open to them."
    intro = "They can do with it what their role allows, and have a letter without a name that says there is one."
    restricted = "The record is restricted: this does not open it to them. Name a reader instead."
    source = ParticipationSource.GRANT

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"people": readers_for(self.object, on=self.today)}

    def act(self, form: Any) -> str:
        grant_to_person(user_id=form.cleaned_data["person"].pk, source=self.source, **self.days_of(form))
        return self.back()


class NamedReaderAdd(PersonalGrantAdd):
    """A person who may read the record also while it is restricted (R100)."""

    permission = Perm.ACCESS_RESTRICT
    title = "Name a reader"
    done = "The reader has been named."
    intro = (
        "A named reader can open the record also while it is restricted, and has a letter without a name that says "
        "there is one."
    )
    restricted = ""
    source = ParticipationSource.NAMED_READER


class ExclusionAdd(DaysFormPage):
    """A person, or an agency, that is kept out: it beats every role and every grant, and nobody is told (R100)."""

    permission = Perm.ACCESS_RESTRICT
    form_class = ExclusionForm
    title = "Keep somebody out"
    part = "kept-out"
    done = "They are kept out."
    intro = (
        "For a conflict of interest, a neighbour, a relation. It beats every role and every grant: to them the record "
        "does not exist. They are not told."
    )
    restricted = ""

    def get_form_kwargs(self) -> Mapping[str, Any]:
        area_id = self.object.area_id
        return {"people": readers_in(area_id, on=self.today), "agencies": agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        whom = {"user_id": said["person"].pk} if said["whom"] == PERSON else {"agency_id": said["agency"].pk}
        exclude(**whom, **self.days_of(form))
        return self.back()


class EndPage(ChangedFirstPage[M], abstract=True):
    """The last day of a row of access, with the reason; a row that has ended since is shown as it is by now."""

    form_class = EndForm
    template_name = "cases/access_end.html"
    submit_label = "Save the last day"
    part: ClassVar[str]
    who_reads: ClassVar[str] = "They can read the record to the end of this day."
    done: ClassVar[str] = "The last day has been recorded."
    object: Any

    @property
    @abstractmethod
    def nominal(self) -> Nominal:
        """Whose record it is."""

    @property
    @abstractmethod
    def who(self) -> str:
        """The name of the person or the agency."""

    @abstractmethod
    def may(self) -> Decision:
        """Whether it may end at all."""

    @property
    def stored_version(self) -> int | None:
        return version_of(self.object)

    def get_saved_form(self) -> forms.BaseForm:
        return self.form_class(initial={"ends_on": self.object.ends_on, "reason": self.object.end_reason})

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = self.may()
        return super().get_context_data(stopped=may.reasons if not may else (), nominal=self.nominal, **context)

    def ended(self, form: Any) -> dict[str, Any]:
        """Who ends it, the day and the reason, as the services take them."""
        return {"by": self.principal, "today": self.today, **form.cleaned_data}

    def back(self) -> str:
        """The page of who has access; the register, for whoever may not read the record any more."""
        messages.success(self.request, self.done)
        return self.get_cancel_url() if can(self.principal, Perm.ACCESS_VIEW, self.nominal) else reverse("register")

    def get_cancel_url(self) -> str:
        return reverse("nominal-access", args=[self.nominal.pk]) + f"#{self.part}"


class GrantEndPage(EndPage[M], abstract=True):
    """The end of a grant, to an agency or to a person."""

    permission = Perm.PARTICIPATION_RECORD

    @property
    def nominal(self) -> Nominal:
        return cast("Nominal", self.object.content_object)

    def may(self) -> Decision:
        return may_close_participation(self.object, by=self.principal, today=self.today)


class ParticipationEnd(GrantEndPage[CaseParticipation]):
    """The last day on which an agency takes part."""

    model = CaseParticipation
    title = "End an agency's part"
    part = "agencies"

    def get_queryset(self) -> QuerySet[CaseParticipation]:
        return super().get_queryset().select_related("content_object__area", "group__agency")

    @property
    def who(self) -> str:
        return str(self.object.group.agency)

    def act(self, form: Any) -> str:
        close_participation(participation_id=self.object.pk, **self.ended(form))
        return self.back()


class PersonalGrantEnd(GrantEndPage[PersonalGrant]):
    """The last day on which a person reads the record by name."""

    model = PersonalGrant
    title = "End a person's access"
    part = "people"

    def get_queryset(self) -> QuerySet[PersonalGrant]:
        return super().get_queryset().select_related("content_object__area", "user")

    @property
    def who(self) -> str:
        return str(self.object.user)

    def act(self, form: Any) -> str:
        close_personal_grant(grant_id=self.object.pk, **self.ended(form))
        return self.back()


class ExclusionEnd(EndPage[Exclusion]):
    """The last day on which somebody is kept out. Of one about the reader there is no page (R100)."""

    permission = Perm.ACCESS_RESTRICT
    model = Exclusion
    title = "Let somebody in again"
    part = "kept-out"
    who_reads = "They are kept out to the end of this day."

    def get_queryset(self) -> QuerySet[Exclusion]:
        rows = super().get_queryset().exclude(about_them(self.principal))
        return rows.select_related("nominal__area", "user", "agency")

    @property
    def nominal(self) -> Nominal:
        return cast("Nominal", self.object.nominal)

    @property
    def who(self) -> str:
        return str(self.object.user or self.object.agency)

    def may(self) -> Decision:
        return may_end_exclusion(self.object, by=self.principal, today=self.today)

    def act(self, form: Any) -> str:
        end_exclusion(exclusion_id=self.object.pk, **self.ended(form))
        return self.back()
