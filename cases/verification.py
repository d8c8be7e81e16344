"""Is the register whole? What no single constraint can say about levels and status, asked of all rows at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from rules.vocabulary import GroundKind, Level


@dataclass(frozen=True, slots=True)
class Finding:
    """One person whose rows do not hold together, and in which way."""

    nominal_id: int
    rule: str
    text: str


# Adjoining days melt together in a multirange, so two sets of days are the same or they are not.
_DAYS = """
    SELECT nominal.id,
        coalesce((SELECT range_agg(daterange(starts_on, ends_on, '[]')) FROM cases_ground
            WHERE nominal_id = nominal.id AND voided_on IS NULL), '{}') AS status,
        coalesce((SELECT range_agg(daterange(starts_on, ends_on, '[]')) FROM cases_levelspan
            WHERE nominal_id = nominal.id), '{}') AS levels
    FROM cases_nominal nominal
    WHERE %(ids)s::bigint[] IS NULL OR nominal.id = ANY(%(ids)s)
"""

_NOT_SAME_DAYS = f"SELECT id FROM ({_DAYS}) AS days WHERE status <> levels"  # noqa: S608 - a constant

_TWO_LEVELS = """
    SELECT DISTINCT one.nominal_id FROM cases_levelspan one JOIN cases_levelspan other
        ON other.nominal_id = one.nominal_id AND other.id > one.id
        AND daterange(one.starts_on, one.ends_on, '[]') && daterange(other.starts_on, other.ends_on, '[]')
    WHERE %(ids)s::bigint[] IS NULL OR one.nominal_id = ANY(%(ids)s)
"""

_WAITS_AGAIN = """
    SELECT DISTINCT waiting.nominal_id FROM cases_levelspan waiting JOIN cases_levelspan before
        ON before.nominal_id = waiting.nominal_id AND before.ends_on = waiting.starts_on - 1
    WHERE waiting.level = %(not_set)s AND before.level <> %(not_set)s
        AND (%(ids)s::bigint[] IS NULL OR waiting.nominal_id = ANY(%(ids)s))
"""

_TOO_LOW = """
    SELECT DISTINCT ground.nominal_id FROM cases_ground ground JOIN cases_levelspan span
        ON span.nominal_id = ground.nominal_id
        AND daterange(span.starts_on, span.ends_on, '[]') && daterange(ground.starts_on, ground.ends_on, '[]')
    WHERE ground.voided_on IS NULL AND ground.kind = ANY(%(decided)s) AND NOT span.level = ANY(%(multi_agency)s)
        AND (%(ids)s::bigint[] IS NULL OR ground.nominal_id = ANY(%(ids)s))
"""

# A record that was merged into another holds only what was set aside: nobody sees it.
_NOT_MERGED = """
    SELECT found.id FROM (%s) AS found (id) JOIN cases_nominal nominal ON nominal.id = found.id
    WHERE nominal.merged_into_id IS NULL
"""

CHECKS = (
    ("R32", "The days of the levels are not the days of the status.", _NOT_SAME_DAYS),
    ("R32", "Two levels on one day.", _TWO_LEVELS),
    ("R32", "Level not yet set follows a level that was decided.", _WAITS_AGAIN),
    ("R25", "A ground that is a decision, on a day that is not at Level 2 or 3.", _TOO_LOW),
)


def verify_register(nominal_ids: Iterable[int] | None = None) -> list[Finding]:
    """Every person whose levels and status do not hold together (R25, R31, R32). Empty when all is well.

    One query a check, whatever the size. For tasks and commands: it asks of everybody, whoever may see them.
    """
    values = {
        "ids": None if nominal_ids is None else list(nominal_ids),
        "not_set": Level.NOT_SET.value,
        "decided": [kind.value for kind in GroundKind if not kind.is_automatic],
        "multi_agency": [level.value for level in Level if level.is_multi_agency],
    }
    findings = []
    with connection.cursor() as cursor:
        for rule, text, query in CHECKS:
            cursor.execute(_NOT_MERGED.replace("%s", query), values)
            findings += [Finding(row[0], rule, text) for row in cursor.fetchall()]
    return sorted(findings, key=lambda finding: (finding.nominal_id, finding.rule, finding.text))
