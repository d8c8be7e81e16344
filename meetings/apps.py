"""The meetings app: panels, sittings, slots, and what meetings give to agencies to do."""

from django.apps import AppConfig

from agencies.roles import Perm
from pages.navigation import NavEntry, register


class MeetingsConfig(AppConfig):
    """Layer 4: above cases, below disclosures."""

    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agencies import handover, succession
        from cases.merging.participants import Numbered, register_merge
        from letters.kinds import register_letter

        from .letters import LETTERS
        from .merging import NotTwice
        from .models import Action, Slot
        from .services import handover as handing_over
        from .services import succession as succeeding

        register(
            NavEntry(26, "Scheduling", "scheduling-board", Perm.SITTING_PLAN),
            NavEntry(26, "Calendar", "calendar", Perm.SITTING_VIEW),
            NavEntry(27, "Actions", "actions", Perm.NOMINAL_VIEW),
            NavEntry(29, "Invitations", "invitations", Perm.SITTING_PLAN),
            NavEntry(28, "Meetings to answer", "my-invitations", Perm.INVITATION_ANSWER),
            NavEntry(29, "Sittings", "sittings", Perm.SITTING_VIEW),
            NavEntry(72, "Panels", "panels", Perm.PANEL_SET),
        )
        for kind in LETTERS:
            register_letter(kind)
        register_merge(Action, Numbered())
        register_merge(Slot, NotTwice())
        succession.register_succession(
            succession.Participant("actions", succeeding.preview_actions, succeeding.move_actions)
        )
        handover.register_handover(
            handover.Participant("actions", handing_over.preview_actions, handing_over.move_actions)
        )
