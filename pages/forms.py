"""One renderer for every form of the house: label, hint, error beside the field and, linked to it, at the top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from rules.core import mid_sentence

from .dates import british_date
from .widgets import DateField3, DateParts, LongText, TimeOfDay

__all__ = [
    "DateField3",
    "DateParts",
    "GovForm",
    "LongText",
    "Renderer",
    "Section",
    "TimeOfDay",
    "error_links",
    "sections_of",
]

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "govuk-textarea"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.Select, "govuk-select"),
    (Input, "govuk-input"),
)
# Fields as HTML, with nothing in them that anybody typed.
_DRAWN_MOST = 500
_DRAWN: dict[tuple[Any, ...], SafeString] = {}


@dataclass(frozen=True)
class Section:
    """Fields under one legend. An empty legend groups without a heading."""

    legend: str
    fields: tuple[str, ...]
    hint: str = ""


@dataclass(frozen=True)
class Option:
    """One radio or checkbox, ready to draw, with the fields that it reveals."""

    id: str
    name: str
    value: str
    label: str
    checked: bool
    hint: str
    revealed: Sequence[BoundField]


class GovBoundField(BoundField):
    """A field that knows how the design system draws it."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if self.shape == "count":
            # What is typed beyond the limit is kept and counted; the form says how much is too much.
            field.widget.attrs.pop("maxlength", None)
        if isinstance(field.widget, forms.NumberInput):
            # A browser throws away what is no number before it can be shown again with its error.
            field.widget.input_type = "text"
            field.widget.attrs = {"inputmode": "numeric", **field.widget.attrs}
            for name in ("min", "max", "step"):
                field.widget.attrs.pop(name, None)

    def as_field_group(self) -> SafeString:
        return self.drawn_once() if getattr(self.form, "drawn_alike", False) else super().as_field_group()

    def drawn_once(self) -> SafeString:
        """The field as HTML, kept for the next request that asks for the same choices with the same answer.

        Ten filters took longer to draw than the list beside them. One that is wrong is drawn each time, and whatever
        holds what somebody typed: only a form of which all fields are alike keeps those that are blank.
        """
        field, value = self.field, self.value()
        blank = getattr(self.form, "drawn_alike", False) and value in (None, "")
        if self.errors or not (blank or isinstance(field, forms.ChoiceField)):
            return self.render()
        chosen = tuple(value) if isinstance(value, list) else value
        choices = str([*getattr(field, "choices", ())])
        key = (type(self.form), self.html_name, str(self.label), str(self.help_text), choices, chosen)
        if key not in _DRAWN:
            if len(_DRAWN) >= _DRAWN_MOST:
                _DRAWN.clear()
            _DRAWN[key] = self.render()
        return _DRAWN[key]

    @property
    def shape(self) -> str:
        """Which part of the field template draws it."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checkboxes"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        return "count" if self.count_limit else "box"

    @property
    def count_limit(self) -> int | None:
        limit = getattr(self.field, "max_length", None)
        return limit if isinstance(self.field.widget, forms.Textarea) else None

    @property
    def says_optional(self) -> bool:
        """Whether "(optional)" stands beside it: not where one of the answers shown is that nothing is said."""
        if self.field.required or not getattr(self.form, "says_optional", False):
            return False
        return self.shape != "radios" or all(option.value for option in self.options)

    @property
    def small(self) -> bool:
        return bool(self.field.widget.attrs.get("small"))

    @property
    def boxed(self) -> bool:
        """Many options, drawn in a box of their own that scrolls."""
        return bool(self.field.widget.attrs.get("boxed"))

    @property
    def inline(self) -> bool:
        return bool(self.field.widget.attrs.get("inline"))

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def first_id(self) -> str:
        """What the error summary links to: the box, or the first of several."""
        if self.shape in ("radios", "checkboxes"):
            return f"{self.auto_id}_0"
        return self.field.widget.id_for_label(str(self.auto_id)) or str(self.auto_id)

    @property
    def aria_describedby(self) -> str | None:
        found = super().aria_describedby
        if self.shape == "count":
            return f"{found or ''} {self.auto_id}-info".strip()
        return found

    @property
    def options(self) -> list[Option]:
        hints = getattr(self.form, "option_hints", {}).get(self.name, {})
        revealed = getattr(self.form, "reveals", {}).get(self.name, {})
        return [
            Option(
                id=str(each.id_for_label),
                name=each.data["name"],
                value=str(each.data["value"]),
                label=str(each.choice_label),
                checked=bool(each.data["selected"]),
                hint=hints.get(str(each.data["value"]), ""),
                revealed=[self.form[name] for name in revealed.get(str(each.data["value"]), ())],
            )
            for each in self.subwidgets
        ]

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = dict(super().build_widget_attrs(attrs, widget))
        widget = widget or self.field.widget
        if widget.is_hidden:
            return built
        name = next((css for kind, css in _CLASSES if isinstance(widget, kind)), "")
        if name:
            extra = f"{name}--error" if self.errors else ""
            count = "govuk-js-character-count" if self.shape == "count" else ""
            built["class"] = " ".join(filter(None, (name, extra, count, widget.attrs.get("class", ""))))
        return built


class Renderer(TemplatesSetting):
    """``FORM_RENDERER``: templates of ``templates/forms``."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = GovBoundField


