"""The gallery: every component in every state, with invented names. Demonstrations and tests have it, nothing else.

Who adds a component adds it here: ``tests/meta/test_gallery.py`` asks for each component, each of its values and each
shape of form field.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponseBase, QueryDict
from django.utils.datastructures import MultiValueDict

from rules.core import Decision, Reason
from rules.vocabulary import Category, DeadlineStatus, Level

from .charts import bar_chart
from .doors import WaysOut
from .forms import DateField3, GovForm, LongText, Section
from .guards import SIGNED_IN, Offer, TemplatePage
from .lists import Chip, FilterForm, Found, Head, PageLink

HERE = "#gallery"
DAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 14, 5, tzinfo=ZoneInfo("Europe/London"))
LONG_NAME = "Maximilian Bartholomew Ferropargasite-Hydroxylapophyllite"
LONG_TEXT = (
    "Nobody may be told of the address before the approved premises have agreed, the victim liaison officer has spoken "
    "with the family, and the panel has seen what was decided at the meeting before."
)
# What GOV.UK's tag has a colour for.
COLOURS = (
    "grey", "blue", "turquoise", "green", "purple", "pink", "red", "orange", "yellow", "teal", "magenta",
)  # fmt: skip
# How the page's own heading can look: it has one, as every page.
HEADINGS = {
    "": ("Component gallery", "Every component in every state"),
    "bare": ("Component gallery", ""),
    "long": (f"Record that {LONG_NAME} has come to another area", f"Managed person: {LONG_NAME}"),
}

SHORT_REASON = Reason("The panel has not sat.", "R51")
REASONS = (
    Reason(
        "Level 2 from 4 May 2026, so the review was due within 112 days of it.",
        "R51",
        (("Level 2 from", "4 May 2026"), ("Days in the community", "112"), ("Decided by", "Alder Vale panel")),
    ),
    Reason(f"{LONG_TEXT} Only a panel decides on Level 2 or 3.", "R33"),
    Reason("Your role does not record levels.", "access"),
)


@dataclass(frozen=True)
class Part:
    """A chapter of the gallery and the components it shows, by the names of their tags."""

    title: str
    template: str
    components: tuple[str, ...]


PARTS = (
    Part(
        "Words and tags",
        "pages/gallery/words.html",
        ("tag", "category-tag", "level-tag", "due-tag", "date", "inset", "warning", "details"),
    ),
    Part(
        "Messages",
        "pages/gallery/messages.html",
        ("notification", "error-summary", "empty", "restricted", "reasons", "why", "buttons"),
    ),
    Part(
        "Moving about",
        "pages/gallery/moving.html",
        ("heading", "back-link", "breadcrumbs", "tabs", "pager"),
    ),
    Part(
        "Records",
        "pages/gallery/records.html",
        ("identity-bar", "panel", "summary-list", "summary-row", "cards", "count-card", "timeline", "timeline-entry"),
    ),
    Part(
        "Lists",
        "pages/gallery/lists.html",
        ("table", "cell", "bar-chart"),
    ),
    Part("Form fields", "pages/gallery/forms.html", ()),
)


class SampleForm(GovForm):
    """A field of each shape."""

    sections = (
        Section("Boxes", ("name", "email", "number", "area", "file"), hint="One line each."),
        Section("Choices", ("kind", "sex", "warnings", "more", "sure")),
        Section("Days and long text", ("day", "notes")),
    )
    reveals = {"kind": {"order": ("order_name",)}}
    option_hints = {"kind": {"order": "Made by a court, with a last day"}}

    name = forms.CharField(label="Family name", max_length=40, help_text="As on the court record.")
    email = forms.EmailField(label="E-mail address", required=False)
    number = forms.IntegerField(label="Term in months", min_value=1)
    area = forms.ChoiceField(label="Area", choices=[("", "Choose one"), ("alder", "Alder Vale"), ("rowan", LONG_TEXT)])
    file = forms.FileField(label="List from the agency", help_text="CSV or Excel, at most 10 MB.")
    kind = forms.ChoiceField(
        label="Kind of ground",
        choices=[("order", "An order"), ("other", "Another dangerous person, by a decision of the panel")],
        widget=forms.RadioSelect,
        help_text="The ground gives the category.",
    )
    order_name = forms.CharField(label="Name of the order")
    sex = forms.ChoiceField(
        label="Sex", choices=[("f", "Female"), ("m", "Male")], widget=forms.RadioSelect(attrs={"inline": True})
    )
    warnings = forms.MultipleChoiceField(
        label="Warnings to staff",
        choices=[("dogs", "Dogs"), ("staff", "Never alone with one member of staff, wherever it is and however short")],
        widget=forms.CheckboxSelectMultiple,
    )
    more = forms.MultipleChoiceField(
        label="Small boxes",
        choices=[("a", "Alder"), ("b", "Birch")],
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
    )
    sure = forms.BooleanField(label="I have checked this against the court record", help_text="Both sides of it.")
    day = DateField3(label="Date of the order", help_text="For example, 27 3 2019")
    notes = LongText(label="What was decided", max_length=60, rows=3)


class SampleFilters(FilterForm):
    """A filter of each kind."""

    level = forms.MultipleChoiceField(
        label="Level",
        choices=[(level.value, level.label) for level in Level],
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        required=False,
    )
    agency = forms.ChoiceField(
        label="Lead agency", choices=[("", "Any"), ("alder", "Alder Vale Probation")], required=False
    )
    before = DateField3(label="Born before", required=False, help_text="For example, 27 3 1980")


def _empty_form() -> SampleForm:
    return SampleForm(prefix="empty")


def _filled_form() -> SampleForm:
    given = {
        "name": LONG_NAME[:40], "email": "ann.dipper@example.org", "number": 24, "area": "rowan", "kind": "order",
        "order_name": "Sexual harm prevention order", "sex": "f", "warnings": ["staff"], "more": ["a", "b"],
        "sure": True, "day": DAY, "notes": "The panel keeps Level 2.",
    }  # fmt: skip
    return SampleForm(prefix="filled", initial=given)


def _wrong_form() -> SampleForm:
    """Everything wrong: left out, too long, not of its kind."""
    typed = QueryDict(mutable=True)
    typed.update({
        "wrong-name": LONG_NAME, "wrong-email": "ann.dipper", "wrong-number": "two years", "wrong-area": "nowhere",
        "wrong-kind": "order", "wrong-day_day": "31", "wrong-day_month": "2", "wrong-day_year": "26",
        "wrong-notes": LONG_TEXT, "wrong-more": "z",
    })  # fmt: skip
    empty: MultiValueDict[str, Any] = MultiValueDict({"wrong-file": [SimpleUploadedFile("list.csv", b"")]})
    return SampleForm(typed, empty, prefix="wrong")


def _filters(name: str, query: str) -> SampleFilters:
    form = SampleFilters(QueryDict(query), auto_id=f"{name}-%s", prefix=name)
    form.is_valid()
    return form


HEADS = (
    Head("Name", numeric=False, url="?sort=-name", direction="ascending"),
    Head("Level", numeric=False, url="?sort=level", direction="none"),
    Head("Review due", numeric=False, url="?sort=-due", direction="descending"),
    Head("Meetings", numeric=True, url="", direction="none"),
)
CHIPS = (
    Chip("Level", "Level 2 or Level 3", HERE),
    Chip("Lead agency", "Alder Vale Probation and the community rehabilitation team of the Rowan valley", HERE),
)


def _found(
    number: int, near: Iterable[int], *, pages: int = 40, chips: bool = False, name: str = "plain"
) -> Found[Any]:
    """A list of twenty-five to a page, seen at this page; ``near`` are the pages linked to, 0 for a gap."""
    typed = f"{name}-level=2&{name}-level=3&{name}-agency=alder&{name}-before_day=31&{name}-before_month=2"
    total = pages * 25 - 7 if pages else 0
    return Found(
        rows=(),
        total=total,
        number=number,
        pages=pages,
        first=(number - 1) * 25 + 1 if total else 0,
        last=min(number * 25, total),
        noun="people",
        heads=HEADS,
        chips=CHIPS if chips else (),
        links=[PageLink(each, f"?page={each}" if each else "", each == number) for each in near],
        previous_url=f"?page={number - 1}" if number > 1 else "",
        next_url=f"?page={number + 1}" if number < pages else "",
        clear_url=HERE,
        form=_filters(name, typed if chips else ""),
        hidden={"sort": "-due"},
    )


def _offers() -> list[Offer]:
    """Allowed, refused by a rule, refused with several reasons; as links and as forms of their own."""
    yes = Decision.yes()
    return [
        Offer("Record a meeting", HERE, yes, style="primary"),
        Offer("Change", HERE, yes),
        Offer("Void this ground", HERE, yes, style="warning"),
        Offer("Compare again", HERE, yes, post=True),
        Offer("End", HERE, yes, of=" the seat of Ms Rowan"),
        Offer("End Level 2 management", "#refused-by-a-rule", Decision.no(SHORT_REASON)),
        Offer("Set the level", "#refused-by-several", Decision.no(*REASONS)),
    ]


def samples() -> dict[str, Any]:
    """Plain values for the templates of the gallery."""
    return {
        "parts": PARTS,
        "colours": COLOURS,
        "categories": list(Category),
        "levels": list(Level),
        # "due" and "due_soon" are what pages call an open one; "none" is no status at all.
        "statuses": [*((each.value, each.label) for each in DeadlineStatus), ("due_soon", "Due within 14 days")],
        "on": DAY,
        "at": MOMENT,
        "long_name": LONG_NAME,
        "long_text": LONG_TEXT,
        "reason": (SHORT_REASON,),
        "reasons": REASONS,
        "refusal": Decision.no(*REASONS),
        "all_offers": _offers(),
        "cards": [
            SimpleNamespace(number=0, label="Nothing is due", url="", urgent=False),
            SimpleNamespace(number=1204, label="Meetings held", url=HERE, urgent=True),
        ],
        "corrected": [Offer(label, HERE, Decision.yes()) for label in ("Correct", "Take away")],
        "empty_form": _empty_form(),
        "filled_form": _filled_form(),
        "wrong_form": _wrong_form(),
        "facts": (("PNC", "2004/0612345H"), ("NHS", "943 476 5919"), ("Lead agency", "Alder Vale Probation")),
        "crumbs": (("Register", HERE), ("Garnet, Ann", HERE), ("History", "")),
        "tabs": (("Record", HERE, True), ("Circumstances", HERE, False), ("Who has access", HERE, False)),
        "many_tabs": [(f"Part {number} of this record", HERE, number == 4) for number in range(1, 10)],
        "one_page": _found(1, (), pages=1),
        "first_page": _found(1, (1, 2, 0, 40)),
        "middle_page": _found(20, (1, 0, 19, 20, 21, 0, 40)),
        "last_page": _found(40, (1, 0, 39, 40)),
        "chosen": _found(2, (1, 2, 3), pages=3, chips=True, name="chosen"),
        "nothing": _found(1, (), pages=0),
        "chart": bar_chart(
            "Meetings held", "Agency", "Meetings", (("Alder Vale Probation", 1204), (LONG_TEXT, 7), ("Rowan Homes", 0))
        ),
        "no_chart": bar_chart("Meetings held elsewhere", "Agency", "Meetings", ()),
        "ways": WaysOut("/gallery/?level=2", HERE, HERE, HERE, (("csv", "CSV"), ("ods", "ODS")), [("other", "Other")]),
        "closed_ways": WaysOut("/gallery/", "", "", HERE, (), ()),
    }


class Gallery(TemplatePage):
    """Every component in every state."""

    permission = SIGNED_IN
    template_name = "pages/gallery.html"

    def stopped(self) -> HttpResponseBase | None:
        if settings.MAPPA_ENVIRONMENT.production:
            raise Http404
        return super().stopped()

    def get_title(self) -> str:
        return self._heading[0]

    @property
    def _heading(self) -> tuple[str, str]:
        return HEADINGS.get(self.request.GET.get("heading", ""), HEADINGS[""])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self._heading[1], headings=HEADINGS, **samples(), **context)
