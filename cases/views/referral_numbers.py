"""Referrals in numbers: by agency, in a list that goes out like every list, and by what was asked, given, refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from agencies.access import visible
from agencies.models import Agency
from agencies.roles import Perm
from cases.models import Referral
from cases.referrals import counted_of
from pages.charts import BarChart, bar_chart, share_of
from pages.guards import ListPage
from pages.lists import SORT, Column, Listing, Sort
from rules.referral_counts import CountedReferral, DaysTaken, ReferralCount, count_referrals
from rules.vocabulary import Category, DeclineReason, Level, ReferralState, Word

from .referrals import FILTERS, LISTING

NOT_SAID = "Not said"
_MULTI = tuple(level for level in Level if level.is_multi_agency)


@dataclass(frozen=True)
class AgencyLine:
    """What an agency referred, and what came of it; ``share`` is its bar, ``url`` the referrals it counts."""

    agency: Agency
    count: ReferralCount
    share: int
    url: str

    @property
    def accepted(self) -> int:
        return self.count.states.get(ReferralState.ACCEPTED, 0)

    @property
    def declined(self) -> int:
        return self.count.states.get(ReferralState.DECLINED, 0)

    @property
    def withdrawn(self) -> int:
        return self.count.states.get(ReferralState.WITHDRAWN, 0)

    @property
    def median(self) -> str:
        return in_days(self.count.days)


def in_days(days: DaysTaken) -> str:
    """The median as people write it: 7, or 7.5."""
    return "" if days.median is None else f"{days.median:g}"


class ReferralNumbers(ListPage[Agency]):
    """The referrals that reached the unit and that the reader may see: nothing is counted here that the list hides."""

    permission = Perm.REFERRAL_VIEW
    model = Agency
    template_name = "cases/referral_numbers.html"
    title = "Referrals in numbers"
    listing = Listing(
        sorts=(Sort("agency", "Agency", ("name",)),),
        columns=(
            Column("Agency", "agency"),
            Column("Referrals", numeric=True),
            Column("Accepted", numeric=True),
            Column("Declined", numeric=True),
            Column("Withdrawn", numeric=True),
            Column("Waiting", numeric=True),
            Column("Returned", numeric=True),
            Column("Median days", numeric=True),
            Column("Longest", numeric=True),
        ),
        # They choose referrals, not agencies: an agency stands here when one of its referrals is chosen.
        filters=tuple(replace(each, apply=lambda rows, _value, _context: rows) for each in FILTERS),
        noun=("agency", "agencies"),
        empty="No referral is open to you.",
        empty_filtered="No referral matches these filters.",
    )

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.filter(pk__in=list(self.total.agencies))

    @cached_property
    def counted(self) -> list[CountedReferral]:
        """The referrals that the address chooses."""
        form = self.listing.form(self.request.GET, self.context)
        form.is_valid()
        rows = visible(self.principal, Referral.objects.all(), Perm.REFERRAL_VIEW)
        return counted_of(LISTING.filtered(rows, form.cleaned_data, self.context))

    @cached_property
    def total(self) -> ReferralCount:
        return count_referrals(self.counted, self.today)

    def decorate(self, rows: Sequence[Agency]) -> Sequence[AgencyLine]:
        by_agency: dict[int, list[CountedReferral]] = {}
        for row in self.counted:
            by_agency.setdefault(row.agency, []).append(row)
        longest = max(self.total.agencies.values(), default=0)
        return [self._line(row, by_agency.get(row.pk, []), longest) for row in rows]

    def _line(self, agency: Agency, rows: Iterable[CountedReferral], longest: int) -> AgencyLine:
        count = count_referrals(rows, self.today)
        return AgencyLine(agency, count, share_of(count.number, longest), self._list_url(agency))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        count = self.total
        return super().get_context_data(count=count, median=in_days(count.days), charts=self._charts(count), **context)

    def _charts(self, count: ReferralCount) -> list[BarChart]:
        def chart(caption: str, label: str, numbers: Mapping[Any, int], words: Sequence[Word]) -> BarChart:
            named = [(word.label, numbers.get(word, 0)) for word in words]
            unsaid = numbers.get(None, 0)
            return bar_chart(caption, label, "Referrals", [*named, *([(NOT_SAID, unsaid)] if unsaid else [])])

        counted = [category for category in Category if category is not Category.FOUR or count.categories.get(category)]
        states = [state for state in ReferralState if state is not ReferralState.DRAFT or count.states.get(state)]
        return [
            chart("What came of them", "State", count.states, states),
            chart("Category", "Category", count.categories, counted),
            chart("Level asked for", "Level", count.levels_asked, _MULTI),
            chart("Level given", "Level", count.levels_given, _MULTI),
            chart("Why declined", "Reason", count.decline_reasons, tuple(DeclineReason)),
        ]

    def _list_url(self, agency: Agency) -> str:
        """The referrals behind a line: the list with the same filters, of this agency."""
        said = QueryDict(self.listing.said(self.request.GET), mutable=True)
        said.pop(SORT, None)
        said["agency"] = str(agency.pk)
        return f"{reverse('referrals')}?{said.urlencode()}"
