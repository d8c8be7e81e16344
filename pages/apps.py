from django.apps import AppConfig


class PagesConfig(AppConfig):
    """View bases, forms, lists and components that every page is made of."""

    name = "pages"
    default_auto_field = "django.db.models.BigAutoField"
