"""Pages of saved views: those of a list, and of all lists; save the one at hand; rename, delete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from agencies.principal import Principal
from agencies.roles import Perm
from exchange.models import SavedView
from pages.base import ObjectPage
from pages.exports import NOT_OPEN, ExportedList
from pages.guards import ActionPage, FormPage, Offer

from .forms import SaveViewForm, ViewNameForm
from .services import delete_view, may_change_view, may_save_view, rename_view, save_view


def views_of(principal: Principal) -> QuerySet[SavedView]:
    """One's own, and those shared with the area in which one acts."""
    return SavedView.objects.filter(
        Q(area=None, owner=principal.user_id) | Q(area=principal.area_id, area__isnull=False)
    )


@dataclass(frozen=True)
class Kept:
    """A view to open, and whether it may be changed."""

    view: SavedView
    list_title: str
    may_change: bool


class SavedViews(FormPage[SavedView]):
    """The views of the list at ``of``, or of all lists, and the form that keeps the filters at hand."""

    permission = Perm.VIEW_SAVE
    form_class = SaveViewForm
    template_name = "exchange/saved_views.html"
    not_exported = "Ways to lists, each of which goes out as a file itself."
    title = "Saved views"
    submit_label = "Save this view"
    wanted: ExportedList | None = None

    def load(self) -> None:
        address = self.request.POST.get("of") or self.request.GET.get("of") or ""
        if address:
            self.wanted = ExportedList(address, self.principal, user=self.request.user)

    def get_title(self) -> str:
        return f"Saved views: {self.wanted.title}" if self.wanted else self.title

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"may_share": bool(may_save_view(by=self.principal, shared=True))}

    def get_initial(self) -> Mapping[str, Any]:
        return {"of": self.wanted.address if self.wanted else ""}

    def get_cancel_url(self) -> str:
        return self.wanted.address if self.wanted else reverse("today")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(wanted=self.wanted, kept=self.kept(), **context)

    def kept(self) -> list[Kept]:
        """Views of lists that are open to the person; the title of a list is asked once."""
        rows = views_of(self.principal).select_related("owner")
        if self.wanted is not None:
            rows = rows.filter(list_name=self.wanted.name, list_keys=self.wanted.keys)
        titles: dict[str, str] = {}
        for view in rows:
            if view.path not in titles:
                titles[view.path] = self._title(view.path)
        return [
            Kept(view, titles[view.path], bool(may_change_view(view, by=self.principal)))
            for view in rows
            if titles[view.path]
        ]

    def _title(self, path: str) -> str:
        try:
            return ExportedList(path, self.principal, user=self.request.user).title
        except NOT_OPEN:
            return ""

    def act(self, form: Any) -> str:
        if self.wanted is None:
            raise Http404
        save_view(
            by=self.principal,
            member_id=self.principal.membership_id or 0,
            wanted=self.wanted,
            name=form.cleaned_data["name"],
            shared=form.cleaned_data.get("shared", False),
        )
        return self.wanted.address


class OwnView(ObjectPage[SavedView], abstract=True):
    """A page about a view that one keeps or that is shared with one's area. Any other does not exist."""

    object: SavedView

    def load(self) -> None:
        found = views_of(self.principal).filter(pk=self.kwargs["view"]).first()
        if found is None or not may_change_view(found, by=self.principal):
            raise Http404
        self.object = found

    def get_cancel_url(self) -> str:
        return reverse("saved-views")


class SavedViewRename(OwnView, FormPage[SavedView]):
    """Another name for a view, and the button that deletes it."""

    permission = Perm.VIEW_SAVE
    form_class = ViewNameForm
    template_name = "exchange/saved_view_rename.html"
    title = "Change the view"

    def offers(self) -> Iterable[Offer]:
        decision = may_change_view(self.object, by=self.principal)
        url = reverse("saved-view-delete", args=[self.object.pk])
        yield Offer("Delete this view", url, decision, post=True, style="warning")

    def get_initial(self) -> Mapping[str, Any]:
        return {"name": self.object.name}

    def act(self, form: Any) -> str:
        rename_view(by=self.principal, view_id=self.object.pk, name=form.cleaned_data["name"])
        return reverse("saved-views")


class SavedViewDelete(OwnView, ActionPage[SavedView]):
    """Delete a view."""

    permission = Perm.VIEW_SAVE

    def act(self) -> str:
        delete_view(by=self.principal, view_id=self.object.pk)
        return reverse("saved-views")
