"""The printed summary of a nominal: what the page shows, on the day that was asked, as a document.

Category and level are those of that day, with the day since when, and beside them today's: a summary may be read where
a recall is decided (R70). It is made from the rows of the case alone, so nothing about a victim can be in it.
"""

from collections.abc import Iterable
from datetime import date

from cases.models import Address
from letters.documents import Block, Bullets, Document, Facts, Heading, Paragraph, Table
from letters.marking import Marking
from pages.dates import british_date
from pages.templatetags.pages import identifier
from rules.categories import category_spans
from rules.core import Period, Reason
from rules.printing import days_shown

from .circumstances import Circumstances
from .record import Record
from .summary_around import surroundings_of, warnings_of

NOT_RECORDED = "Not recorded"


def summary_of(now: Record, then: Record, *, marking: Marking) -> Document:
    """The summary of one person: `then` is their record on the day asked, `now` the same record today."""
    nominal, today = now.nominal, british_date(now.today)
    around = Circumstances(nominal, by=then.by, today=then.today)
    blocks: list[Block] = [
        Paragraph(f"As recorded on {today}. What is dated is shown as it stood on {british_date(then.today)}."),
        Facts(tuple(_identity(now, then)), "The person"),
        *warnings_of(around),
    ]
    for day in days_shown(then.today, now.today):
        blocks += _status(then if day == then.today else now)
    blocks += [*_grounds(then), *_circumstances(then), *surroundings_of(around), *_course(then)]
    if then.today == now.today:
        blocks += _ahead(now)
    return Document(nominal.name, tuple(blocks), marking, f"Summary of record {nominal.pk}")


def _identity(record: Record, then: Record) -> Iterable[tuple[str, str]]:
    """Who the person is, by the record of today; how old they were is said of the day asked, `then`."""
    nominal = record.nominal
    yield "Name", nominal.name
    yield "Date of birth", _born(then, "" if then.today == record.today else f" on {british_date(then.today)}")
    yield "Sex", nominal.get_sex_display()
    for alias in nominal.aliases.all():
        yield alias.get_kind_display(), f"{alias.given_names} {alias.family_name}".strip()
    for number in nominal.identifiers.all():
        unverified = "" if number.valid else " (unverified)"
        yield number.get_kind_display(), f"{identifier(number.normalised, number.kind)}{unverified}"
    yield "MAPPA area", str(nominal.area)
    if record.handling_label:
        yield "Handling", record.handling_label


def _born(record: Record, on: str) -> str:
    born = record.nominal.date_of_birth
    if born is None:
        return "Not known"
    return british_date(born) if record.today < born else f"{british_date(born)} (aged {record.age}{on})"


def _status(record: Record) -> list[Block]:
    """Category and level of the record's day, each with its first day and its reasons."""
    category, level = record.category, record.level
    rows = (
        ("Category", _since(category.value.label, category_since(record)) if category.value else "None"),
        ("Level", _since(level.value.label, record.level_since) if level.value else "None"),
    )
    day = british_date(record.today)
    return [
        Heading(f"Category and level on {day}"),
        Facts(rows, f"On {day}"),
        Bullets(tuple(_said(reason) for reason in (*category.reasons, *level.reasons))),
    ]


def category_since(record: Record) -> date | None:
    """The first day of the unbroken time in which the category has been the one of the record's day."""
    grounds = record.facts.register.grounds
    if not grounds:
        return None
    ever = Period(min(ground.starts_on for ground in grounds), None)
    found = (period for period, _ in category_spans(grounds, ever) if record.today in period)
    return next((period.starts_on for period in found), None)


def _since(label: str, day: date | None) -> str:
    return f"{label}, since {british_date(day)}" if day else label


def _said(reason: Reason) -> str:
    return f"{reason.text} (rule {reason.rule})"


def _grounds(record: Record) -> list[Block]:
    rows = tuple(
        (
            f"{line.ground.get_kind_display()}\n{line.category.label}{f': {line.offence}' if line.offence else ''}",
            line.outcome or NOT_RECORDED,
            british_date(line.ground.starts_on),
            british_date(line.ground.ends_on) or "No end date",
            line.state,
        )
        for line in record.grounds
        if line.state != "Void" and line.ground.starts_on <= record.today
    )
    heads = ("Ground", "Outcome", "From", "To", "State")
    return [Heading("Grounds"), Table(heads, rows, "Legal grounds", empty="No ground is recorded.")]


def _circumstances(record: Record) -> list[Block]:
    where, lead = record.whereabouts, record.lead_agency
    rows = [
        ("Where", ", ".join(filter(None, (where.get_kind_display(), where.place))) if where else NOT_RECORDED),
        *(("Address", _address(row)) for row in record.nominal.addresses.all() if _holds(row, record.today)),
        ("Lead agency", _since(str(lead.agency), lead.starts_on) if lead else _no_lead(record)),
        *(("Named officer", f"{span.officer}, {span.agency}") for span in record.named_officers),
    ]
    day = british_date(record.today)
    return [Heading(f"Where they are and who leads on {day}"), Facts(tuple(rows), f"Circumstances on {day}")]


def _no_lead(record: Record) -> str:
    since = record.nobody_leads_since
    return NOT_RECORDED if since is None else _since("Nobody leads", since)


def _holds(row: Address, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)


def _address(row: Address) -> str:
    if row.no_fixed_abode:
        return f"No fixed abode. Closest links: {row.closest_links}"
    return f"{', '.join(filter(None, (row.lines, row.postcode)))}. {row.get_tenure_display()}"


def _course(record: Record) -> list[Block]:
    """Levels and meetings up to the record's day. An end after it belongs to a level that is not shown: open then."""
    levels = tuple(
        (
            span.get_level_display(),
            british_date(span.starts_on),
            british_date(span.ends_on) if span.ends_on and span.ends_on <= record.today else "Open",
            span.get_decided_by_display(),
        )
        for span in record.levels_by_date
        if span.starts_on <= record.today
    )
    meetings = tuple(
        (british_date(row.held_on), row.get_level_display())
        for row in record.meetings_by_date
        if row.held_on <= record.today
    )
    return [
        Heading("Levels and meetings"),
        Table(("Level", "From", "To", "Decided by"), levels, "Levels over time", empty="No level is recorded."),
        Table(("Held on", "Level"), meetings, "Level 2 and 3 meetings", empty="No Level 2 or 3 meeting is recorded."),
    ]


def _ahead(record: Record) -> list[Block]:
    rows = tuple(
        (british_date(each.on), f"{each.what} (overdue)" if each.overdue else each.what, each.note)
        for each in record.ahead
    )
    heads = ("Date", "What", "Note")
    return [Heading("Dates ahead"), Table(heads, rows, "Dates ahead", empty="No date ahead is recorded.")]
