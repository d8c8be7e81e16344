"""Adding a person to the register, and changing what was written."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agencies.models import PanelArea
from pages.forms import DateField3, GovForm, Section
from rules.vocabulary import AliasKind, IdentifierKind, Sex, choices

IDENTIFIER_HINTS = {
    IdentifierKind.PNC: "For example 2004/0612345C",
    IdentifierKind.CRO: "For example 123456/04A",
    IdentifierKind.NOMS: "For example A1234BC",
    IdentifierKind.CRN: "For example X123456",
    IdentifierKind.NHS: "10 digits",
    IdentifierKind.VISOR: "As it stands on ViSOR",
}
ALIAS_LABELS = {
    AliasKind.ALIAS: "Other names",
    AliasKind.NICKNAME: "Nicknames",
    AliasKind.FORMER_NAME: "Former names",
}
NICKNAME_HINT = "One on each line."
NAME_HINT = "One on each line, as people write them. For a surname of several words: surname, comma, given names."
NAME_LENGTH = 100


def split_name(line: str) -> tuple[str, str]:
    """Surname and given names of a name on one line: ``Surname, Given``, or ``Given Surname`` (the last word)."""
    if "," in line:
        family, _, given = line.partition(",")
    else:
        given, _, family = line.strip().rpartition(" ")
    return " ".join(family.split()), " ".join(given.split())


def join_name(kind: str, family_name: str, given_names: str) -> str:
    """The line that :func:`split_name` reads back as the same name."""
    if kind == AliasKind.NICKNAME:
        return family_name
    if not given_names and " " not in family_name:
        return family_name
    return f"{given_names} {family_name}" if " " not in family_name else f"{family_name}, {given_names}"


class NominalForm(GovForm):
    """Who the person is: names, birth, sex, district, and the numbers under which agencies know them."""

    # The date of birth is asked for and may be unknown, and no number is required: nothing is called optional.
    says_optional: ClassVar[bool] = False
    given_names = forms.CharField(label="Given names, if they have any", max_length=NAME_LENGTH, required=False)
    family_name = forms.CharField(
        label="Surname, or only name",
        max_length=NAME_LENGTH,
        error_messages={"required": "Enter the surname, or the only name."},
    )
    date_of_birth = DateField3(label="Date of birth", required=False, help_text="For example, 27 3 1984")
    birth_unknown = forms.BooleanField(label="The date of birth is not known", required=False)
    sex = forms.ChoiceField(
        label="Sex",
        choices=choices(Sex),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a sex, or that it is not known."},
    )
    panel_area: "forms.ModelChoiceField[PanelArea]" = forms.ModelChoiceField(
        label="Panel area", queryset=PanelArea.objects.none(), required=False, empty_label="Not known yet"
    )

    sections: ClassVar[tuple[Section, ...]] = (
        Section("Who they are", ("given_names", "family_name", "date_of_birth", "birth_unknown", "sex", "panel_area")),
        Section(
            "Numbers",
            tuple(f"identifier_{kind}" for kind in IdentifierKind),
            hint="As many as you know. A number that does not look right is kept and shown as unverified. "
            "If there are two of a kind, put a comma between them.",
        ),
        Section("Names by which they are or were known", tuple(f"names_{kind}" for kind in AliasKind)),
    )

    def __init__(self, *args: Any, panel_areas: QuerySet[PanelArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["panel_area"].queryset = panel_areas  # type: ignore[attr-defined]
        for kind, label in choices(IdentifierKind):
            self.fields[_identifier(kind)] = forms.CharField(
                label=label, required=False, max_length=120, help_text=IDENTIFIER_HINTS[IdentifierKind(kind)]
            )
        for kind, _ in choices(AliasKind):
            self.fields[_alias(kind)] = forms.CharField(
                label=ALIAS_LABELS[AliasKind(kind)],
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=NICKNAME_HINT if kind == AliasKind.NICKNAME else NAME_HINT,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        born = cleaned.get("date_of_birth")
        if born and cleaned.get("birth_unknown"):
            self.add_error("birth_unknown", "Give the date of birth, or say that it is not known: not both.")
        if not born and not cleaned.get("birth_unknown") and "date_of_birth" not in self.errors:
            self.add_error("date_of_birth", "Enter the date of birth, or tick that it is not known.")
        for kind, _ in choices(AliasKind):
            names = [_name_of(kind, line) for line in _lines(cleaned.get(_alias(kind), ""))]
            if any(len(part) > NAME_LENGTH for name in names for part in name):
                self.add_error(_alias(kind), f"Each name must be {NAME_LENGTH} characters or fewer.")
        return cleaned

    def identifiers(self) -> list[tuple[str, str]]:
        """Kind and value of every number given; several of a kind stand between commas."""
        return [
            (kind, value)
            for kind, _ in choices(IdentifierKind)
            for value in _parts(self.cleaned_data.get(_identifier(kind), ""))
        ]

    def aliases(self) -> list[tuple[str, str, str]]:
        """Kind, surname and given names of every other name, each once, in the order given."""
        return list(
            dict.fromkeys(
                (kind, *_name_of(kind, line))
                for kind, _ in choices(AliasKind)
                for line in _lines(self.cleaned_data.get(_alias(kind), ""))
            )
        )


def initial_lists(identifiers: Iterable[tuple[str, str]], aliases: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The fields of :class:`NominalForm` that hold what is recorded now."""
    numbers: dict[str, list[str]] = {}
    for kind, value in identifiers:
        numbers.setdefault(_identifier(kind), []).append(value)
    names: dict[str, list[str]] = {}
    for kind, family_name, given_names in aliases:
        names.setdefault(_alias(kind), []).append(join_name(kind, family_name, given_names))
    return {
        **{name: ", ".join(values) for name, values in numbers.items()},
        **{name: "\n".join(values) for name, values in names.items()},
    }


def _identifier(kind: str) -> str:
    return f"identifier_{kind}"


def _alias(kind: str) -> str:
    return f"names_{kind}"


def _name_of(kind: str, line: str) -> tuple[str, str]:
    return (line, "") if kind == AliasKind.NICKNAME else split_name(line)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
