"""A small site made of the bases, so that the bases are tested by what a visitor gets."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Area, LocalHousingAuthority
from agencies.roles import Perm
from cases.models import Nominal
from pages.drf import GuardedViewSet
from pages.forms import DateField3, GovForm, LongText, Section
from pages.guards import PUBLIC, ActionPage, Conflict, DetailPage, FormPage, ListPage, TemplatePage
from pages.lists import Column, Listing, Sort, choice_filter, choices_filter, date_filter
from rules.core import Decision, Reason, Refused

REFUSAL = Refused(Decision.no(Reason("The panel has not sat.", "R51", (("Panel", "Erewash"),))))

handler404 = "pages.errors.page_not_found"
handler500 = "pages.errors.server_error"


class PersonForm(GovForm):
    """One field of each kind."""

    sections = (
        Section("Who they are", ("name", "born", "sex"), hint="As on the court record."),
        Section("The ground", ("kind", "order", "starts_on", "ends_on", "notes")),
    )
    reveals = {"kind": {"notification": ("order",)}}
    option_hints = {"kind": {"notification": "Part 2 of the 2003 Act"}}
    periods = (("starts_on", "ends_on"),)

    name = forms.CharField(label="Name", max_length=20)
    born = DateField3(label="Date of birth", help_text="For example, 27 3 1984")
    sex = forms.ChoiceField(label="Sex", choices=[("m", "Male"), ("f", "Female")], widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label="Kind", choices=[("notification", "Notification"), ("other", "Other")], widget=forms.RadioSelect
    )
    order = forms.CharField(label="Order")
    starts_on = DateField3(label="Starts on", required=False)
    ends_on = DateField3(label="Ends on", required=False)
    notes = LongText(label="Notes", max_length=10, required=False)
    warnings = forms.MultipleChoiceField(
        label="Warnings",
        choices=[("w", "Weapons"), ("s", "Staff")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class AreaForm(GovForm):
    name = forms.CharField(label="Name", max_length=100)
    starts_on = DateField3(label="Start date")


class Open(TemplatePage):
    permission = PUBLIC
    template_name = "layouts/page.html"
    title = "Open to all"


class Today(TemplatePage):
    permission = Perm.TODAY_VIEW
    template_name = "layouts/page.html"
    title = "Today"


class AreaEdit(FormPage[Area]):
    """A form whose act refuses, conflicts or saves, as the name says."""

    permission = Perm.NOMINAL_VIEW
    model = Area
    form_class = AreaForm
    title = "Change the area"

    def get_initial(self) -> Mapping[str, Any]:
        return {"name": self.object.name, "starts_on": self.object.starts_on}

    def act(self, form: Any) -> str:
        name = form.cleaned_data["name"]
        if name == "Refuse":
            LocalHousingAuthority.objects.create(area=self.object, name="half done")
            raise REFUSAL
        if name == "Conflict":
            raise Conflict
        LocalHousingAuthority.objects.create(area=self.object, name=name)
        return f"/areas/{self.object.pk}/"


class AreaDetail(DetailPage[Area]):
    permission = Perm.NOMINAL_VIEW
    model = Area
    template_name = "layouts/page.html"

    def get_title(self) -> str:
        return self.object.name


class AreaClose(ActionPage[Area]):
    permission = Perm.NOMINAL_VIEW
    model = Area

    def act(self) -> str:
        raise REFUSAL


class Nominals(ListPage[Nominal]):
    permission = Perm.NOMINAL_VIEW
    model = Nominal
    title = "Register"
    listing = Listing(
        noun=("person", "people"),
        page_size=2,
        sorts=(Sort("name", "Name", ("family_name",)), Sort("born", "Born", ("date_of_birth",))),
        columns=(Column("Name", sort="name"), Column("Born", sort="born"), Column("Sex")),
        filters=(
            choices_filter(
                "sex",
                "Sex",
                [("male", "Male"), ("female", "Female")],
                lambda rows, sexes, context: rows.filter(sex__in=sexes),  # noqa: ARG005
            ),
            choice_filter(
                "area",
                "Area",
                lambda context: [(str(context.principal.area_id), "Own area")],
                lambda rows, area, context: rows.filter(area=area),  # noqa: ARG005
            ),
            date_filter(
                "born",
                "Born before",
                lambda rows, day, context: rows.filter(date_of_birth__lt=day),  # noqa: ARG005
            ),
        ),
    )


class NominalDetail(DetailPage[Nominal]):
    permission = Perm.NOMINAL_VIEW
    model = Nominal
    template_name = "layouts/page.html"
    title = "Record"


class NominalChange(DetailPage[Nominal]):
    """A page whose permission is narrower than that of seeing the record."""

    permission = Perm.WHEREABOUTS_RECORD
    model = Nominal
    template_name = "layouts/page.html"
    title = "Change"


class NominalSerializer(serializers.ModelSerializer[Nominal]):
    class Meta:
        model = Nominal
        fields = ("id", "family_name")


class NominalsAPI(GuardedViewSet[Nominal]):
    permission = Perm.NOMINAL_VIEW
    permissions = {"refuse": Perm.NOMINAL_EDIT}
    model = Nominal
    serializer_class = NominalSerializer

    def create(self, request: Request) -> Response:
        return Response(self.accepted(request.data), status=201)

    def refuse(self, request: Request, pk: int) -> Response:
        self.get_object()
        LocalHousingAuthority.objects.create(area=Area.objects.get(), name="half done")
        raise Conflict if "conflict" in request.data else REFUSAL


def broken(request: Any) -> HttpResponse:
    raise ValueError("broken on purpose")


urlpatterns = [
    path("", Open.as_view(), name="open"),
    path("today/", Today.as_view(), name="today"),
    path("areas/<int:pk>/", AreaDetail.as_view(), name="area"),
    path("areas/<int:pk>/edit/", AreaEdit.as_view(), name="area-edit"),
    path("areas/<int:pk>/close/", AreaClose.as_view(), name="area-close"),
    path("nominals/", Nominals.as_view(), name="register"),
    path("nominals/<int:pk>/", NominalDetail.as_view(), name="nominal"),
    path("nominals/<int:pk>/change/", NominalChange.as_view(), name="nominal-change"),
    path("api/nominals/", NominalsAPI.as_view({"get": "list", "post": "create"})),
    path("api/nominals/<int:pk>/", NominalsAPI.as_view({"get": "retrieve", "post": "refuse"})),
    path("broken/", broken),
    path("role/", Open.as_view(), name="role-choose"),
    path("sign-in/", Open.as_view(), name="account_login"),
    path("sign-out/", Open.as_view(), name="account_logout"),
    path("account/", Open.as_view(), name="account"),
]
