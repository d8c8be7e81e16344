"""The disclosures app: holds its place among the layers until the meeting record brings its tables."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Layer 5: above meetings, below board."""

    name = "disclosures"
    default_auto_field = "django.db.models.BigAutoField"
