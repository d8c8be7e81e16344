"""What becomes of a person's slots when two records are merged."""

from collections.abc import Iterator

from cases.merging.participants import Step
from cases.merging.walking import Link

from .models import Slot


class NotTwice:
    """A person is heard in one place at a time: where both records have a slot then, the kept one's stands. Of meetings
    ahead one is to be cancelled first: a hidden one would keep chair, room and agencies waiting for nobody.
    """

    def plan(self, link: Link, kept_id: int, absorbed_id: int) -> Iterator[Step]:
        kept = list(Slot.objects.filter(nominal=kept_id, cancelled_on=None).values_list("starts_at", "ends_at"))
        for row in Slot.objects.filter(nominal=absorbed_id):
            taken = any(row.starts_at < ends and begins < row.ends_at for begins, ends in kept)
            stays = taken and row.cancelled_on is None
            why = "the kept record is heard elsewhere then" if stays else ""
            yield Step(link, row, moves=not stays, why=why, clashes_on=row.held_on if stays else None)
