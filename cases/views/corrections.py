"""Putting right what was recorded by mistake: one form for each kind of row, with the reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponseBase

from agencies.roles import Perm
from agencies.spans import open_on
from cases.facts import facts_of, whereabouts_facts
from cases.forms.circumstances import HAS_ADDRESS, NO_FIXED_ABODE, TenureForm
from cases.forms.corrections import (
    AddressAwayForm,
    AddressCorrectionForm,
    AwayForm,
    GroundStartForm,
    LevelStartForm,
    MeetingAwayForm,
    MeetingCorrectionForm,
    WhereaboutsCorrectionForm,
    becomes_of_before,
)
from cases.merging.plan import in_words
from cases.models import Address, Ground, LevelSpan, QualifyingMeeting, WhereaboutsSpan
from cases.queries import councils_of
from cases.records import MeetingRecord
from cases.services.address_corrections import as_recorded, correct_address, ended_for, take_address_away
from cases.services.corrections import Stay, correct_whereabouts, take_whereabouts_away
from cases.services.ground_corrections import correct_ground_start
from cases.services.level_corrections import correct_level_start, correct_meeting, take_meeting_away
from cases.services.splice import ended_before, last_before
from cases.services.tenure import set_tenure
from cases.services.whereabouts import ended_by, voided_by
from cases.stamps import version_of
from pages.submissions import SentBefore
from pages.writing import CHANGED_MEANWHILE
from rules.corrections import nowhere_without
from rules.vocabulary import DecidingBody, Level, Whereabouts

from .about import ChangedFirstPage, GroundFormPage, ground_in_words, nominal_url, say_what_stands

M = TypeVar("M", bound=Model)


class CorrectionPage(ChangedFirstPage[M], abstract=True):
    """A form that corrects one row of a nominal. It carries the version of the row as it was shown."""

    template_name = "cases/correction_form.html"
    submit_label = "Save the correction"
    part: ClassVar[str] = ""
    shown: ClassVar[tuple[str, ...]] = ()
    done: str = "The correction has been saved."
    # The field that holds why it is corrected; of rows that have a reason of their own, another one.
    why: ClassVar[str] = "reason"
    object: Any

    @property
    def stored_version(self) -> int | None:
        return version_of(self.object)

    def get_queryset(self) -> QuerySet[M]:
        rows: QuerySet[M] = super().get_queryset()
        root: str = getattr(self.model, "access_root")  # noqa: B009 - every model of a person names the way to them
        return rows.select_related(f"{root}__area")

    def get_initial(self) -> Mapping[str, Any]:
        """What stands recorded; the reason is each correction's own."""
        return {name: getattr(self.object, name) for name in self.shown}

    def get_saved_form(self) -> forms.BaseForm:
        """With the reason of the correction that came first."""
        form = self.get_form()
        form.initial[self.why] = getattr(self.object, "correction", "")
        return form

    def conflict(self, form: forms.BaseForm, sent_before: SentBefore | None = None) -> HttpResponseBase:
        """A form that says only why tells nothing of the row: the page shows it as it is by now, before it is taken."""
        if sent_before is not None or set(form.fields) != {self.why}:
            return super().conflict(form, sent_before)
        self.load()
        said = in_words(self.object, without=("corrected_on", "correction"))
        return self.page(status=CHANGED_MEANWHILE, form=form, hidden=self.hidden(fresh=True), says_now=said)

    def back(self) -> str:
        """Where the person came from, with a word that it was done."""
        messages.success(self.request, self.done)
        say_what_stands(self, self.object.nominal)
        return self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.nominal_id, self.part)


class SpanCorrectionPage(CorrectionPage[M], abstract=True):
    """One whose first day is put right, among the spans of one holder."""

    def neighbours(self) -> QuerySet[Any]:
        """The spans that it may not overlap: all of its kind of the nominal."""
        spans: QuerySet[Any] = self.object._meta.default_manager.filter(nominal=self.object.nominal_id)
        return spans

    def get_form(self, **data: Any) -> forms.BaseForm:
        """The field of the first day says what becomes of the span before; where there is none, nothing."""
        form = super().get_form(**data)
        if (before := last_before(self.neighbours(), self.object.starts_on)) is not None:
            form.fields["starts_on"].help_text = becomes_of_before(before.ends_on, self.object.starts_on)
        return form


