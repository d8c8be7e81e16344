"""Grounds in a merge: one that both records tell of stays once."""

from collections.abc import Iterator

from cases.facts import ground_facts
from cases.models import Ground
from rules.merging import is_same_ground

from .participants import Step
from .walking import Link


class GroundsOnce:
    """Every ground moves but those that the kept record tells of as well."""

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        own = [ground_facts(row) for row in Ground.objects.filter(nominal=kept_id).select_related("offence")]
        for row in Ground.objects.filter(nominal=absorbed_id).select_related("offence").order_by("pk"):
            facts = ground_facts(row)
            same = any(is_same_ground(each, facts) for each in own)
            yield Step(link, row, moves=not same, why="the kept record has the same ground" if same else "")
