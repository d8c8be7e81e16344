"""Fields for input that Django's own do not ask for in the way people write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from rules.bounds import FIRST_DAY, LAST_DAY, within_bounds

from .dates import NAMED_HOURS, month_number

PARTS = ("day", "month", "year")
YEAR_DIGITS = 4
YEARS = f"the year must be from {FIRST_DAY.year} to {LAST_DAY.year}."


@dataclass(frozen=True)
class TypedDate:
    """A day as it was typed, right or wrong, so that nothing typed is lost."""

    day: str
    month: str
    year: str

    def __bool__(self) -> bool:
        return any((self.day, self.month, self.year))

    def __str__(self) -> str:
        day = self.read()
        return day.isoformat() if day else f"{self.day} {self.month} {self.year}".strip()

    def missing(self) -> list[str]:
        return [part for part in PARTS if not getattr(self, part)]

    def read(self) -> date | None:
        """The day, when what was typed is a real one with a year of four digits."""
        month = month_number(self.month)
        if month is None or not _digits(self.day, 2) or not _digits(self.year, YEAR_DIGITS):
            return None
        if len(self.year) != YEAR_DIGITS:
            return None
        try:
            return date(int(self.year), month, int(self.day))
        except ValueError:
            return None

    def wrong(self) -> list[str]:
        """The parts to mark as wrong, when :meth:`read` finds no day."""
        if missing := self.missing():
            return missing
        if not _digits(self.year, YEAR_DIGITS) or len(self.year) != YEAR_DIGITS:
            return ["year"]
        if month_number(self.month) is None:
            return ["month"]
        return ["year"] if self.read() else list(PARTS)


def _digits(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most


class DateParts(forms.Widget):
    """Three boxes: day, month, year. Reads a single ISO value too, from a hidden field or an address."""

    template_name = "forms/widgets/date_parts.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> TypedDate | str | None:  # noqa: ARG002
        if data.get(name):
            return str(data[name])
        typed = TypedDate(*(str(data.get(f"{name}_{part}") or "").strip() for part in PARTS))
        return typed or None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002
        return name not in data and not any(f"{name}_{part}" in data for part in PARTS)

    def id_for_label(self, id_: str, index: str | None = None) -> str:  # noqa: ARG002
        return f"{id_}_day" if id_ else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = _typed(value)
        has_error = context["widget"]["attrs"].get("aria-invalid") == "true"
        day = typed.read()
        wrong = (PARTS if not typed or (day and within_bounds(day)) else typed.wrong()) if has_error else ()
        base = context["widget"]["attrs"].get("id", "")
        birth = self.attrs.get("autocomplete") == "bday"
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{part}",
                "id": f"{base}_{part}",
                "label": part.capitalize(),
                "value": getattr(typed, part),
                "wrong": part in wrong,
                "width": 4 if part == "year" else 2,
                "autocomplete": f"bday-{part}" if birth else "",
                "numeric": part != "month",
            }
            for part in PARTS
        ]
        return context


def _typed(value: Any) -> TypedDate:
    if isinstance(value, TypedDate):
        return value
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return TypedDate("", "", "")
    if isinstance(value, date):
        return TypedDate(str(value.day), str(value.month), f"{value.year:04}")
    return TypedDate("", "", "")


class DateField3(forms.DateField):
    """A day in three boxes, within the years a case can have. The month may be a number or a name.

    Says which part is missing or wrong.
    """

    widget = DateParts
    input_formats = ["%Y-%m-%d"]

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, TypedDate):
            day = super().to_python(value)
        elif (day := value.read()) is None:
            raise ValidationError(self._says(value), code="invalid")
        if day is not None and not within_bounds(day):
            raise ValidationError(self._of_label(YEARS), code="out_of_bounds")
        return day

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial, str(data) if isinstance(data, TypedDate) else data)

    def _says(self, typed: TypedDate) -> str:
        if missing := typed.missing():
            return self._of_label(f"enter the {' and the '.join(missing)} too.")
        if typed.wrong() == ["year"]:
            return self._of_label("the year must have 4 numbers.")
        return self._of_label("enter a real date, for example 27 3 1980.")

    def _of_label(self, says: str) -> str:
        """What is wrong, after the label: a sentence of its own, for a label may be a question or one word ("From")."""
        label = str(self.label or "The date")
        return f"{label} {says[0].upper()}{says[1:]}" if label.endswith("?") else f"{label}: {says}"


class TimeOfDay(forms.TimeField):
    """An hour of the day as people write it: 14:30, 2.30pm, 2pm, midday."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-5"})
    input_formats = ["%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p", "%H%M", "%H:%M:%S"]
    default_error_messages = {"invalid": "Enter a time like 10:00 or 2.30pm."}

    def to_python(self, value: Any) -> time | None:
        if not isinstance(value, str):
            return super().to_python(value)
        typed = value.replace(" ", "").casefold()
        named = next((hour for hour, word in NAMED_HOURS.items() if word == typed), None)
        return super().to_python(typed) if named is None else time(named)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class LongText(forms.CharField):
    """Text of several lines with a limit that is counted down. A line break counts as one character."""

    def __init__(self, *, max_length: int, rows: int = 5, **options: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text
