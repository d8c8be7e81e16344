from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Users, areas, agencies, roles and access."""

    name = "agencies"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People and agencies"

    def ready(self) -> None:
        from . import checks, handover, receivers, succession
        from .services import handover as handing_over
        from .services import succession as succeeding

        receivers.connect()
        checks.sign_in_is_safe  # noqa: B018 - importing registers it
        for name, preview, move in (
            ("people", succeeding.preview_people, succeeding.move_people),
            ("former homes", succeeding.preview_homes, succeeding.move_homes),
        ):
            succession.register_succession(succession.Participant(name, preview, move))
        handover.register_handover(
            handover.Participant(
                "contacts",
                handing_over.preview_contacts,
                handing_over.move_contacts,
                dated=handing_over.dated_contacts,
                writes=handing_over.written_contacts,
            )
        )
