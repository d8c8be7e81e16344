"""The advice log: what the unit said when somebody called or wrote."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Prefetch, QuerySet
from django.urls import reverse

from agencies.access import visible
from agencies.queries import agencies_of
from agencies.roles import Perm
from agencies.written import Written
from cases.forms.advice import AdviceForm
from cases.models import Advice, Referral
from cases.services.advice import may_record_advice, record_advice, settle_call_back, waits_for_call
from cases.services.referrals import may_register_received
from pages.guards import ActionPage, FormPage, ListPage, Offer
from pages.lists import Choices, Column, ListContext, Listing, Sort, choice_filter, date_filter
from rules.core import long_date
from rules.vocabulary import AdviceOutcome, choices

from .looking_up import looking_up

TO_CALL, BY_TODAY, CALLED = "to_call", "by_today", "called"
CALL_BACKS: Choices = ((TO_CALL, "To call back"), (BY_TODAY, "To call back by today"), (CALLED, "Called back"))


def to_call_back(rows: QuerySet[Advice]) -> QuerySet[Advice]:
    """Advice whose caller waits to be called back."""
    return rows.filter(call_back_on__isnull=False, called_back_on__isnull=True)


def _called(rows: QuerySet[Advice], state: str, context: ListContext) -> QuerySet[Advice]:
    if state == CALLED:
        return rows.filter(called_back_on__isnull=False)
    waiting = to_call_back(rows)
    return waiting.filter(call_back_on__lte=context.today) if state == BY_TODAY else waiting


def _agencies(context: ListContext) -> Choices:
    return [(str(each.pk), each.name) for each in agencies_of(context.principal)]


@dataclass(frozen=True)
class AdviceLine:
    """One piece of advice, with the button by which the caller was called back."""

    advice: Advice
    offers: Sequence[Offer]
    referrals: Sequence[Referral]


class AdviceList(ListPage[Advice]):
    """All advice given, the latest first; counted by agency."""

    permission = Perm.ADVICE_RECORD
    model = Advice
    template_name = "cases/advice.html"
    title = "Advice log"
    listing = Listing(
        sorts=(
            Sort("newest", "Newest", ("-given_on", "-id")),
            Sort("call_back", "Call back", ("call_back_on", "id")),
            Sort("agency", "Agency", ("agency__name", "-given_on")),
        ),
        columns=(
            Column("When", "newest"),
            Column("Who asked", "agency"),
            Column("About"),
            Column("What was said"),
            Column("What follows", "call_back"),
        ),
        filters=(
            choice_filter(
                "outcome", "What follows", choices(AdviceOutcome), lambda rows, v, _c: rows.filter(outcome=v)
            ),
            choice_filter("call", "Call back", CALL_BACKS, _called),
            choice_filter("agency", "Agency", _agencies, lambda rows, v, _c: rows.filter(agency=int(v))),
            date_filter("from", "Given from", lambda rows, day, _c: rows.filter(given_on__gte=day)),
            date_filter("to", "Given to", lambda rows, day, _c: rows.filter(given_on__lte=day)),
        ),
        noun=("piece of advice", "pieces of advice"),
        empty="No advice has been recorded yet.",
        empty_filtered="No advice matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Advice]:
        became = visible(self.principal, Referral.objects.order_by("pk"), Perm.REFERRAL_VIEW)
        rows = Advice.objects.select_related("nominal", "agency", "given_by")
        return rows.prefetch_related(Prefetch("referrals", queryset=became, to_attr="became"))

    def decorate(self, rows: Sequence[Advice]) -> Sequence[AdviceLine]:
        return [AdviceLine(row, self._offers(row), _became(row)) for row in rows]

    def _offers(self, row: Advice) -> Sequence[Offer]:
        # The list shows no row that its reader may not record on: what is left to ask is whether somebody waits.
        decision = waits_for_call(row)
        of = f": {row.asked_by}, {long_date(row.given_on)}"
        if row.outcome == AdviceOutcome.REFER and not _became(row):
            register = may_register_received(by=self.principal, today=self.today)
            url = f"{reverse('referral-register')}?{urlencode({'advice': row.pk})}"
            return (Offer("Register the referral", url, register, access=register, of=of),)
        if not decision:
            return ()
        return (Offer("Called back", reverse("advice-called-back", args=[row.pk]), decision, post=True, of=of),)

    def offers(self) -> Iterable[Offer]:
        decision = may_record_advice(self.principal.area_id or 0, by=self.principal, today=self.today)
        return [Offer("Record advice", reverse("advice-add"), decision, access=decision)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = self.listing.ordered(self.visible_rows(), self.request.GET, self.context).order_by()
        counted = rows.values_list("agency__name").annotate(number=Count("pk")).order_by("-number", "agency__name")
        return super().get_context_data(by_agency=[(name or "No agency", n) for name, n in counted], **context)


def _became(row: Advice) -> list[Referral]:
    """The referrals that came of it, of those the reader may know of."""
    found: list[Referral] = row.became  # type: ignore[attr-defined]
    return found


class AdviceAdd(FormPage[Advice]):
    """Advice that has just been given."""

    permission = Perm.ADVICE_RECORD
    form_class = AdviceForm
    title = "Record advice"

    def get_cancel_url(self) -> str:
        return reverse("advice")

    def get_initial(self) -> Mapping[str, Any]:
        return {"given_on": self.today}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal), "look_up": looking_up(self.principal, self.today)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        record_advice(
            by=self.principal,
            today=self.today,
            area_id=self.principal.area_id or 0,
            asked_by=said["asked_by"],
            agency_id=said["agency"].pk if said["agency"] else None,
            nominal_id=form.nominal_id,
            said=said["said"],
            outcome=AdviceOutcome(said["outcome"]),
            given_on=said["given_on"],
            call_back_on=said["call_back_on"],
        )
        messages.success(self.request, "The advice has been recorded.")
        return reverse("advice")


class AdviceCalledBack(ActionPage[Advice]):
    """The caller has been called back."""

    permission = Perm.ADVICE_RECORD
    model = Advice

    def get_cancel_url(self) -> str:
        return reverse("advice")

    @property
    def stored_version(self) -> int | None:
        return None

    def act(self) -> str:
        settle_call_back(by=self.principal, today=self.today, advice_id=self.object.pk)
        messages.success(self.request, "Noted: they have been called back.")
        return reverse("advice")


_CALLS = Written(
    lambda by, on: _called(visible(by, Advice.objects.all(), Perm.ADVICE_RECORD), BY_TODAY, ListContext(by, on))
)


def calls_waiting(context: ListContext) -> int:
    """How many callers the principal's unit is to call back by today."""
    return _CALLS.count(context.principal, context.today)
