"""One message as an e-mail: plain text and simple HTML, a reference and a link, no name of a managed person."""

from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from .kinds import Enclosure, letter_kind
from .models import Message

PERMANENT = 500  # replies of a mail server from here on are final (RFC 5321, section 4.2.1)


def email_for(message: Message) -> EmailMultiAlternatives:
    """The e-mail of this message. The same message has the same Message-ID whenever it is made."""
    kind = letter_kind(message.kind)
    page = reverse(kind.url_name, args=[message.subject_id] if kind.link_takes_id else [])
    enclosed = kind.encloses(message.subject_id, message.sent_to) if kind.encloses else Enclosure()
    shown = {
        "reference": enclosed.reference or kind.reference.format(id=message.subject_id),
        "link": "" if message.recipient is None else settings.MAPPA_ADDRESS + page,
        "subject_line": kind.subject_line,
        "words": enclosed.words,
        "calendar_answers": settings.MAPPA_REPLIES is not None,
    }
    email = EmailMultiAlternatives(
        subject=kind.subject_line,
        body=render_to_string(f"emails/{kind.code}.txt", shown),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.sent_to],
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    email.attach_alternative(render_to_string(f"emails/{kind.code}.html", shown), "text/html")
    if enclosed.calendar:
        # Beside the text, not below it: calendar programs then offer to put it in, and to change what they have.
        email.attach_alternative(enclosed.calendar, f"text/calendar; method={enclosed.method}")
    return email


def message_id(message: Message) -> str:
    """The stable Message-ID: mail servers and readers drop a second copy by it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{message.key}@{domain}>"


def fault_code(fault: Exception) -> str:
    """A failure as a code: its kind and the server's number, never the server's words."""
    return f"{type(fault).__name__} {reply_code(fault) or ''}".strip()[:60]


def reply_code(fault: Exception) -> int:
    """The number with which the mail server refused; 0 when it did not say."""
    if isinstance(fault, SMTPRecipientsRefused):
        return max((code for code, _ in fault.recipients.values()), default=0)
    return int(fault.smtp_code) if isinstance(fault, SMTPResponseException) else 0


def was_refused(fault: Exception) -> bool:
    """The mail server answered that it did not take the message: it was certainly not sent."""
    return isinstance(fault, SMTPRecipientsRefused | SMTPSenderRefused | SMTPDataError) and reply_code(fault) > 0
