"""Names that look or sound like what somebody typed, asked of the indexes where the principal may reach (ADR 0024)."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value

from agencies.access import Ways, among, own_area, ways_to
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.written import Text

from .models import Alias, Nominal
from .models.nominal import SOUND_ARRAY, full_name
from .sounds import spellings

# A word is like another when this share of its three-letter pieces is in it.
LIKENESS = 0.4
# What the planner reckons for comparing two values: twenty times its default. Names are compared letter by letter, so
# to look through an area's people one by one instead of asking the index is dearer than it thinks.
COMPARING = 0.05


def names_like(principal: Principal, perm: Perm, text: str) -> QuerySet[Any, Any]:
    """Ids of people whose name, or another name of theirs, looks or sounds like the text; asked of the indexes.

    More than the principal may see: whoever takes from them filters by ``visible``. But of names like it there are
    thousands in the country and a few dozen in an area, so they are asked for where the principal may reach.
    Call within a transaction, on the terms of ``looked_for``.
    """
    return ids_like(principal, perm, *looked_for(text))


_TERMS = f"""SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),
    set_config('cpu_operator_cost', %s, true),
    ARRAY(SELECT DISTINCT unnest({SOUND_ARRAY}(asked)) FROM unnest(%s::text[]) asked)"""  # noqa: S608


def looked_for(text: str) -> tuple[bool, Text, list[str]]:
    """What the indexes of names are asked: whether for one word, the text as they hold it, and its sounds.

    Until the transaction ends it lowers the likeness that the index asks for, and tells the planner that names are dear
    to compare.
    """
    words = re.findall(r"[^\W\d_]+", text)
    # Their sound codes, and those of what they are easily heard as.
    asked = [each for word in words for each in spellings(word)]
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [str(LIKENESS), str(COMPARING), asked])
        _, _, codes = cursor.fetchone()
    return len(words) == 1, Text(text.upper()), sorted(codes)


def ids_like(by: Principal, perm: Perm, one_word: bool, text: Text, codes: list[str]) -> QuerySet[Any, Any]:
    """What ``names_like`` asks, on terms that ``looked_for`` has given."""
    ways = ways_to(by, perm)
    if ways is None:
        return Nominal.objects.none().values("pk")
    heard_in = ("family_name", "given_names") if one_word else ("family_name",)
    own, other = _like(Nominal, heard_in, one_word, text, codes), _like(Alias, ("family_name",), one_word, text, codes)
    if ways == Ways():
        return own.values("pk").union(other.values("nominal"))
    ids = Nominal.objects.none().values("pk") if ways.ids is None else ways.ids
    if by.area_id is None:
        return own.filter(among(ids)).values("pk").union(other.filter(among(ids, "nominal")).values("nominal"))
    area = own_area(by)
    # Whoever is reached elsewhere is judged by how well they fit, without asking an index: they are few.
    elsewhere = Nominal.objects.filter(~Q(area=area), among(ids)).values("pk")
    return own.filter(area=area).values("pk").union(other.filter(area=area).values("nominal"), elsewhere)


def _like(
    model: type[Model], heard_in: Iterable[str], one_word: bool, text: Text, codes: list[str]
) -> QuerySet[Any, Any]:
    """Rows with a name that looks like the text, or sounds like it in one of these columns."""
    sounds: ArrayField[Any, Any] = ArrayField(TextField())
    like = Q(**{"full__trigram_word_similar" if one_word else "full__trigram_similar": text})
    heard = {f"{column}_heard": Func(F(column), function=SOUND_ARRAY, output_field=sounds) for column in heard_in}
    for each in heard:
        # No codes, no row: an empty overlap is false.
        like |= Q(**{f"{each}__overlap": Value(codes, output_field=sounds)})
    rows: QuerySet[Any, Any] = model._default_manager.annotate(full=full_name(), **heard)
    return rows.filter(like)
