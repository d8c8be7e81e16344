"""Looks that stand out: a week of them, and one account's day, about which somebody says what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from agencies.models import User
from agencies.queries import users_of
from agencies.roles import Perm
from agencies.services.oversight import may_review_looks, review_looks
from audit.context import AccessKind
from audit.reads import showed
from pages.dates import british_date
from pages.guards import DrawnList, FormPage, TemplatePage
from pages.lists import Column
from rules.anomalies import Anomaly

from .facts import WEEK, Standing, standing_out
from .forms import ReviewForm
from .known import Records, known_to, references

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stands:
    """One thing that stands out, with the logs of the people it is about."""

    anomaly: Anomaly
    records: Records


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class LookList(DrawnList[Standing], TemplatePage):
    """Seven days of accounts whose looks stand out; the last of them in the address, else the day it is."""

    permission = Perm.LOGS_VIEW
    template_name = "desk/oversight/look_list.html"
    table_template = "desk/oversight/look_list_table.html"
    title = "What stands out"
    columns = (
        Column("User"),
        Column("Day"),
        Column("Because"),
        Column("Records", numeric=True),
        Column("Looked at"),
    )
    noun = ("day of an account", "days of accounts")
    parameters = ("until",)

    @cached_property
    def last(self) -> date:
        return min(_day(self.request.GET.get("until", "")) or self.real_today, self.real_today)

    @property
    def first(self) -> date:
        return self.last - WEEK

    @cached_property
    def found(self) -> Sequence[Standing]:
        return standing_out(self.principal, known_to(self.principal), first=self.first, last=self.last)

    def lines(self) -> Sequence[Standing]:
        return self.found

    def records_of(self, line: Standing) -> Sequence[User]:
        return (line.user,)

    def tell(self, lines: Sequence[Standing]) -> None:
        showed(AccessKind.LOG, (record for each in lines for record in each.records))

    def chosen(self) -> str:
        return f"{british_date(self.first)} to {british_date(self.last)}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=sum(each.open for each in self.found),
            first=self.first,
            last=self.last,
            earlier=(self.first - DAY).isoformat(),
            later=min(self.last + WEEK + DAY, self.real_today).isoformat() if self.last < self.real_today else "",
            **context,
        )


class LookDay(FormPage[User]):
    """One account's day: what stands out, what was said about it, and the form to say so."""

    permission = Perm.LOOKS_REVIEW
    model = User
    form_class = ReviewForm
    template_name = "desk/oversight/look_day.html"
    submit_label = "Save what you found"

    @cached_property
    def day(self) -> date:
        if (day := _day(self.kwargs["day"])) is None:
            raise Http404
        return day

    def load(self) -> None:
        self.day  # noqa: B018 - what is no day has no page
        super().load()

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.principal)

    @cached_property
    def standing(self) -> Standing | None:
        known = known_to(self.principal)
        found = standing_out(self.principal, known, first=self.day, last=self.day, user=self.object.pk)
        return found[0] if found else None

    def get_title(self) -> str:
        return self.object.name

    def get_cancel_url(self) -> str:
        return reverse("looks")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.standing
        kinds = found.kinds if found else []
        showed(AccessKind.LOG, found.records if found else ())
        return super().get_context_data(
            day=self.day,
            standing=found,
            stands=[
                Stands(each, Records(references(sorted(each.records), log="access-log-nominal")))
                for each in (found.anomalies if found else ())
            ],
            may=may_review_looks(self.object, by=self.principal, day=self.day, kinds=kinds),
            **context,
        )

    def act(self, form: Any) -> str:
        found = self.standing
        review_looks(
            by=self.principal,
            area_id=self.principal.area_id or 0,
            user_id=self.object.pk,
            day=self.day,
            kinds=found.kinds if found else (),
            reason=form.cleaned_data["reason"],
        )
        messages.success(self.request, "What you found is saved.")
        return reverse("looks")
