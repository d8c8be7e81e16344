from django.apps import AppConfig


class BoardConfig(AppConfig):
    """Figures for the strategic management board: the annual report."""

    name = "board"
    default_auto_field = "django.db.models.BigAutoField"
