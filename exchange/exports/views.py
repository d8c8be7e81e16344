"""Pages of the lists that go out: ask for one, see one's own, fetch one once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from agencies.roles import Perm
from agencies.sessions import is_stepped_up
from audit.reads import AccessKind, showed
from exchange.models import Export, ExportEnd, FileFormat
from mappa import clock
from pages.base import ObjectPage
from pages.exports import DayOf, ExportedList
from pages.guards import ActionPage, FormPage, Offer, TemplatePage
from pages.step_up import SteppedUp, proof_url
from rules.core import Decision, Refused
from rules.vocabulary import Purpose

from .files import CONTENT_TYPES
from .forms import ExportForm
from .queries import exports_of, standing_of
from .services import end_export, fetch_export, may_ask_for_export, may_end_export, may_fetch_export, still_open
from .work import take_out

SHOWN = 50


class ExportAsk(SteppedUp, FormPage[Export]):
    """Take out the list at an address of ours (``of``): what it holds, how it will be marked, and in which format."""

    permission = Perm.LIST_EXPORT
    form_class = ExportForm
    template_name = "exchange/export_ask.html"
    title = "Export a list"
    submit_label = "Export"
    wanted: ExportedList | None = None

    def load(self) -> None:
        address = self.request.POST.get("of") or self.request.GET.get("of") or ""
        if address:
            of = DayOf(self.today, self.real_today)
            self.wanted = ExportedList(address, self.principal, of=of, user=self.request.user)

    def get_title(self) -> str:
        return f"Export: {self.wanted.title}" if self.wanted else self.title

    def get_initial(self) -> Mapping[str, Any]:
        wanted = self.request.GET.get("file_format", "")
        return {
            "of": self.request.GET.get("of", ""),
            "file_format": wanted if wanted in FileFormat.values else FileFormat.ODS,
            "purpose": self.request.GET.get("purpose", ""),
        }

    def get_cancel_url(self) -> str:
        return self.wanted.address if self.wanted else reverse("exports")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        refusal: Decision | None = context.pop("refusal", None)
        if refusal is None and self.wanted is not None:
            asked = may_ask_for_export(
                by=self.principal, member_id=self.membership_id, lines=self.wanted.total, today=self.today
            )
            refusal = None if asked else asked
        return super().get_context_data(wanted=self.wanted, refusal=refusal, **context)

    @property
    def membership_id(self) -> int:
        return self.principal.membership_id or 0

    def act(self, form: Any) -> str:
        if self.wanted is None:
            raise Http404
        if purpose := form.cleaned_data["purpose"]:
            self.state_purpose(Purpose(purpose).label)
        export = take_out(
            by=self.principal,
            today=self.today,
            at=clock.now(),
            member_id=self.membership_id,
            wanted=self.wanted,
            file_format=form.cleaned_data["file_format"],
            purpose=purpose,
        )
        return reverse("export", args=[export.pk])


class ExportList(TemplatePage):
    """The files one asked for in this role: waiting, ready to be fetched, fetched, gone."""

    permission = Perm.LIST_EXPORT
    template_name = "exchange/export_list.html"
    not_exported = "What one took out oneself: the access log says it of everybody, and goes out as a file."
    title = "Your exports"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        standings = [standing_of(export) for export in exports_of(self.principal)[:SHOWN]]
        return super().get_context_data(standings=standings, shown=SHOWN, **context)


class OwnExport(ObjectPage[Export], abstract=True):
    """A page about one's own export. Anybody else's, or one of another role, does not exist."""

    object: Export

    def load(self) -> None:
        found = exports_of(self.principal).filter(pk=self.kwargs["export"]).first()
        if found is None:
            raise Http404
        self.object = found

    def get_title(self) -> str:
        return f"Export: {self.object.title}"


class ExportDetail(OwnExport):
    """How far the file is, and the button that fetches it, once."""

    permission = Perm.LIST_EXPORT
    template_name = "exchange/export_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        return self.page()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(standing=standing_of(self.object), export=self.object, **context)

    def offers(self) -> Iterable[Offer]:
        export, by = self.object, self.principal
        if export.is_ready and is_stepped_up(self.request.session):
            url = reverse("export-fetch", args=[export.pk])
            yield Offer("Fetch the file", url, may_fetch_export(export, by=by), post=True, style="primary")
        elif export.is_ready:
            url = proof_url(self.request, reverse("export", args=[export.pk]))
            yield Offer("Confirm who you are to fetch the file", url, Decision.yes(), style="primary")
        if export.ended_at is None:
            url = reverse("export-withdraw", args=[export.pk])
            yield Offer("Withdraw", url, may_end_export(export, by=by), post=True)


class ExportFetch(OwnExport):
    """Hand the file over, once. The access log names everybody in it, as an export, and what it was asked for."""

    permission = Perm.LIST_EXPORT
    http_method_names = ["post", "options"]
    template_name = "errors/refused.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        self.state_purpose(self.object.stated)
        export, by, here = self.object, self.principal, reverse("export", args=[self.object.pk])
        if not is_stepped_up(request.session):
            return HttpResponseRedirect(proof_url(request, here))
        try:
            fetched = fetch_export(by=by, export_id=export.pk)
        except Refused as refusal:
            if export.is_ready and not still_open(export, by=by):
                end_export(by=by, export_id=export.pk, end=ExportEnd.WITHDRAWN)
            return self.page(status=422, refusal=refusal.decision, cancel_url=here)
        showed(AccessKind.EXPORT, fetched.root_ids)
        response = HttpResponse(fetched.content, content_type=CONTENT_TYPES[fetched.export.file_format])
        response.headers["Content-Disposition"] = f'attachment; filename="{fetched.export.file_name}"'
        return response


class ExportWithdraw(OwnExport, ActionPage[Export]):
    """End an export that is not wanted any more."""

    permission = Perm.LIST_EXPORT

    def get_cancel_url(self) -> str:
        return reverse("export", args=[self.object.pk])

    def act(self) -> str:
        end_export(by=self.principal, export_id=self.object.pk, end=ExportEnd.WITHDRAWN)
        return reverse("exports")
