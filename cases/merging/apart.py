"""Marks of two people in a merge: they go with the record, unless the kept one is told apart from the same already."""

from collections.abc import Iterator

from django.db.models import Q

from cases.models import TwoPeople

from .participants import Step
from .walking import Link


class MarksOnce:
    """A mark between the two records themselves stays behind; so does one that the kept record has already."""

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        told = {
            (row.one_id if row.other_id == kept_id else row.other_id)
            for row in TwoPeople.objects.filter(Q(one=kept_id) | Q(other=kept_id), taken_back_on__isnull=True)
        }
        for row in link.rows(absorbed_id):
            third = row.other_id if row.one_id == absorbed_id else row.one_id
            stays = third == kept_id or (third in told and row.taken_back_on is None)
            yield Step(link, row, moves=not stays, why="the kept record is told apart already" if stays else "")
