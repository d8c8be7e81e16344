from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The register: people, grounds, levels, whereabouts, dates, obligations, and who takes part."""

    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Cases"

    def ready(self) -> None:
        from agencies import handover, succession
        from agencies.reference import register_reference
        from agencies.roots import register_root
        from letters.kinds import register_letter
        from rules.vocabulary import ObligationKind

        from .first_meetings import first_meeting_obligations, people_referred
        from .letters import access_given, possible_double
        from .level_1 import (
            early_review_obligations,
            ending_obligations,
            level_1_review_obligations,
            people_at_level_1,
            people_to_screen,
            people_whose_ground_ends,
            screening_obligations,
        )
        from .merging.registered import register_own
        from .models import CaseParticipation, Exclusion, Nominal, PersonalGrant
        from .obligations import people_at_level_2_or_3, register_kind, review_obligations
        from .pre_release import pre_release_obligations
        from .reference import load_offences
        from .referral_mail import answered, passed_on, to_decide, to_endorse, to_vote
        from .services import handover as handing_over
        from .services import referral_leaving as leaving
        from .services import succession as succeeding

        register_root(
            Nominal,
            area_field="area",
            handling_field="handling",
            agency_grants=CaseParticipation,
            person_grants=PersonalGrant,
            exclusions=Exclusion,
        )
        register_kind(ObligationKind.REVIEW_LEVEL_2_3, provider=review_obligations, people=people_at_level_2_or_3)
        register_kind(ObligationKind.FIRST_MEETING, provider=first_meeting_obligations, people=people_referred)
        register_kind(ObligationKind.PRE_RELEASE, provider=pre_release_obligations, people=people_at_level_2_or_3)
        register_kind(ObligationKind.SCREENING, provider=screening_obligations, people=people_to_screen)
        register_kind(ObligationKind.LEVEL_1_REVIEW, provider=level_1_review_obligations, people=people_at_level_1)
        register_kind(ObligationKind.LEVEL_1_EARLY_REVIEW, provider=early_review_obligations, people=people_at_level_1)
        register_kind(ObligationKind.ENDING_DECISION, provider=ending_obligations, people=people_whose_ground_ends)
        register_reference("qualifying offences", load_offences)
        for kind in (access_given, possible_double, to_endorse, to_vote, to_decide, answered, passed_on):
            register_letter(kind)
        succession.register_succession(succession.Participant("cases", succeeding.preview_cases, succeeding.move_cases))
        handover.register_handover(
            handover.Participant(
                "cases",
                handing_over.preview_cases,
                handing_over.move_cases,
                people=handing_over.cases_of,
                dated=handing_over.dated_cases,
                writes=handing_over.written_cases,
                follow=handing_over.follow_cases,
                called_off=handing_over.settle_cases,
                held_since=handing_over.named_still,
            )
        )
        succession.register_succession(
            succession.Participant("referrals", leaving.preview_succession, leaving.move_to_successor)
        )
        handover.register_handover(
            handover.Participant(
                "referrals",
                leaving.preview_referrals,
                leaving.move_referrals,
                leaving.referred_in,
                leaving.hold_referred,
                leaving.stay_with_their_author,
                leaving.dated_seats,
                writes=leaving.written_seats,
                follow=leaving.follow_seats,
            )
        )
        register_own()
