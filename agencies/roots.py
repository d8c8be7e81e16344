"""How every model reaches the nominal that guards it, and what the register tells the access engine about it.

A model names its path in ``access_root``: ``""`` is the nominal itself, ``"nominal"`` or ``"ground__nominal"`` a way
to it, ``GLOBAL`` a table about no nominal. The register lies above this app, so it hands its models
over when it starts.
"""

from dataclasses import dataclass

from django.db.models import Model

GLOBAL = "global"


@dataclass(frozen=True)
class Owned:
    """Whose a row is that may be about nobody in the register: advice on a person who was not named, a referral of
    somebody not yet known.

    A model names it in ``access_unrooted``. While the path to the nominal is empty, the row is the area's, the agency's
    and the named people's, each as far as the scope of their role reaches; the named people's while they act for the
    agency, or over the area. Once the path leads to a nominal, that person's own access holds and nothing else: unless
    ``name_field`` is filled. There the writers said in their own words whom they mean; what they wrote stays theirs,
    to read and to write, whichever record it was found to be about, so that nothing tells them what that record is.
    """

    area_field: str
    agency_field: str
    people_fields: tuple[str, ...] = ()
    name_field: str = ""


@dataclass(frozen=True)
class Kept:
    """Until when a row is its writers' own business: a draft that nobody has handed in.

    A model names it in ``access_kept``. While ``until_field`` is empty, the row is the named people's and their
    agency's, each still within their own scope; a scope over the whole area does not reach it.
    """

    until_field: str
    agency_field: str
    people_fields: tuple[str, ...]


@dataclass(frozen=True)
class Root:
    """The guarded model and the tables that open and close it.

    ``agency_grants`` has ``group``, ``person_grants`` has ``user`` and ``named_reader``; both have ``content_object``.
    ``exclusions`` has ``user`` or ``agency``, and a key to the root named ``exclusion_field``. All have
    ``starts_on`` and ``ends_on``, both days included; ``ends_on`` empty means open. ``merged_field`` is the key to the
    row that a row was merged into: while it is set, the row is nobody's to see.
    """

    model: type[Model]
    area_field: str
    handling_field: str
    agency_grants: type[Model]
    person_grants: type[Model]
    exclusions: type[Model]
    exclusion_field: str = "nominal"
    merged_field: str = "merged_into"


_roots: list[Root] = []


class RootError(LookupError):
    """No register has handed over its models, or a second one tried to."""


def register_root(
    model: type[Model],
    *,
    area_field: str,
    handling_field: str,
    agency_grants: type[Model],
    person_grants: type[Model],
    exclusions: type[Model],
    exclusion_field: str = "nominal",
) -> None:
    """Name the guarded model, once, when the register's app starts. Repeating the same is harmless."""
    root = Root(
        model=model,
        area_field=area_field,
        handling_field=handling_field,
        agency_grants=agency_grants,
        person_grants=person_grants,
        exclusions=exclusions,
        exclusion_field=exclusion_field,
    )
    if _roots and _roots != [root]:
        raise RootError("Another model is the access root already.")
    _roots[:] = [root]


def registered_root() -> Root:
    """The guarded model. Raises ``RootError`` before the register has started."""
    if not _roots:
        raise RootError("No access root is registered: the register's app has not started.")
    return _roots[0]


def path_of(model: type[Model]) -> str:
    """The model's ``access_root``. Raises ``TypeError`` for a model that names none: nothing is readable by default."""
    path = getattr(model, "access_root", None)
    if not isinstance(path, str):
        raise TypeError(f"{model.__name__} names no access_root.")
    return path


def owned_by(model: type[Model]) -> Owned | None:
    """Whose the model's rows are while they are about nobody in the register; ``None``: they are nobody's to see."""
    owned = getattr(model, "access_unrooted", None)
    return owned if isinstance(owned, Owned) else None


def kept_by(model: type[Model]) -> Kept | None:
    """Until when the model's rows are their writers' own; ``None``: they never are."""
    kept = getattr(model, "access_kept", None)
    return kept if isinstance(kept, Kept) else None