class GovForm(forms.Form):
    """A form of the house.

    ``sections`` groups fields under legends; ``reveals`` names, for a radio field's values, the fields that belong to
    each (they are asked for, and kept, only with that answer); ``option_hints`` adds a line under an option;
    ``periods`` names pairs of fields of which the second may not be before the first; ``says_optional`` marks fields
    that may stay empty; ``drawn_alike`` promises that its fields differ by what is typed and by nothing else, so that
    those left blank are drawn once for everybody. Without scripts everything is shown and works the same.
    """

    use_required_attribute = False
    sections: ClassVar[tuple[Section, ...]] = ()
    reveals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {}
    option_hints: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    periods: ClassVar[tuple[tuple[str, str], ...]] = ()
    says_optional: ClassVar[bool] = True
    drawn_alike: ClassVar[bool] = False

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

    def full_clean(self) -> None:
        # A form that nobody has sent has no errors to put into words.
        for name, field in self.fields.items() if self.is_bound else ():
            _say_it_plainly(field, capfirst(name.replace("_", " ")))
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._drop_unrevealed(values)
        for start, end in self.periods:
            first, last = values.get(start), values.get(end)
            if first and last and last < first:
                self.add_error(end, f"{self[end].label} must not be before {british_date(first)}.")
        return values

    def _drop_unrevealed(self, values: dict[str, Any]) -> None:
        for control, answers in self.reveals.items():
            chosen = values.get(control)
            picked = {str(each) for each in chosen} if isinstance(chosen, (list, set, tuple)) else {str(chosen)}
            kept = {name for answer, names in answers.items() if answer in picked for name in names}
            for name in {name for names in answers.values() for name in names} - kept:
                self.errors.pop(name, None)
                values[name] = self.fields[name].clean(None) if not self.fields[name].required else None


def offer_ticked(field: forms.Field, keys: Sequence[int]) -> None:
    """Let a field of hidden keys take those lines of a list that were ticked, while they are on it."""
    field.choices = [(str(each), str(each)) for each in keys]  # type: ignore[attr-defined]
    field.error_messages |= {
        "required": "Tick at least one line of the list.",
        "invalid_choice": "One of these lines is not on the list any more. Go back to the list and choose again.",
    }


def _say_it_plainly(field: forms.Field, name: str) -> None:
    """Messages that say what to do, unless the field brings its own."""
    label = str(field.label or name)
    plain = mid_sentence(label)
    choosing = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
    verb = "Tick" if isinstance(field, forms.BooleanField) else "Choose" if choosing else "Enter"
    what = f"“{label}”" if verb == "Tick" else plain
    if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
        field.error_messages["required"] = f"{verb} {what}."
    if isinstance(field, forms.ChoiceField):
        field.error_messages["invalid_choice"] = f"{label}: choose one of the options."
    if isinstance(field, forms.IntegerField):
        _unless_its_own(field, "invalid", f"{capfirst(label)} must be a whole number.")
        _unless_its_own(field, "min_value", f"{capfirst(label)} must be {field.min_value} or more.")
        _unless_its_own(field, "max_value", f"{capfirst(label)} must be {field.max_value} or less.")
    if isinstance(field, forms.EmailField):
        _unless_its_own(field, "invalid", f"{label} must be like name@example.org.")
    if isinstance(field, forms.FileField):
        _unless_its_own(field, "empty", f"{label}: the file is empty.")
    if isinstance(field, forms.CharField) and field.max_length:
        field.error_messages["max_length"] = f"{label} must be {field.max_length} characters or fewer."


def _unless_its_own(field: forms.Field, code: str, message: str) -> None:
    if field.error_messages.get(code) == getattr(type(field), "default_error_messages", {}).get(code):
        field.error_messages[code] = message


def sections_of(form: forms.BaseForm) -> list[tuple[Section, list[BoundField]]]:
    """Fields by section, in order, without those that an answer reveals; what no section names comes last."""
    revealed = {
        name for answers in getattr(form, "reveals", {}).values() for names in answers.values() for name in names
    }
    free = [name for name in form.fields if name not in revealed and not form[name].is_hidden]
    found: list[tuple[Section, list[BoundField]]] = [
        (section, [form[name] for name in section.fields if name in free]) for section in getattr(form, "sections", ())
    ]
    named = {name for section, _ in found for name in section.fields}
    rest = [form[name] for name in free if name not in named]
    return [*found, (Section("", ()), rest)] if rest else found


def error_links(form: forms.BaseForm) -> list[tuple[str, str]]:
    """For the summary at the top: (id of the field, what is wrong). An empty id belongs to the whole form."""
    links = [("", str(each)) for each in form.non_field_errors()]
    for field in form:
        target = field.first_id if isinstance(field, GovBoundField) else str(field.id_for_label or field.auto_id)
        links.extend((target, str(each)) for each in field.errors)
    return links
