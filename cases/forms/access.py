"""Who may read a record: how it is handled, who takes part, who reads it by name, who is kept out; always with why."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Prefetch, QuerySet

from agencies.models import Agency, Membership, User
from cases.models.corrected import TEXT_LENGTH
from pages.forms import DateField3, GovForm

PERSON, AGENCY = "person", "agency"


def why(label: str = "Why?", hint: str = "Stands on the page of who has access, for those who may read that.") -> Any:
    """The reason that every change of access carries."""
    return forms.CharField(label=label, max_length=TEXT_LENGTH, help_text=hint, error_messages={"required": "Say why."})


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by name and the agencies they work for: two of one name are told apart."""

    def label_from_instance(self, obj: User) -> str:
        """The name, then the agencies."""
        agencies = sorted({post.agency.name for post in obj.memberships.all()})
        return ", ".join([obj.name, *agencies])


def with_agencies(people: QuerySet[User]) -> QuerySet[User]:
    """These people with the roles that their labels name, in one more query."""
    posts = Membership.objects.select_related("agency")
    return people.prefetch_related(Prefetch("memberships", posts))


def _agency(label: str) -> Any:
    return forms.ModelChoiceField(
        label=label,
        queryset=Agency.objects.none(),
        empty_label="Choose an agency",
        error_messages={"required": "Choose an agency."},
    )


def _person(label: str) -> Any:
    return PersonField(
        label=label,
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose a person."},
    )


class HandlingForm(GovForm):
    """Why a record is handled otherwise from now on."""

    reason = why()


class _DaysForm(GovForm):
    """From a day to a day, and why."""

    starts_on = DateField3(label="From", error_messages={"required": "Enter the first day."})
    ends_on = DateField3(label="To", required=False, help_text="The last day. Leave empty if no end is known.")
    reason = why()

    periods: ClassVar[tuple[tuple[str, str], ...]] = (("starts_on", "ends_on"),)


class ParticipationForm(_DaysForm):
    """An agency that takes part in a case."""

    agency = _agency("Agency")
    field_order = ("agency", "starts_on", "ends_on", "reason")

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class ReaderForm(_DaysForm):
    """A person to whom a record is opened by name."""

    person = _person("Person")
    field_order = ("person", "starts_on", "ends_on", "reason")

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].queryset = with_agencies(people)  # type: ignore[attr-defined]


class ExclusionForm(_DaysForm):
    """A person, or an agency, that is kept out of a case."""

    whom = forms.ChoiceField(
        label="Who is kept out?",
        choices=[(PERSON, "A person"), (AGENCY, "An agency, with everybody who acts for it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say who is kept out."},
    )
    person = _person("Person")
    agency = _agency("Agency")
    field_order = ("whom", "person", "agency", "starts_on", "ends_on", "reason")
    reveals: ClassVar[dict[str, dict[str, tuple[str, ...]]]] = {"whom": {PERSON: ("person",), AGENCY: ("agency",)}}

    def __init__(self, *args: Any, people: QuerySet[User], agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].queryset = with_agencies(people)  # type: ignore[attr-defined]
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class EndForm(GovForm):
    """The last day of a part in a case, of reading by name or of being kept out, and why it ends."""

    ends_on = DateField3(label="Last day", error_messages={"required": "Enter the last day."})
    reason = why("Why does it end?")
