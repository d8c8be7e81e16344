"""Mergers and successors: planned with a preview, called off before their day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from agencies.access import can
from agencies.models import Agency, Area, Contact, Succession, User
from agencies.providers import own_sign_ins
from agencies.queries import agencies_of
from agencies.roles import Perm
from agencies.services.succession import cancel_succession, may_cancel_succession, may_plan_succession, plan_succession
from agencies.services.succession_contacts import candidates, contacts_on_the_day, losing
from agencies.succession import Going, Line, going_of, planned_going, preview
from pages.dates import british_date
from pages.forms import GovForm
from pages.guards import ActionPage, DetailPage, Offer
from pages.previewed import PreviewedFormPage
from rules.core import Decision
from rules.vocabulary import ContactPart

from .forms import NEW, ContactsForm, SuccessionForm, part_of

_UNLESS_CHOSEN = (
    "An agency has one single point of contact and one deputy. Whoever is chosen for neither, or for the other part, is"
    " told by a letter on the day. As they stand below, these people lose the part that they have: "
)


def _listed(lost: Sequence[Contact]) -> str:
    return "; ".join(f"{row.user.name}, {part_of(row)}" for row in lost) + "."


class SuccessionPlan(PreviewedFormPage[Agency]):
    """Plan that one agency takes the place of others; the preview says what moves."""

    permission = Perm.AREA_EDIT
    form_class = SuccessionForm
    template_name = "desk/agencies/succession_plan.html"
    title = "Plan a merger or a successor"
    submit_label = "Continue"

    def get_cancel_url(self) -> str:
        return reverse("agencies")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}

    def said(self, form: Any) -> dict[str, Any]:
        """What the form says, in the words of the twin."""
        said = form.cleaned_data
        new = said["follows"] == NEW
        return {
            "predecessors": list(said["predecessors"]),
            "successor": None if new else said["successor"],
            "name": said["name"] if new else "",
            "council": said["council"] if new else "",
            "beside": list(said["beside"]),
            "happens_on": said["happens_on"],
            "reason": said["reason"],
            **self.contacts,
        }

    @property
    def contacts(self) -> dict[str, User | None]:
        """Contact and deputy, where somebody had to be chosen."""
        chosen = self.asked.cleaned_data if self.asked is not None and self.asked.is_valid() else {}
        people = User.objects.in_bulk(list(chosen.values()))
        return {part: people[key] for part, key in chosen.items()}

    def going(self, form: Any) -> Going:
        said = self.said(form)
        known = said["successor"]
        councils = bool(said["council"]) or (known is not None and known.housing_authority_id is not None)
        return going_of(said["predecessors"], on=said["happens_on"], councils=councils, to=known)

    def asks(self, form: Any, data: QueryDict | None) -> GovForm | None:
        """Who is contact and deputy, when somebody would lose the part and it could be somebody else."""
        going = self.going(form)
        people = candidates(going)
        if not losing(going) or len(people) < 2:
            return None
        then = contacts_on_the_day(going)
        spoc = then.get(ContactPart.SPOC, people[0].user).pk
        others = (each.user_id for each in people if each.user_id != spoc)
        deputy = then[ContactPart.DEPUTY].pk if ContactPart.DEPUTY in then else next(others)
        return ContactsForm(data=data, people=people, initial={"spoc": spoc, "deputy": deputy})

    def told(self, form: Any) -> Sequence[str]:
        """Who loses a part by what is chosen on the page, or by what stands chosen there at first."""
        going, asked = self.going(form), self.asked
        if asked is not None:
            chosen = asked.cleaned_data if asked.is_valid() else asked.initial
            going = replace(going, spoc=chosen["spoc"], deputy=chosen["deputy"])
        return [_UNLESS_CHOSEN + _listed(lost)] if (lost := losing(going)) else []

    def may(self, form: Any) -> Decision:
        area = Area.objects.get(pk=self.principal.area_id or 0)
        return may_plan_succession(area, by=self.principal, today=self.today, **self.said(form))

    def would(self, form: Any) -> list[Line]:
        return preview(self.going(form))

    def says(self, form: Any, would: Sequence[Line]) -> str:  # noqa: ARG002
        said = self.said(form)
        several = len(said["predecessors"]) > 1
        councils = all(each.housing_authority_id is not None for each in said["predecessors"])
        what = ("Merge the councils" if councils else "Merge the agencies") if several else "Replace the agency"
        return f"{what} on {british_date(said['happens_on'])}" if said["happens_on"] > self.today else what

    def act(self, form: Any) -> str:
        said = self.said(form)
        row = plan_succession(
            by=self.principal, today=self.today, area_id=self.principal.area_id or 0,
            predecessor_ids=[each.pk for each in said["predecessors"]],
            beside_ids=[each.pk for each in said["beside"]],
            successor_id=said["successor"].pk if said["successor"] else None,
            name=said["name"], council=said["council"], happens_on=said["happens_on"], reason=said["reason"],
            spoc_id=getattr(said.get("spoc"), "pk", None), deputy_id=getattr(said.get("deputy"), "pk", None),
        )  # fmt: skip
        messages.success(self.request, "Done: the open work has moved." if row.done_on else "Planned.")
        return reverse("succession", args=[row.pk])


class SuccessionPage(DetailPage[Succession]):
    """A succession: who is replaced by whom, when, and what moves or has moved."""

    permission = Perm.AGENCIES_VIEW
    model = Succession
    template_name = "desk/agencies/succession.html"

    def get_queryset(self) -> QuerySet[Succession]:
        return Succession.objects.filter(area=self.principal.area_id).select_related("successor", "area")

    def get_title(self) -> str:
        follows = self.object.successor.name if self.object.successor else self.object.name
        return f"Succession: {follows}"

    def offers(self) -> Iterable[Offer]:
        decision = may_cancel_succession(self.object, by=self.principal, today=self.today)
        access = can(self.principal, Perm.AREA_EDIT)
        waiting = self.object.done_on is None and self.object.cancelled_on is None
        url = reverse("succession-cancel", args=[self.object.pk])
        return [Offer("Call it off", url, decision, access=access, post=True, style="warning")] if waiting else []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.object
        waiting = row.done_on is None and row.cancelled_on is None
        going = planned_going(row)
        lost = losing(going) if waiting else []
        return super().get_context_data(
            parts=row.parts.select_related("agency").order_by("-role", "pk"),
            waiting=waiting,
            would=preview(going) if waiting else [],
            contacts=[(part.label, user.name) for part, user in contacts_on_the_day(going).items()] if waiting else [],
            losing=_listed(lost) if lost else "",
            sign_ins=own_sign_ins(going.agencies) if waiting else [],
            **context,
        )


class SuccessionCancel(ActionPage[Succession]):
    """Call a planned succession off: nothing has changed, nothing will."""

    permission = Perm.AREA_EDIT
    model = Succession

    def get_queryset(self) -> QuerySet[Succession]:
        return Succession.objects.filter(area=self.principal.area_id)

    def get_cancel_url(self) -> str:
        return reverse("succession", args=[self.object.pk])

    def act(self) -> str:
        cancel_succession(by=self.principal, today=self.today, succession_id=self.object.pk)
        messages.success(self.request, "Called off. Nothing has changed.")
        return self.get_cancel_url()
