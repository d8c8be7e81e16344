from django.apps import AppConfig

from agencies.roles import Perm
from pages.doors import Door, register_door
from pages.navigation import NavEntry, register
from rules.vocabulary import Purpose, choices


class ExchangeConfig(AppConfig):
    """What comes in from files and other systems, and what goes out to them."""

    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agencies import handover

        from .exports.services import may_take_lists
        from .models import FileFormat
        from .saved.handover import move_views, preview_views
        from .saved.services import may_keep_views

        handover.register_handover(handover.Participant("saved views", preview_views, move_views))
        register(NavEntry(50, "Lists", "extract-list", Perm.REGISTER_IMPORT))
        register_door(
            Door(
                may_export=lambda principal: may_take_lists(by=principal),
                export_page="export-ask",
                exports_page="exports",
                formats=FileFormat.choices,
                purposes=choices(Purpose),
                may_save=lambda principal: may_keep_views(by=principal),
                views_page="saved-views",
            )
        )
