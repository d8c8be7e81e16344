"""Lists of agencies for tests: brought in, worked on and looked at without pages."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

from agencies.models import Agency, Area, Membership
from agencies.principal import Principal
from agencies.roles import Role
from cases.reference import load_offences
from exchange.models import Extract, ExtractRow
from exchange.services.extracts import add_extract, close_extract
from exchange.services.rows import accept_rows
from exchange.words import ListKind, Outcome, RowState
from exchange.work import work_on
from tests.exchange.files import TODAY
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory

Rows = Iterable[Mapping[str, str]]


@dataclass
class Office:
    """An area with an agency that sends lists, and the administrator who brings them in."""

    area: Area
    agency: Agency
    member: Membership
    today: date = TODAY

    @property
    def by(self) -> Principal:
        return Principal.for_membership(self.member, on=self.today)

    def colleague(self, role: Role = Role.ADMINISTRATOR, *, category_4: bool = False) -> Principal:
        member = MembershipFactory.create(area=self.area, role=role, user__category_4=category_4)
        return Principal.for_membership(member, on=self.today)

    def bring(self, content: bytes, *, kind: ListKind = ListKind.PEOPLE, whole: bool = True, by: Any = None) -> Extract:
        """Take the file in, and let the worker do what it can."""
        extract = add_extract(
            by=by or self.by, today=self.today, area=self.area, agency=self.agency, kind=kind, whole=whole,
            content=content,
        )  # fmt: skip
        return self.worked(extract)

    def worked(self, extract: Extract) -> Extract:
        work_on(extract.pk, today=self.today)
        extract.refresh_from_db()
        return extract

    def accept(self, extract: Extract, outcome: Outcome, kind: str = "", by: Principal | None = None) -> int:
        count = accept_rows(by=by or self.by, today=self.today, extract_id=extract.pk, outcome=outcome, kind=kind)
        self.worked(extract)
        return count

    def close(self, extract: Extract) -> Extract:
        return close_extract(by=self.by, today=self.today, extract_id=extract.pk)

    def brought_before(self, rows: Rows) -> Extract:
        """A list brought in, all of it accepted, and closed."""
        extract = self.bring(table(rows))
        self.accept(extract, Outcome.NEW)
        return self.close(extract)


def office(role: Role = Role.ADMINISTRATOR, *, today: date = TODAY) -> Office:
    """Somewhere to work, with the table of offences."""
    area = AreaFactory.create()
    agency = AgencyFactory.create(area=area, name="Probation", slug="probation")
    load_offences(Principal.system("reference", on=today), today)
    return Office(area, agency, MembershipFactory.create(area=area, role=role), today)


def table(rows: Rows, headings: Mapping[str, str] | None = None) -> bytes:
    """The rows as CSV under the columns that they fill, with other headings where given."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([(headings or {}).get(name, name) for name in names])
    writer.writerows([row.get(name, "") for name in names] for row in listed)
    return text.getvalue().encode()


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """Rows of cells as XLSX; text that looks like an ISO date becomes a date cell."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_cell(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(book: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return stream.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-" and value[7:8] == "-":
        return datetime.fromisoformat(value)
    return value


def outcomes(extract: Extract) -> dict[str, int]:
    """How many rows there are of each outcome."""
    found: dict[str, int] = {}
    for outcome in extract.rows.values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found


def states(extract: Extract) -> dict[str, int]:
    """How many rows there are in each state."""
    return {state: n for state in RowState if (n := extract.rows.filter(state=state).count())}


def row_of_line(extract: Extract, line: int) -> ExtractRow:
    return ExtractRow.objects.get(extract=extract, line=line)
