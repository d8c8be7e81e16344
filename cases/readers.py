"""Named reads about who may read a record: who is kept out of it, as far as the reader may know."""

from django.db.models import Q, QuerySet

from agencies.principal import Principal

from .models import Exclusion


def about_them(principal: Principal) -> Q:
    """Exclusions of the principal, or of the agency they act for."""
    about = Q(user=principal.user_id) if principal.user_id is not None else Q(pk__in=[])
    return about if principal.agency_id is None else about | Q(agency=principal.agency_id)


def exclusions_told(principal: Principal, nominal_id: int) -> QuerySet[Exclusion]:
    """Who is, was or will be kept out of the case. Nobody learns of one about themselves or their agency (R100)."""
    return Exclusion.objects.filter(nominal=nominal_id).exclude(about_them(principal))
