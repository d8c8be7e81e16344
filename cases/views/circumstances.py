"""Where the person is and lives, who leads, who is the named officer, and the dates ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from agencies.queries import agencies_of, leading_agencies_of, officers_of
from agencies.roles import Perm
from cases.forms.circumstances import (
    AddressForm,
    KeyDateForm,
    LeadAgencyForm,
    MeetingForm,
    NamedOfficerForm,
    WhereaboutsForm,
)
from cases.models import Nominal
from cases.queries import councils_of
from cases.records import MeetingRecord
from cases.services.dates import record_qualifying_meeting, set_key_date
from cases.services.participation import name_officer, set_lead_agency
from cases.services.people import record_address
from cases.services.whereabouts import may_record_whereabouts, record_whereabouts
from pages.previewed import PreviewedFormPage
from rules.core import Decision
from rules.vocabulary import KeyDateKind, Level, Whereabouts

from .about import NominalFormPage, SpanFormPage
from .deaths import Part, would_end


class WhereaboutsAdd(SpanFormPage, PreviewedFormPage[Nominal]):
    """Where the person is from a day on. Custody pauses the review clock (R52); what a death ends is shown (R28)."""

    permission = Perm.WHEREABOUTS_RECORD
    form_class = WhereaboutsForm
    template_name = "cases/whereabouts_form.html"
    title = "Record where they are"
    part = "whereabouts"
    done = "Where they are has been recorded."
    spans = "whereabouts"
    # The page that shows what somebody recorded meanwhile names it: what is saved there takes its place.
    SEEN: ClassVar[str] = "_seen"

    def hidden(self, *, fresh: bool) -> dict[str, str]:
        said = super().hidden(fresh=fresh)
        if fresh and self.request.method == "POST" and (shown := self._rows().order_by("-starts_on", "-pk").first()):
            return {**said, self.SEEN: str(shown.pk)}
        return said if fresh or self.seen is None else {**said, self.SEEN: str(self.seen)}

    @property
    def seen(self) -> int | None:
        """The stay that was shown beside this one, as recorded meanwhile."""
        text = self.request.POST.get(self.SEEN, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

    def may(self, form: Any) -> Decision:
        kind, starts_on = Whereabouts(form.cleaned_data["kind"]), form.cleaned_data["starts_on"]
        return may_record_whereabouts(self.object, by=self.principal, today=self.today, kind=kind, starts_on=starts_on)

    def asks_first(self, form: Any) -> bool:
        return bool(form.cleaned_data["kind"] == Whereabouts.DEAD)

    def would(self, form: Any) -> Sequence[Part]:
        if not self.asks_first(form):
            return ()
        return would_end(self.object, form.cleaned_data["starts_on"], by=self.principal, today=self.today)

    def says(self, form: Any, would: Sequence[Part]) -> str:  # noqa: ARG002
        return "Record the death"

    def said_by(self, span: Any) -> Mapping[str, Any]:
        return {"kind": span.get_kind_display(), "place": span.place, "starts_on": span.starts_on}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_whereabouts(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            kind=Whereabouts(said["kind"]),
            starts_on=said["starts_on"],
            version=self.sent_version or 0,
            place=said["place"],
            instead_of=self.seen,
        )
        return self.back()


class MeetingAdd(NominalFormPage):
    """A Level 2 or 3 meeting held: it meets the review that was due, and the next is counted from it (R51)."""

    permission = Perm.LEVEL_RECORD
    form_class = MeetingForm
    title = "Record a meeting held"
    part = "meetings"
    done = "The meeting has been recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_qualifying_meeting(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            meeting=MeetingRecord(held_on=said["held_on"], level=Level(said["level"]), next_on=said["next_on"]),
        )
        return self.back()


class LeadAgencySet(SpanFormPage):
    """The one agency that leads from a day on (R97)."""

    permission = Perm.NOMINAL_EDIT
    form_class = LeadAgencyForm
    title = "Change the lead agency"
    part = "people"
    done = "The lead agency has been recorded."
    spans = "lead_agencies"

    def said_by(self, span: Any) -> Mapping[str, Any]:
        return {"agency": span.agency, "starts_on": span.starts_on}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": leading_agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        set_lead_agency(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            agency_id=said["agency"].pk,
            starts_on=said["starts_on"],
            version=self.sent_version or 0,
        )
        return self.back()


class NamedOfficerSet(SpanFormPage):
    """The officer who manages the person from a day on."""

    permission = Perm.NOMINAL_EDIT
    form_class = NamedOfficerForm
    title = "Change the named officer"
    part = "people"
    done = "The named officer has been recorded."
    spans = "named_officers"

    def said_by(self, span: Any) -> Mapping[str, Any]:
        return {"officer": span.officer, "agency": span.agency, "starts_on": span.starts_on}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {
            "agencies": agencies_of(self.principal),
            "officers": officers_of(self.object.area_id, on=self.today),
        }

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        name_officer(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            officer_id=said["officer"].pk,
            agency_id=said["agency"].pk,
            starts_on=said["starts_on"],
            version=self.sent_version or 0,
        )
        return self.back()


class KeyDateSet(NominalFormPage):
    """A date ahead; a new one of the same kind takes the place of the old."""

    permission = Perm.KEY_DATE_RECORD
    form_class = KeyDateForm
    title = "Record a key date"
    part = "dates"
    done = "The date has been recorded."

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        set_key_date(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            kind=KeyDateKind(said["kind"]),
            falls_on=said["falls_on"],
            certain=said["certain"],
            note=said["note"],
        )
        return self.back()


class AddressAdd(NominalFormPage):
    """An address from a day on, or no fixed abode with the area of closest links (R6)."""

    permission = Perm.NOMINAL_EDIT
    form_class = AddressForm
    title = "Record an address"
    part = "addresses"
    done = "The address has been recorded."

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"councils": councils_of(self.principal)}

    def act(self, form: Any) -> str:
        record_address(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            ends_others=not form.cleaned_data["beside_others"],
            **asdict(form.as_record()),
        )
        return self.back()
