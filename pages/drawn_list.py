"""Pages of lines that are no rows of one model: days that were worked out, pairs of records, answers of a rule."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model

from audit.reads import AccessKind

from .base import GuardedView, show
from .doors import WaysOut, ways_out
from .lists import Column, Head

L = TypeVar("L")


class DrawnList(GuardedView, Generic[L], ABC, abstract=True):
    """The lines that the principal may see, worked out anew at each visit. Stands before the base of its page.

    ``table_template`` draws the lines, in one table or in several, and nothing else; the page includes it. Its cells
    name the ``columns``, whose headings it gets as ``heads``: an export holds the same.
    """

    columns: ClassVar[tuple[Column, ...]]
    table_template: ClassVar[str]
    noun: ClassVar[tuple[str, str]] = ("line", "lines")
    # What the address may choose: days and codes, never a name.
    parameters: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def lines(self) -> Sequence[L]:
        """All lines of the list, in order, through the access engine."""

    @abstractmethod
    def records_of(self, line: L) -> Sequence[Model]:
        """The records that a line is about: while each is still on the list, a file of it is open to its reader."""

    def arranged(self, lines: Sequence[L]) -> Mapping[str, Any]:
        """What the table's template gets of some of the lines, in their order."""
        return {"lines": lines}

    def tell(self, lines: Sequence[L]) -> None:
        """Tell the evidence whom the lines show."""
        show((record for line in lines for record in self.records_of(line)), AccessKind.LIST)

    def chosen(self) -> str:
        """What the address chooses, in words."""
        return ""

    def said(self) -> str:
        """What the address chooses, as its end; what is no parameter of this list is left out."""
        data = self.request.GET.copy()
        for name in [name for name in data if name not in self.parameters or not data[name]]:
            del data[name]
        return data.urlencode()

    def drawn(self, lines: Sequence[L]) -> dict[str, Any]:
        """What the table's template gets of these lines, with the headings."""
        heads = [Head(each.label, each.numeric, "", "none") for each in self.columns if each.drawn]
        return {**self.arranged(lines), "heads": heads}

    def ways_out(self, total: int) -> WaysOut | None:
        """Export, when it holds anything, and saved views of this list, for whoever may."""
        said = self.said()
        address = f"{self.request.path}?{said}" if said else self.request.path
        return ways_out(self.principal, address, exported=total > 0 and not self.not_exported)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = self.lines()
        self.tell(lines)
        return super().get_context_data(
            **self.drawn(lines), number=len(lines), ways_out=self.ways_out(len(lines)), **context
        )
