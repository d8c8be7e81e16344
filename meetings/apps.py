"""The meetings app: holds its place among the layers until scheduling brings its tables."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Layer 4: above cases, below disclosures."""

    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
