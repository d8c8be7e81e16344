"""Adding a person to the register, after a look whether they are there already; changing their details."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from agencies.models import Area
from agencies.queries import panel_areas_of
from agencies.roles import Perm
from cases.clashes import told_apart_from
from cases.doubles import Likeness, numbers_of, what_matches
from cases.forms.merging import AnotherPersonForm, StillAnotherForm
from cases.forms.nominal import NominalForm, initial_lists
from cases.models import Nominal
from cases.queries import possible_duplicates
from cases.records import AliasRecord, IdentifierRecord
from cases.services.people import edit_nominal, record_nominal
from pages.guards import FormPage, show
from pages.words import person_word
from pages.writing import NOT_ACCEPTED
from rules.identity import check_identifier
from rules.vocabulary import AliasKind, IdentifierKind, Sex

from .about import nominal_url

NOT_ONE_OF_THESE, ANOTHER_BECAUSE = "not_one_of_these", "another_because"


def details_of(form: Any) -> dict[str, Any]:
    """What the form says, in the words of the services."""
    said = form.cleaned_data
    return {
        "family_name": said["family_name"],
        "given_names": said["given_names"],
        "date_of_birth": said["date_of_birth"],
        "sex": Sex(said["sex"]),
        "panel_area": said["panel_area"],
        "identifiers": tuple(IdentifierRecord(IdentifierKind(kind), value) for kind, value in form.identifiers()),
        "aliases": tuple(AliasRecord(family, given, AliasKind(kind)) for kind, family, given in form.aliases()),
    }


class LookedFirst(FormPage[Nominal], abstract=True):
    """Details of a person to be saved. Those of the register who may be the same are shown before (R4)."""

    form_class = NominalForm
    because_class: ClassVar[type[AnotherPersonForm]]
    look_first: ClassVar[str]
    others: Sequence[int] = ()
    another_because: str = ""

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"panel_areas": panel_areas_of(self.principal)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form(data=request.POST)
        if self.was_carried_out or not form.is_valid() or not (found := self.alike(form)):
            return super().post(request, *args, **kwargs)
        asked = NOT_ONE_OF_THESE in request.POST
        because = self.because_class(request.POST if asked else None)
        self.others = [each.nominal.pk for each in found]
        if asked and because.is_valid():
            self.another_because = because.cleaned_data[ANOTHER_BECAUSE]
            return super().post(request, *args, **kwargs)
        show([each.nominal for each in found])
        return self.page(
            status=NOT_ACCEPTED if asked else 200,
            form=form,
            hidden=self.hidden(fresh=False),
            duplicates=found,
            because=because,
            look_first=self.look_first,
        )

    @abstractmethod
    def candidates(self, said: Mapping[str, Any]) -> list[Nominal]:
        """Who may be the same, among those that may be seen."""

    def alike(self, form: forms.BaseForm) -> list[Likeness]:
        """People of the register who may be the same, with what matches."""
        said = details_of(form)
        found = self.candidates(said)
        prefetch_related_objects(found, "identifiers")
        return [
            Likeness(
                row,
                what_matches(
                    row,
                    family_name=said["family_name"],
                    given_names=said["given_names"],
                    born_on=said["date_of_birth"],
                    numbers=frozenset(map(_number, said["identifiers"])),
                ),
            )
            for row in found
        ]

    def not_same(self) -> dict[str, Any]:
        """Who was shown and is somebody else, and why, in the words of the services."""
        return {
            "not_same_as": self.others if self.another_because else (),
            "not_same_because": self.another_because,
        }


def _number(record: IdentifierRecord) -> tuple[str, str]:
    check = check_identifier(record.kind, record.value)
    return str(check.kind), check.normalised


class NominalAdd(LookedFirst):
    """Add a person. Those already known who may be the same are shown before a new record is made (R4)."""

    permission = Perm.NOMINAL_RECORD
    template_name = "cases/nominal_add.html"
    not_exported = "Beside a form stands who may be the same person: pairs go out as a file from Possible doubles."
    submit_label = "Add to the register"
    because_class = AnotherPersonForm
    look_first = "The register may know this person already. Look before you add them a second time."

    def get_title(self) -> str:
        return f"Add {person_word(self.request).one}"

    def get_cancel_url(self) -> str:
        return reverse("register")

    def candidates(self, said: Mapping[str, Any]) -> list[Nominal]:
        return possible_duplicates(
            self.principal,
            on=self.today,
            family_name=said["family_name"],
            given_names=said["given_names"],
            date_of_birth=said["date_of_birth"],
            identifiers=said["identifiers"],
        )

    def act(self, form: Any) -> str:
        nominal = record_nominal(
            by=self.principal,
            today=self.today,
            area=Area.objects.get(pk=self.principal.area_id or 0),
            **self.not_same(),
            **details_of(form),
        )
        messages.success(self.request, "Added to the register. Record the ground next.")
        return nominal_url(nominal.pk)


class NominalEdit(LookedFirst):
    """Change a person's details. When somebody else has changed them meanwhile, both texts are shown."""

    permission = Perm.NOMINAL_EDIT
    model = Nominal
    template_name = "cases/nominal_edit.html"
    not_exported = NominalAdd.not_exported
    title = "Change details"
    submit_label = "Save changes"
    because_class = StillAnotherForm
    look_first = (
        "With these details another record may be of the same person. Look before you save them: if it is one person,"
        " leave this and merge the two records."
    )

    def get_queryset(self) -> QuerySet[Nominal]:
        return Nominal.objects.select_related("area", "panel_area").prefetch_related("identifiers", "aliases")

    def get_cancel_url(self) -> str:
        return nominal_url(self.object.pk)

    def get_initial(self) -> Mapping[str, Any]:
        nominal = self.object
        return {
            "given_names": nominal.given_names,
            "family_name": nominal.family_name,
            "date_of_birth": nominal.date_of_birth,
            "birth_unknown": nominal.date_of_birth is None,
            "sex": nominal.sex,
            "panel_area": nominal.panel_area_id,
            **initial_lists(
                [(each.kind, each.value) for each in nominal.identifiers.all()],
                [(each.kind, each.family_name, each.given_names) for each in nominal.aliases.all()],
            ),
        }

    def candidates(self, said: Mapping[str, Any]) -> list[Nominal]:
        """Those whom the changes make alike: by a name or birth date when either is changed, unless they are told
        apart; by each number that is new, even then, for the mark was made without it."""
        known, was = numbers_of(self.object), self.object
        added = [record for record in said["identifiers"] if _number(record) not in known]
        now = (said["family_name"], said["given_names"], said["date_of_birth"])
        renamed = now != (was.family_name, was.given_names, was.date_of_birth)
        if not added and not renamed:
            return []
        found = possible_duplicates(
            self.principal,
            on=self.today,
            family_name=said["family_name"],
            given_names=said["given_names"],
            date_of_birth=said["date_of_birth"] if renamed else None,
            identifiers=added,
        )
        prefetch_related_objects(found, "identifiers")
        new, apart = frozenset(map(_number, added)), {key for (key,) in told_apart_from(was.pk)} | {was.pk}
        return [row for row in found if row.pk not in apart or (row.pk != was.pk and new & numbers_of(row))]

    def act(self, form: Any) -> str:
        edit_nominal(
            by=self.principal,
            today=self.today,
            nominal_id=self.object.pk,
            version=self.sent_version or 0,
            **self.not_same(),
            **details_of(form),
        )
        messages.success(self.request, "The changes have been saved.")
        return nominal_url(self.object.pk)
