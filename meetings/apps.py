"""The meetings app: panels, sittings, slots, and what meetings give to agencies to do."""

from django.apps import AppConfig

from agencies.roles import Perm
from pages.navigation import NavEntry, register

_MEETINGS = "Meetings"
# Who is invited by rule, the words for joining, and the tray of replies: all belong to the invitations.
_INVITING = ("meetings/invited/", "meetings/joining/", "meetings/replies/")


class MeetingsConfig(AppConfig):
    """Layer 4: above cases, below disclosures."""

    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agencies import handover, succession
        from cases.booked import register_booked
        from cases.merging.participants import Numbered, register_merge
        from cases.services.participation import register_handling
        from letters.kinds import register_letter

        from .letters import LETTERS
        from .merging import NotTwice
        from .models import Action, Slot
        from .no_longer import booked_in_vain
        from .placing import may_be_handled_so
        from .services import handover as handing_over
        from .services import leaving_chairs as chairs
        from .services import succession as succeeding

        register(
            NavEntry(36, "Scheduling board", "scheduling-board", Perm.SITTING_PLAN, _MEETINGS),
            NavEntry(37, "Meetings to answer", "my-invitations", Perm.INVITATION_ANSWER, _MEETINGS),
            NavEntry(38, "Calendar", "calendar", Perm.SITTING_VIEW, _MEETINGS),
            NavEntry(39, "Sittings", "sittings", Perm.SITTING_VIEW, _MEETINGS, ("slots/",)),
            NavEntry(40, "Invitations", "invitations", Perm.SITTING_PLAN, _MEETINGS, _INVITING),
            NavEntry(41, "Panels", "panels", Perm.PANEL_SET, _MEETINGS),
            NavEntry(45, "Actions", "actions", Perm.NOMINAL_VIEW),
        )
        for kind in LETTERS:
            register_letter(kind)
        register_handling(may_be_handled_so)
        register_booked(booked_in_vain)
        register_merge(Action, Numbered())
        register_merge(Slot, NotTwice())
        succession.register_succession(
            succession.Participant("actions", succeeding.preview_actions, succeeding.move_actions)
        )
        succession.register_succession(
            succession.Participant("meetings", succeeding.preview_meetings, succeeding.move_meetings)
        )
        handover.register_handover(
            handover.Participant(
                "actions",
                handing_over.preview_actions,
                handing_over.move_actions,
                handing_over.acted_in,
                held_since=handing_over.answers_still,
            )
        )
        handover.register_handover(
            handover.Participant(
                "meetings",
                handing_over.preview_meetings,
                handing_over.move_meetings,
                handing_over.met_in,
                dated=handing_over.dated_meetings,
                held_since=handing_over.attends_still,
                writes=handing_over.written_meetings,
                follow=handing_over.may_attend_again,
                called_off=handing_over.tell_who_comes,
            )
        )
        handover.register_handover(
            handover.Participant(
                "chairs",
                chairs.preview_chaired,
                chairs.move_chaired,
                chairs.heard_in,
                chairs.hold_meetings,
                dated=chairs.dated_chaired,
                writes=chairs.written_chairs,
                follow=chairs.follow_chaired,
            )
        )