class WhereaboutsCorrect(SpanCorrectionPage[WhereaboutsSpan]):
    """Another kind, place or first day of a stay; the review clock follows (R52)."""

    permission = Perm.WHEREABOUTS_RECORD
    model = WhereaboutsSpan
    form_class = WhereaboutsCorrectionForm
    title = "Correct where they were"
    part = "whereabouts"
    shown = ("kind", "place", "starts_on")

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_whereabouts(
            by=self.principal,
            today=self.today,
            span_id=self.object.pk,
            stay=Stay(Whereabouts(said["kind"]), said["starts_on"], said["place"]),
            reason=said["reason"],
            version=self.sent_version,
        )
        if self.object.kind == Whereabouts.DEAD and said["kind"] != Whereabouts.DEAD:
            self.done = "The correction has been saved. The grounds stand as before the death: check their ends."
        return self.back()


class WhereaboutsAway(CorrectionPage[WhereaboutsSpan]):
    """A stay that never was: the one before goes on in its place, and says so before."""

    permission = Perm.WHEREABOUTS_RECORD
    model = WhereaboutsSpan
    form_class = AwayForm
    template_name = "cases/whereabouts_away.html"
    title = "Take a stay away"
    submit_label = "Take this stay away"
    part = "whereabouts"
    done = "The stay has been taken away."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        span, nominal = self.object, self.object.nominal
        died = span.kind == Whereabouts.DEAD
        return super().get_context_data(
            before=ended_before(nominal.whereabouts.all(), span.starts_on).first(),
            stopped=nowhere_without(whereabouts_facts(span), facts_of(nominal).whereabouts),
            died=died,
            ended=_in_words(ended_by(nominal, span.starts_on)) if died else [],
            voided=_in_words(voided_by(nominal, span.starts_on)) if died else [],
            **context,
        )

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        if self.object.kind == Whereabouts.DEAD:
            self.done = "The death has been taken away. The grounds stand as before it: check their ends."
        take_whereabouts_away(
            by=self.principal, today=self.today, span_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()


def _in_words(grounds: QuerySet[Ground]) -> list[tuple[str, date | None]]:
    """Grounds that come back when a death is taken away, and the last day each then has again."""
    rows = grounds.select_related("offence").order_by("starts_on", "pk")
    return [(ground_in_words(row), row.ends_on if row.voided_on else row.before_death_ends_on) for row in rows]


class LevelStartCorrect(SpanCorrectionPage[LevelSpan]):
    """Another first day of a level: the coordinator's, with the reason (R32)."""

    permission = Perm.LEVEL_RECORD
    model = LevelSpan
    form_class = LevelStartForm
    title = "Correct the first day of a level"
    part = "levels"
    shown = ("starts_on",)

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        correct_level_start(
            by=self.principal,
            today=self.today,
            span_id=self.object.pk,
            starts_on=said["starts_on"],
            reason=said["reason"],
            version=self.sent_version,
        )
        return self.back()


class GroundStartCorrect(GroundFormPage):
    """Another first day of a ground; category, levels and what is due follow (R7, R32)."""

    permission = Perm.GROUND_EDIT
    form_class = GroundStartForm
    title = "Correct the first day of a ground"
    submit_label = "Save the correction"
    done = "The correction has been saved."

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.object.starts_on}

    def act(self, form: Any) -> str:
        correct_ground_start(
            by=self.principal,
            today=self.today,
            ground_id=self.object.pk,
            starts_on=form.cleaned_data["starts_on"],
            reason=form.cleaned_data["reason"],
            version=self.sent_version,
        )
        return self.back()


