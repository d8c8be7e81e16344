"""Find whose log to read: by name or number, which stand in no address; the answer names records by number only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from agencies.models import User
from agencies.queries import users_of
from agencies.roles import Perm
from audit.reads import searched
from cases.models import Nominal
from cases.queries import Found, find
from pages.guards import SearchPage

from .forms import LogSearchForm

FOUND_AT_MOST = 50


@dataclass(frozen=True)
class Hit:
    """A managed person found: the number of the record, and by what."""

    number: int
    by: str
    access_url: str
    change_url: str


class LogSearch(SearchPage[Nominal]):
    """A managed person of the area, or somebody with an account in it."""

    permission = Perm.LOGS_VIEW
    form_class = LogSearchForm
    template_name = "desk/oversight/log_search.html"
    not_exported = "A step on the way to a log, which goes out as a file from its own page."
    title = "Whose log?"
    found = Found()
    users: Sequence[User] = ()

    def find(self, form: Any) -> Sequence[Nominal]:
        text, born = form.cleaned_data["text"], form.cleaned_data["date_of_birth"]
        self.found = find(self.principal, on=self.today, text=text, date_of_birth=born, perm=Perm.LOGS_VIEW)
        accounts = users_of(self.principal)
        for word in text.split():
            accounts = accounts.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
        self.users = list(accounts.order_by("family_name", "given_name", "pk")[:FOUND_AT_MOST])
        searched([text, born.isoformat() if born else ""], len(self.found.matches))
        return [match.nominal for match in self.found.matches]

    def decorate(self, rows: Sequence[Nominal]) -> Sequence[Hit]:
        by = {match.nominal.pk: match.by for match in self.found.matches}
        return [
            Hit(
                row.pk,
                by[row.pk],
                reverse("access-log-nominal", args=[row.pk]),
                reverse("change-log-nominal", args=[row.pk]),
            )
            for row in rows
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(found=self.found, users=self.users, most=FOUND_AT_MOST, **context)
