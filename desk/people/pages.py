"""What the pages about one account share: whose it may be, and the way back."""

from typing import ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import User
from agencies.queries import users_of
from agencies.roles import Perm
from pages.guards import ActionPage, FormPage, SteppedUp


def user_url(user_id: int) -> str:
    """The page of an account."""
    return reverse("user", args=[user_id])


class UserFormPage(SteppedUp, FormPage[User], abstract=True):
    """A form about one account."""

    permission = Perm.USERS_EDIT
    model = User
    template_name = "desk/people/user_form.html"
    done: ClassVar[str] = "Saved."

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.principal)

    def get_cancel_url(self) -> str:
        return user_url(self.object.pk)

    def back(self) -> str:
        messages.success(self.request, self.done)
        return self.get_cancel_url()


class UserActionPage(SteppedUp, ActionPage[User], abstract=True):
    """A button about one account."""

    permission = Perm.USERS_EDIT
    model = User
    done: ClassVar[str] = "Done."

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.principal)

    def get_cancel_url(self) -> str:
        return user_url(self.object.pk)

    def back(self) -> str:
        messages.success(self.request, self.done)
        return self.get_cancel_url()
