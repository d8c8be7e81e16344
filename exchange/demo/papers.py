"""A paper of the demonstration: the form on which a referral came, as an agency's own program would print it."""

from datetime import date, datetime, time

from letters.documents import Document, Facts, Heading, Paragraph
from letters.marking import Marking
from letters.pdf import as_pdf
from mappa import clock

_WHO = "Tunde Redstart, youth justice service"


def referral_form(on: date) -> bytes:
    """The referral of the youth justice service as a PDF, printed on that day."""
    marking = Marking(_WHO, datetime.combine(on, time(9, 30), clock.LONDON), copy_number=1)
    blocks = (
        Facts(
            (("Referred by", _WHO), ("Category", "Category 2"), ("Asked for", "Level 2")),
            "The referral",
        ),
        Heading("Why Level 2"),
        Paragraph("School, children's services and police each hold a part of the plan, and no one of them the whole."),
        Heading("Risk"),
        Paragraph("To boys of his age, in town on Friday and Saturday evenings, when he has been drinking."),
        Heading("Current plan"),
        Paragraph("Curfew, a reparation place on Saturdays, and a mentor twice a week."),
    )
    return as_pdf(Document("Referral to Level 2", blocks, marking))
