"""A page that does not say who may open it cannot be written."""

from typing import Any

import pytest
from django.http import HttpRequest

from agencies.roles import Perm
from pages.drf import Guarded, GuardedViewSet
from pages.guards import PUBLIC, SIGNED_IN, DetailPage, FormPage, GuardedView, ListPage, TemplatePage

BASES = [GuardedView, TemplatePage, DetailPage, FormPage, ListPage, Guarded, GuardedViewSet]


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
def test_a_view_without_permission_cannot_be_written(base: Any) -> None:
    with pytest.raises(TypeError, match="Forgotten has no permission"):
        type("Forgotten", (base,), {})


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
@pytest.mark.parametrize("permission", ["nominal.view", None, True], ids=repr)
def test_a_permission_is_one_of_the_table_and_no_string(base: Any, permission: Any) -> None:
    with pytest.raises(TypeError, match="has no permission"):
        type("Forgotten", (base,), {"permission": permission})


@pytest.mark.parametrize("permission", [PUBLIC, SIGNED_IN, Perm.ACCOUNT], ids=str)
def test_a_view_may_be_public_only_by_saying_so(permission: Any) -> None:
    view: Any = type("Said", (TemplatePage,), {"permission": permission})
    assert view.permission is permission


def test_a_permission_is_inherited() -> None:
    parent: Any = type("Parent", (TemplatePage,), {"permission": Perm.SEARCH})
    child: Any = type("Child", (parent,), {})
    assert child.permission is Perm.SEARCH


@pytest.mark.parametrize("sentinel", [PUBLIC, SIGNED_IN], ids=str)
def test_the_machine_interface_is_never_public(sentinel: Any) -> None:
    with pytest.raises(TypeError, match="has no permission"):
        type("Open", (Guarded,), {"permission": sentinel})


def test_a_form_page_that_does_nothing_cannot_be_opened() -> None:
    view: Any = type("Idle", (FormPage,), {"permission": Perm.SEARCH})
    with pytest.raises(TypeError, match="act"):
        view.as_view()(HttpRequest())
