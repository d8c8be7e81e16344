"""What every page is compared with: a bare page of the same rows, and a list filtered by guardian's own lookup.

A bare page is what one would write for this data without roles, evidence, rules and components: session sign-in, one
query for a list (the few that Django's own prefetching makes for a person), and a plain template that writes the same
values in about the same amount of HTML.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import include, path
from guardian.shortcuts import get_objects_for_group

from agencies.models import Agency
from cases.models import Address, Ground, LeadAgencySpan, NamedOfficerSpan, Nominal
from cases.views.register import Register
from pages.guards import SIGNED_IN, TemplatePage

PLAIN = Path(__file__).parent / "plain"


@cache
def _query(name: str) -> str:
    return (PLAIN / name).read_text(encoding="utf-8")


def rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Straight from the tables, by the query of this name."""
    with connection.cursor() as cursor:
        cursor.execute(_query(query), values)
        return list(cursor.fetchall())


def person_rows() -> Any:
    """A person with what their page shows, by Django's own means."""
    return Nominal.objects.select_related("area", "panel_area").prefetch_related(
        "identifiers", "aliases", "key_dates", "whereabouts", "levels", "qualifying_meetings",
        Prefetch("addresses", Address.objects.select_related("closest_links")),
        Prefetch("lead_agencies", LeadAgencySpan.objects.select_related("agency")),
        Prefetch("named_officers", NamedOfficerSpan.objects.select_related("officer", "agency")),
        Prefetch("grounds", Ground.objects.select_related("offence").order_by("starts_on", "id")),
    )  # fmt: skip


def listed_by_guardian(agency_id: int) -> list[tuple[object, ...]]:
    """The first rows that an agency takes part in, by guardian's own lookup: no dates, exclusions, restricted records
    or Category 4. By group, as our accounts have none of the fields that its lookup by user wants."""
    group = Agency.objects.get(pk=agency_id).group
    found = get_objects_for_group(group, "cases.take_part", Nominal, accept_global_perms=False)
    # As many columns as the template of the list writes: one that is not there would cost it an exception.
    return list(
        found.order_by("family_name", "given_names", "pk").values_list(
            "pk", "family_name", "given_names", "date_of_birth", "sex", "handling",
            "panel_area__name", "area__name", "handling", "date_of_birth",
        )[:25]
    )  # fmt: skip


class RegisterByGuardian(Register):
    """Our own page of the register, evidence and all, with guardian's lookup in the place of our access condition."""

    as_usual = None

    def visible_rows(self) -> QuerySet[Nominal]:
        """Of the people under MAPPA today, those in whom the agency of the measurement takes part."""
        group = Agency.objects.get(pk=self.request.session["bench"]["agency"]).group
        found = get_objects_for_group(group, "cases.take_part", Nominal, accept_global_perms=False)
        return self.get_queryset().filter(pk__in=found.values("pk"))


@cache
def _template(name: str) -> Any:
    frame = (PLAIN / "frame.html").read_text(encoding="utf-8")
    return engines["django"].from_string(frame.replace("CONTENT", (PLAIN / name).read_text(encoding="utf-8")))


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    return HttpResponse(_template(name).render(context, request))


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """One query and a loop."""
    return _page(request, "list.html", rows=rows("register.sql", request.session["bench"]))


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """One query by sound, and a loop."""
    return _page(request, "list.html", rows=rows("search.sql", request.session["bench"]))


@login_required
def person(request: HttpRequest) -> HttpResponse:
    """One person with what belongs to them."""
    return _page(request, "person.html", person=get_object_or_404(person_rows(), pk=request.session["bench"]["person"]))


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """One query of numbers, and a loop of cards."""
    return _page(request, "today.html", rows=rows("today.sql", request.session["bench"]))


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """The frame alone."""
    return _page(request, "empty.html")


class Empty(TemplatePage):
    """A page of ours with nothing on it: sign-in, roles, frame, evidence."""

    permission = SIGNED_IN
    template_name = "layouts/page.html"
    title = "Nothing"


@login_required
def guardian(request: HttpRequest) -> HttpResponse:
    """The bare list over what guardian's lookup finds."""
    return _page(request, "list.html", rows=listed_by_guardian(request.session["bench"]["agency"]))


urlpatterns = [
    path("bare/register/", register),
    path("bare/search/", search),
    path("bare/person/", person),
    path("bare/today/", today),
    path("bare/empty/", empty),
    path("bare/our-empty/", Empty.as_view()),
    path("bare/guardian/", guardian),
    path("bare/register-by-guardian/", RegisterByGuardian.as_view()),
    path("", include("mappa.urls")),
]
