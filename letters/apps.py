from django.apps import AppConfig

from agencies.roles import Perm
from pages.navigation import NavEntry, register


class LettersConfig(AppConfig):
    """Layer 1c: above pages, below cases. Knows how to send and to print, never what a case is."""

    name = "letters"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Letters"

    def ready(self) -> None:
        from agencies import handover, succession

        from .handover import (
            nothing_to_preview,
            tell_it_is_called_off,
            tell_who_takes_over,
            work_handed_over,
            work_stays,
        )
        from .kinds import register_letter
        from .succession import contact_changed, no_lines, tell_contacts

        register_letter(work_handed_over)
        register_letter(work_stays)
        register_letter(contact_changed)
        succession.register_succession(succession.Participant("letter", no_lines, tell_contacts))
        handover.register_handover(
            handover.Participant("letter", nothing_to_preview, tell_who_takes_over, called_off=tell_it_is_called_off)
        )
        register(NavEntry(85, "Outbox", "outbox", Perm.LETTERS_SETTLE))
