from django.apps import AppConfig

from agencies.roles import Perm
from pages.navigation import NavEntry, register


class LettersConfig(AppConfig):
    """Layer 1c: above pages, below cases. Knows how to send and to print, never what a case is."""

    name = "letters"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Letters"

    def ready(self) -> None:
        register(NavEntry(85, "Outbox", "outbox", Perm.LETTERS_SETTLE))
