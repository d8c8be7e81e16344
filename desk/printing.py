"""Printing a summary: the page that asks for which day and as what, and answers with the file."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from agencies.roles import Perm
from audit.reads import AccessKind
from cases.models import Nominal
from letters.documents import Document
from letters.marking import marking_for
from letters.pdf import as_pdf
from letters.word import as_word
from pages.base import show
from pages.forms import DateField3, GovForm
from pages.guards import FormPage
from rules.core import Refused
from rules.vocabulary import Purpose, choices

from .record import Record, read_everything
from .summary import summary_of

PDF, WORD = "pdf", "docx"
TYPES: Mapping[str, tuple[str, Callable[[Document], bytes]]] = {
    PDF: ("application/pdf", as_pdf),
    WORD: ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_word),
}


class SummaryForm(GovForm):
    """For which day, and as what."""

    on = DateField3(
        label="Which day is it about?",
        help_text="Category, level and circumstances are shown as they stood on this day.",
        error_messages={"required": "Enter the day that the summary is about."},
    )
    kind = forms.ChoiceField(
        label="File",
        choices=[(PDF, "PDF, to print or send"), (WORD, "Word, to work on")],
        widget=forms.RadioSelect,
        initial=PDF,
        error_messages={"required": "Choose a file."},
    )

    purpose = forms.ChoiceField(
        label="What is it for?",
        choices=[("", "Not said"), *choices(Purpose)],
        required=False,
        help_text="It stands in the access log beside the copy.",
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("The day cannot be later than today.")
        return on


class NominalSummary(FormPage[Nominal]):
    """A marked and numbered copy of the record (R102): a print, and in the access log as one."""

    permission = Perm.NOMINAL_VIEW
    model = Nominal
    form_class = SummaryForm
    template_name = "cases/nominal_form.html"
    title = "Print a summary"
    submit_label = "Make the summary"

    @property
    def stored_version(self) -> int | None:
        return None

    def get_queryset(self) -> QuerySet[Nominal]:
        return Nominal.objects.select_related("area", "panel_area")

    def get_cancel_url(self) -> str:
        return reverse("nominal", args=[self.object.pk])

    def get_initial(self) -> Mapping[str, Any]:
        """The day that the page before was about, or today."""
        try:
            return {"on": date.fromisoformat(self.request.GET.get("on", ""))}
        except ValueError:
            return {"on": self.today}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"today": self.today}

    def act(self, form: Any) -> str:  # noqa: ARG002
        """The answer is a file and not a page to go on to."""
        return self.get_cancel_url()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        form: Any = self.get_form(data=request.POST)
        if not form.is_valid():
            return self.again(form)
        if purpose := form.cleaned_data["purpose"]:
            self.state_purpose(Purpose(purpose).label)
        try:
            return self.file(form.cleaned_data["on"], form.cleaned_data["kind"])
        except Refused as refusal:
            return self.again(form, refusal.decision)

    def file(self, on: date, kind: str) -> HttpResponse:
        """The file, whole, made within the request's transaction: without its number and its evidence it is not sent.

        Its name holds the record's number and nothing about the person. Raises ``Refused``.
        """
        nominal, by, today = self.object, self.principal, self.today
        read_everything(nominal)
        marking = marking_for(by, at=self.now, what="nominal_summary", root=nominal.pk)
        now = Record(nominal, by=by, today=today)
        then = now if on == today else Record(nominal, by=by, today=on)
        show([nominal], AccessKind.PRINT)
        content_type, write = TYPES[kind]
        response = HttpResponse(write(summary_of(now, then, marking=marking)), content_type=content_type)
        response["Content-Disposition"] = (
            f'attachment; filename="record-{nominal.pk}-copy-{marking.copy_number}.{kind}"'
        )
        return response
