"""What surrounds a person, for the printed summary: warnings to staff, hospital orders, people, other processes.

What the tab of circumstances shows to whoever may see the record, as it held on the day asked. Victims are in a
compartment of their own and never here (R82); equality data stay on the screen.
"""

from collections.abc import Iterable

from letters.documents import Block, Facts, Heading, Table
from pages.dates import british_date
from rules.vocabulary import ProcessKind

from .circumstances import Circumstances, OrderLine

NOT_RECORDED = "Not recorded"


def warnings_of(around: Circumstances) -> list[Block]:
    """What staff are warned of on the day: before everything else, as on the page; nothing where there is nothing."""
    rows = tuple((row.get_kind_display(), row.text) for row in around.staff_warnings if around.holds(row))
    return [Heading("Warnings to staff"), Table(("Warning", "What staff must know"), rows, "Warnings")] if rows else []


def surroundings_of(around: Circumstances) -> list[Block]:
    """Hospital orders, connected people, other processes and the interpreter, on the day."""
    blocks: list[Block] = [Heading("Circumstances"), Facts(tuple(_language(around)), "Language")]
    blocks += [
        Facts(tuple(_order(line)), f"Hospital order: {line.order.get_section_display()}") for line in around.orders
    ]
    connected = tuple(
        (
            row.name,
            row.relationship,
            ", ".join(filter(None, ("Child" if row.child else "", "At risk" if row.at_risk else ""))) or "No",
            row.get_contact_display(),
            row.note,
        )
        for row in around.connected
        if row.ended_on is None or row.ended_on > around.today
    )
    heads = ("Name", "Connection", "Child or at risk", "Contact", "Note")
    blocks.append(Table(heads, connected, "Connected people", empty="No connected person is recorded."))
    processes = tuple(
        (
            row.get_kind_display(),
            row.reference or NOT_RECORDED,
            british_date(row.starts_on),
            british_date(row.next_on or (dated.falls_on if dated else None)) or "No date",
            row.note,
        )
        for row, dated in around.processes
        if row.kind != ProcessKind.VICTIM_CONTACT
        and row.starts_on <= around.today
        and (row.ends_on is None or around.today <= row.ends_on)
    )
    heads = ("Process", "Reference", "From", "Next date", "Note")
    blocks.append(Table(heads, processes, "Other processes and restrictions", empty="No other process is recorded."))
    return blocks


def _language(around: Circumstances) -> Iterable[tuple[str, str]]:
    background = around.background
    yield "Interpreter", "Needed" if background and background.interpreter else "Not recorded as needed"
    if background and background.language:
        yield "Language", background.language


def _order(line: OrderLine) -> Iterable[tuple[str, str]]:
    order = line.order
    yield "Court", order.court or NOT_RECORDED
    yield "Restriction", line.restriction
    yield "Responsible clinician", order.responsible_clinician or NOT_RECORDED
    yield "Social supervisor", order.social_supervisor or NOT_RECORDED
    yield "Ministry of Justice reference", order.ministry_reference or NOT_RECORDED
    yield "Stage", f"{line.now.get_kind_display()}, since {british_date(line.now.starts_on)}" if line.now else "None"
