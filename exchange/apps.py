from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """What comes in from files and other systems, and what goes out to them."""

    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
