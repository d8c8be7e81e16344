from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Users, areas, agencies, roles and access."""

    name = "agencies"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People and agencies"

    def ready(self) -> None:
        from . import checks, receivers

        receivers.connect()
        checks.sign_in_is_safe  # noqa: B018 - importing registers it