class MeetingCorrect(CorrectionPage[QualifyingMeeting]):
    """Another day, level or next date of a meeting held (R51)."""

    permission = Perm.LEVEL_RECORD
    model = QualifyingMeeting
    form_class = MeetingCorrectionForm
    template_name = "cases/meeting_correct.html"
    title = "Correct a meeting held"
    part = "meetings"
    shown = ("held_on", "level", "next_on")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(decided=self.decided(), **context)

    def decided(self) -> LevelSpan | None:
        """The level that begins on the recorded day of the meeting because it was decided at it."""
        levels: QuerySet[LevelSpan] = self.object.nominal.levels.filter(decided_by=DecidingBody.MEETING)
        return levels.filter(starts_on=self.object.held_on).first()

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        if said["held_on"] != self.object.held_on and self.decided() is not None:
            self.done = f"{type(self).done} The first day of the level decided at it has not moved: correct it as well."
        correct_meeting(
            by=self.principal,
            today=self.today,
            meeting_id=self.object.pk,
            meeting=MeetingRecord(held_on=said["held_on"], level=Level(said["level"]), next_on=said["next_on"]),
            reason=said["reason"],
            version=self.sent_version,
        )
        return self.back()


class MeetingAway(CorrectionPage[QualifyingMeeting]):
    """A meeting that was recorded by mistake."""

    permission = Perm.LEVEL_RECORD
    model = QualifyingMeeting
    form_class = MeetingAwayForm
    template_name = "cases/meeting_away.html"
    title = "Take a meeting away"
    submit_label = "Take this meeting away"
    part = "meetings"
    done = "The meeting has been taken away."

    def act(self, form: Any) -> str:
        take_meeting_away(
            by=self.principal,
            today=self.today,
            meeting_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            version=self.sent_version,
        )
        return self.back()


class AddressTenure(CorrectionPage[Address]):
    """Whose home an address is (R57)."""

    permission = Perm.NOMINAL_EDIT
    model = Address
    form_class = TenureForm
    title = "Say whose home it is"
    submit_label = "Save"
    part = "addresses"
    shown = ("tenure",)
    done = "Whose home it is has been recorded."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"address": self.object.lines}

    def act(self, form: Any) -> str:
        tenure = form.cleaned_data["tenure"]
        set_tenure(
            by=self.principal, today=self.today, address_id=self.object.pk, tenure=tenure, version=self.sent_version
        )
        return self.back()


class AddressCorrectionPage(CorrectionPage[Address], abstract=True):
    """A correction after which the person may be left without an address of today: it says so."""

    permission = Perm.NOMINAL_EDIT
    model = Address
    part = "addresses"

    def back(self) -> str:
        if not self.object.nominal.addresses.filter(open_on(self.today)).exists():
            messages.warning(self.request, "No address is now recorded for today: record where they live.")
        return super().back()


class AddressCorrect(AddressCorrectionPage):
    """Another text, answer or day of an address (R6)."""

    form_class = AddressCorrectionForm
    title = "Correct an address"

    def get_initial(self) -> Mapping[str, Any]:
        row = as_recorded(self.object)
        return {
            **{name: getattr(row, name) for name in ("lines", "postcode", "tenure", "starts_on", "ends_on")},
            "abode": NO_FIXED_ABODE if row.no_fixed_abode else HAS_ADDRESS,
            "closest_links": row.closest_links_id,
        }

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"councils": councils_of(self.principal)}

    def act(self, form: Any) -> str:
        correct_address(
            by=self.principal, today=self.today, address_id=self.object.pk,
            address=form.as_record(), reason=form.cleaned_data["reason"], version=self.sent_version,
        )  # fmt: skip
        return self.back()


class AddressAway(AddressCorrectionPage):
    """An address at which the person never lived."""

    form_class = AddressAwayForm
    template_name = "cases/address_away.html"
    title = "Take an address away"
    submit_label = "Take this address away"
    done = "The address has been taken away."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(goes_on=ended_for(self.object), **context)

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        take_address_away(
            by=self.principal, today=self.today, address_id=self.object.pk, reason=reason, version=self.sent_version
        )
        return self.back()
