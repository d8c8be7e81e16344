"""A referral from its first word to the panel's decision (R44 to R49)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from agencies.access import can, remembering, visible, who_can
from agencies.models import Absence, Agency, Area, Membership, ParameterOverride, User
from agencies.principal import Principal
from agencies.roles import Perm, Role
from cases.models import (
    CaseParticipation,
    Nominal,
    Obligation,
    PanelSeat,
    PanelVote,
    PersonalGrant,
    Referral,
    ReferralChange,
    ReferralDraft,
)
from cases.panel_standing import standing_of
from cases.records import KeyDateRecord, LeadAgencyRecord, NamedOfficerRecord
from cases.referral_mail import ANSWERED, TO_DECIDE, still_to_decide
from cases.referral_waiting import Waiting, waiting_counts, waiting_for
from cases.services.dates import record_qualifying_meeting, set_key_date
from cases.services.first_notifications import refuse_first_notification
from cases.services.panel import (
    accept_referral,
    cast_vote,
    decline_referral,
    end_seat,
    may_vote_on,
    name_seat,
    note_told,
)
from cases.services.panel_standing import follow_panel, watch_panels
from cases.services.participation import exclude, grant_to_person
from cases.services.referral_upkeep import take_back_unendorsed, watch_referrals
from cases.services.referrals import (
    Subject,
    ask_endorsement,
    endorse_referral,
    give_to_panel,
    keep_draft,
    link_person,
    may_ask_endorsement,
    may_withdraw_referral,
    may_write_referral,
    register_received,
    return_referral,
    send_back,
    start_referral,
    withdraw_referral,
    write_referral,
)
from letters.models import Message
from mappa import clock
from pages.conflicts import Conflict
from rules.calendar import add_working_days
from rules.core import Refused
from rules.vocabulary import (
    DeclineReason,
    Disposal,
    Handling,
    KeyDateKind,
    Level,
    ObligationKind,
    PanelStanding,
    ReferralState,
    ReferralVerb,
    Vote,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.referrals import first_notification
from tests.factories.visits import queries

DAY = timedelta(days=1)
WATCH = Principal.system("watch", on=TODAY)
TEXTS: dict[str, Any] = {
    "category": "2",
    "level_asked": Level.TWO,
    "lower_level": "Agencies do not share what they know",
    "plan": "Weekly visits and a curfew",
    "risk_level": "high",
    "risk": "To women he lives with",
    "victims": "Victim A lives near",
    "invite": "Housing and health services",
    "value_reasons": "Housing and police must agree a plan",
}


@dataclass
class Unit:
    """An area with a panel of three, a practitioner who refers, and a manager who endorses."""

    area: Area
    agency: Agency
    author: Principal
    manager: Principal
    coordinator: Principal
    panel: list[Principal] = field(default_factory=list)
    substitute: Principal | None = None

    def man(self, **more: Any) -> Nominal:
        facts: dict[str, Any] = {
            "grounds": (make.qualifying(TODAY - 400 * DAY),),
            "levels": (at_level(Level.ONE, TODAY - 400 * DAY),),
            "whereabouts": (make.stay(Whereabouts.COMMUNITY, TODAY - 400 * DAY),),
            "lead_agencies": (LeadAgencyRecord(self.agency.pk, TODAY - 400 * DAY),),
            "named_officers": (NamedOfficerRecord(self.author.user_id or 0, self.agency.pk, TODAY - 400 * DAY),),
        }
        return make.nominal(self.area, **facts | more)

    def draft(self, nominal: Nominal | None = None, **more: Any) -> Referral:
        subject = Subject(nominal_id=nominal.pk) if nominal else Subject(family_name="Shale", given_names="Declan")
        stored = start_referral(by=self.author, today=TODAY, agency_id=self.agency.pk, subject=subject)
        return write_referral(
            by=self.author, today=TODAY, referral_id=stored.pk, section="all", values=TEXTS | more,
            version=stored.version,
        )  # fmt: skip

    def submitted(self, nominal: Nominal | None = None, **more: Any) -> Referral:
        stored = self.draft(nominal, **more)
        ask_endorsement(by=self.author, today=TODAY, referral_id=stored.pk, endorser_id=self.manager.user_id or 0)
        return endorse_referral(by=self.manager, today=TODAY, referral_id=stored.pk)

    def with_panel(self, nominal: Nominal | None = None, **more: Any) -> Referral:
        stored = self.submitted(nominal, **more)
        return give_to_panel(by=self.coordinator, today=TODAY, referral_id=stored.pk)

    def vote(self, referral: Referral, *votes: Vote) -> Referral:
        for by, vote in zip(self.panel, votes, strict=False):
            cast_vote(by=by, today=TODAY, referral_id=referral.pk, vote=vote, reasons="Agencies must meet")
        referral.refresh_from_db()
        return referral


def principal(membership: Membership) -> Principal:
    return Principal.for_membership(membership, on=TODAY)


@pytest.fixture
def unit(db: None) -> Unit:
    clock.pretend(TODAY)
    area = AreaFactory.create()
    agency = AgencyFactory.create(area=area)

    def member(role: Role, of: Agency = agency, **more: bool) -> Principal:
        return principal(MembershipFactory.create(area=area, agency=of, role=role, **more))

    manager = member(Role.PRACTITIONER, manages=True)
    found = Unit(area, agency, member(Role.PRACTITIONER), manager, member(Role.COORDINATOR))
    other = AgencyFactory.create(area=area)
    found.panel = [member(Role.PANEL_MEMBER, other) for _ in range(3)]
    found.substitute = member(Role.PANEL_MEMBER, other)
    for number, seat in enumerate(found.panel):
        name_seat(
            by=found.coordinator, today=TODAY, area_id=area.pk, member_id=seat.user_id or 0, starts_on=TODAY,
            substitute_id=found.substitute.user_id if number == 0 else None,
        )  # fmt: skip
    return found


L2, L3, NO = Vote.LEVEL_2, Vote.LEVEL_3, Vote.DECLINE


class TestDraft:
    @pytest.mark.parametrize("linked", [False, True], ids=["nobody of the register", "a record"])
    def test_is_for_those_who_write_it_until_it_is_handed_in(self, unit: Unit, linked: bool) -> None:
        """Filter, single question and the question turned round agree at each step; so do the rows below it (R45)."""
        man = unit.man() if linked else None
        stored = unit.draft(man)
        agency = CaseParticipation.objects.filter(content_object=man, group=unit.agency.group)
        assert agency.exists() is linked
        memberships = {
            "author": unit.author, "unit": unit.coordinator, "panel": unit.panel[0], "manager": unit.manager,
            "stranger": principal(MembershipFactory.create(area=unit.area, role=Role.PRACTITIONER)),
            "agency": principal(MembershipFactory.create(area=unit.area, agency=unit.agency, role=Role.SPOC)),
        }  # fmt: skip

        def sees() -> set[str]:
            holders = {each.membership_id for each in who_can(Perm.REFERRAL_VIEW, stored, on=TODAY)}
            found = set()
            for name, by in memberships.items():
                rows = visible(by, Referral.objects.all(), Perm.REFERRAL_VIEW).exists()
                with remembering():
                    # What may be done with the record says nothing about a draft of it.
                    can(by, Perm.REFERRAL_VIEW, man or stored)
                    asked = bool(can(by, Perm.REFERRAL_VIEW, stored))
                below = visible(by, ReferralChange.objects.filter(referral=stored), Perm.REFERRAL_VIEW).exists()
                assert rows == asked == (by.membership_id in holders), name
                assert below == (rows and stored.changes.exists()), name
                found |= {name} if rows else set()
            return found

        assert sees() == {"author", "agency"}
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        assert sees() == {"author", "agency", "manager"}
        send_back(by=unit.manager, today=TODAY, referral_id=stored.pk, note="Say more about risk")
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        endorse_referral(by=unit.manager, today=TODAY, referral_id=stored.pk)
        assert sees() == {"author", "agency", "manager", "unit", "panel"}
        # What was returned has been handed in: the unit goes on seeing it while it is written again.
        return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
        assert {"unit", "panel"} <= sees()

    def test_survives_as_typed_until_it_is_saved(self, unit: Unit) -> None:
        stored = unit.draft()
        for text in ("Half a", "Half a sentence"):
            keep_draft(by=unit.author, today=TODAY, referral_id=stored.pk, section="plan", values={"plan": text})
        assert ReferralDraft.objects.get().values == {"plan": "Half a sentence"}
        stored.refresh_from_db()
        write_referral(
            by=unit.author, today=TODAY, referral_id=stored.pk, section="plan", values={"plan": "Whole"},
            version=stored.version,
        )  # fmt: skip
        assert not ReferralDraft.objects.exists()

    def test_nothing_is_overwritten(self, unit: Unit) -> None:
        stored = unit.draft()
        with pytest.raises(Conflict):
            write_referral(
                by=unit.author, today=TODAY, referral_id=stored.pk, section="plan", values={"plan": "Mine"},
                version=stored.version - 1,
            )  # fmt: skip

    def test_is_the_authors_to_write(self, unit: Unit) -> None:
        stored = unit.submitted()
        return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
        stored.refresh_from_db()
        with pytest.raises(Refused, match="Only its author"):
            write_referral(
                by=unit.coordinator, today=TODAY, referral_id=stored.pk, section="plan", values={"plan": "Mine"},
                version=stored.version,
            )  # fmt: skip

    def test_hidden_and_absent_people_are_refused_alike(self, unit: Unit) -> None:
        hidden = make.nominal(unit.area, handling=Handling.CATEGORY_4)
        texts = set()
        for nominal_id in (hidden.pk, hidden.pk + 1000):
            with pytest.raises(Refused) as refused:
                start_referral(
                    by=unit.author, today=TODAY, agency_id=unit.agency.pk, subject=Subject(nominal_id=nominal_id)
                )
            texts.add(str(refused.value.decision.reasons))
        assert len(texts) == 1

    def test_nobody_dead_is_referred(self, unit: Unit) -> None:
        dead = make.nominal(unit.area, whereabouts=(make.stay(Whereabouts.DEAD, TODAY),), grounds=(), levels=())
        with pytest.raises(Refused, match="R28"):
            start_referral(
                by=unit.coordinator, today=TODAY, agency_id=unit.agency.pk, subject=Subject(nominal_id=dead.pk)
            )
        assert not Referral.objects.filter(nominal=dead).exists()


class TestEndorsement:
    def test_asks_for_what_is_missing(self, unit: Unit) -> None:
        stored = unit.draft(plan="", victims="none", category="3", level_asked=Level.THREE, value_reasons="")
        with pytest.raises(Refused) as refused:
            ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        assert [reason.rule for reason in refused.value.decision.reasons] == [
            "R17", "R33", "R34", "R44", "R44", "R17",
        ]  # fmt: skip

    @pytest.mark.parametrize("who", ["author", "colleague", "stranger"])
    def test_is_by_a_manager_of_the_agency(self, unit: Unit, who: str) -> None:
        stored = unit.draft()
        colleague = MembershipFactory.create(area=unit.area, agency=unit.agency, role=Role.PRACTITIONER)
        by = {"author": unit.author, "colleague": principal(colleague), "stranger": unit.panel[0]}[who]
        with pytest.raises(Refused, match="marked as a manager"):
            ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=by.user_id or 0)

    def test_is_given_by_who_was_asked(self, unit: Unit) -> None:
        man = unit.man()
        stored = unit.draft(man)
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        with pytest.raises(Refused):
            endorse_referral(by=unit.author, today=TODAY, referral_id=stored.pk)
        assert can(unit.manager, Perm.REFERRAL_VIEW, stored)
        endorse_referral(by=unit.manager, today=TODAY, referral_id=stored.pk)
        stored.refresh_from_db()
        assert (stored.state, stored.received_on, stored.endorsed_by) == (
            ReferralState.SUBMITTED, TODAY, unit.manager.name,
        )  # fmt: skip

    def test_is_by_and_for_people_of_the_agency(self, unit: Unit) -> None:
        """Who has left it, or acts for another, neither endorses nor writes, whatever else opens the record (R44)."""
        stored = unit.draft(unit.man())
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)

        def acts_elsewhere(by: Principal) -> Principal:
            user = User.objects.get(pk=by.user_id)
            return principal(MembershipFactory.create(area=unit.area, role=Role.PRACTITIONER, user=user))

        elsewhere = acts_elsewhere(unit.manager)
        own = Membership.objects.filter(pk=unit.manager.membership_id)
        for by in (elsewhere, unit.manager):
            with pytest.raises(Refused, match="R44"):
                endorse_referral(by=by, today=TODAY, referral_id=stored.pk)
            own.update(role=Role.CHAIR, manages=False)
        own.update(role=Role.PRACTITIONER)
        with pytest.raises(Refused, match=r"not marked as a manager.*R44"):
            endorse_referral(by=unit.manager, today=TODAY, referral_id=stored.pk)
        # The mark may go while it waits: then it still comes back to its author, who reads what is to be done.
        send_back(by=unit.manager, today=TODAY, referral_id=stored.pk, note="Say more about risk")
        stored.refresh_from_db()
        refused = may_ask_endorsement(stored, by=unit.author, today=TODAY)
        assert [(reason.rule, "Nobody else" in reason.text) for reason in refused.reasons] == [("R44", True)]
        writer = acts_elsewhere(unit.author)
        assert can(writer, Perm.REFERRAL_WRITE, stored)
        assert not may_write_referral(stored, by=writer, today=TODAY)
        assert not may_ask_endorsement(stored, by=writer, today=TODAY)
        assert not may_withdraw_referral(stored, by=writer, today=TODAY)
        typed = unit.draft()
        assert not can(writer, Perm.REFERRAL_VIEW, typed)
        assert writer.membership_id not in {each.membership_id for each in who_can(Perm.REFERRAL_VIEW, typed, on=TODAY)}

    def test_sent_back_it_is_a_draft_again(self, unit: Unit) -> None:
        stored = unit.draft()
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        send_back(by=unit.manager, today=TODAY, referral_id=stored.pk, note="Say more about risk")
        stored.refresh_from_db()
        assert stored.state == ReferralState.DRAFT
        assert [change.note for change in stored.changes.all()] == ["", "Say more about risk"]


class TestUnit:
    def test_returned_and_sent_again_keeps_its_day_and_every_stamp(self, unit: Unit) -> None:
        stored = unit.submitted()
        return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        endorse_referral(by=unit.manager, today=TODAY + 3 * DAY, referral_id=stored.pk)
        stored.refresh_from_db()
        assert stored.received_on == TODAY
        assert [change.state for change in stored.changes.all()] == [
            "awaiting_endorsement", "submitted", "returned", "awaiting_endorsement", "submitted",
        ]  # fmt: skip

    def test_registers_what_came_on_paper(self, unit: Unit) -> None:
        stored = register_received(
            by=unit.coordinator, today=TODAY, agency_id=unit.agency.pk, subject=Subject(family_name="Shale"),
            referrer="A practitioner", endorsed_by="A manager", received_on=TODAY - DAY, category="2",
            level_asked=Level.TWO,
        )  # fmt: skip
        with pytest.raises(Refused, match="Add one first, or say why"):
            give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk)
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="It was read out")
        stored.refresh_from_db()
        assert (stored.state, stored.author) == (ReferralState.UNDER_PANEL, None)

    def test_withdrawn_it_stays(self, unit: Unit) -> None:
        stored = unit.with_panel(unit.man())
        assert PersonalGrant.objects.filter(source="referral", ends_on__isnull=True).count() == 5
        withdraw_referral(by=unit.author, today=TODAY, referral_id=stored.pk, note="He has died")
        stored.refresh_from_db()
        assert stored.state == ReferralState.WITHDRAWN
        assert not PersonalGrant.objects.filter(source="referral", ends_on__isnull=True).exists()

    def test_opens_the_record_to_whoever_works_with_it_while_they_do(self, unit: Unit) -> None:
        """Asked, sent back, asked another, returned, unseated; what another source or referral opened stays."""
        man, manager = unit.man(), unit.manager.user_id or 0
        another = principal(
            MembershipFactory.create(area=unit.area, agency=unit.agency, role=Role.PRACTITIONER, manages=True)
        )
        first, second, third = (each.user_id or 0 for each in unit.panel)

        def readers() -> set[int]:
            rows = PersonalGrant.objects.filter(source="referral").exclude(ends_on__lte=TODAY)
            return set(rows.values_list("user", flat=True))

        stored = unit.draft(man)
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=manager)
        assert readers() == {manager}
        send_back(by=unit.manager, today=TODAY, referral_id=stored.pk, note="Say more about risk")
        assert readers() == set()
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=another.user_id or 0)
        assert readers() == {another.user_id}
        endorse_referral(by=another, today=TODAY, referral_id=stored.pk)
        grant_to_person(
            by=unit.coordinator, today=TODAY, nominal_id=man.pk, user_id=first, starts_on=TODAY, ends_on=TODAY + DAY
        )
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk)
        panel = {first, second, third, unit.substitute.user_id if unit.substitute else 0}
        assert readers() == {another.user_id, *panel}
        return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
        assert readers() == set()
        # Asked again on the same day, and with another referral of the same person under the panel.
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=another.user_id or 0)
        endorse_referral(by=another, today=TODAY, referral_id=stored.pk)
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk)
        beside = unit.with_panel(man)
        withdraw_referral(by=unit.author, today=TODAY, referral_id=stored.pk, note="There is a newer one")
        assert readers() == {manager, *panel}
        end_seat(by=unit.coordinator, today=TODAY, seat_id=_seats(unit)[1], ends_on=TODAY + 5 * DAY)
        assert PersonalGrant.objects.get(source="referral", user=second).ends_on == TODAY + 5 * DAY
        withdraw_referral(by=unit.author, today=TODAY, referral_id=beside.pk, note="He has died")
        assert readers() == set()

    def test_waits_for_an_endorsement_until_its_day_and_no_longer(self, unit: Unit) -> None:
        """Left lying, or asked of somebody who has gone, it goes back to its author; no grant outlives it."""
        man, manager = unit.man(), unit.manager.user_id or 0
        by = Principal.system("watch_panels", on=TODAY)
        last = add_working_days(TODAY, 10)
        stored, other = unit.draft(man), unit.draft(unit.man())
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=manager)
        grant = PersonalGrant.objects.get(content_object=man, source="referral")
        assert (grant.user_id, grant.ends_on) == (manager, last)
        assert [watch_referrals(by=replace(by, on=day), today=day) for day in (TODAY, last)] == [0, 0]
        assert [watch_referrals(by=replace(by, on=last + DAY), today=last + DAY) for _ in range(2)] == [1, 0]
        stored.refresh_from_db()
        assert stored.state == ReferralState.DRAFT
        change = stored.changes.get(verb=ReferralVerb.SEND_BACK)
        assert change.by_id is None
        assert "waited for until" in change.note
        assert Message.objects.get(kind=ANSWERED).recipient_id == unit.author.user_id
        author = replace(unit.author, on=last + DAY)
        assert list(waiting_for(Referral.objects.all(), Waiting.TO_ME, by=author, on=last + DAY)) == [stored]
        # Who has left cannot answer: nobody waits for the day.
        later, by = last + DAY, replace(by, on=last + DAY)
        ask_endorsement(by=author, today=later, referral_id=other.pk, endorser_id=manager)
        assert watch_referrals(by=by, today=later) == 0
        User.objects.filter(pk=manager).update(is_active=False)
        assert watch_referrals(by=by, today=later) == 1
        other.refresh_from_db()
        assert other.state == ReferralState.DRAFT
        assert not PersonalGrant.objects.filter(source="referral").exclude(ends_on__lte=later).exists()
        with pytest.raises(Refused, match="R45"):
            take_back_unendorsed(by=by, today=later, referral_id=other.pk)

    def test_a_seat_gives_the_record_with_the_vote_and_takes_both(self, unit: Unit) -> None:
        """Named while the panel has a referral, from a day to come, ended, or ended ahead (R46)."""
        man = unit.man()
        stored = unit.with_panel(man)
        other = AgencyFactory.create(area=unit.area)
        now, then = (
            MembershipFactory.create(area=unit.area, agency=other, role=Role.PANEL_MEMBER).user_id for _ in range(2)
        )

        def days(user_id: int) -> tuple[object, ...]:
            return tuple(
                PersonalGrant.objects.filter(source="referral", user=user_id).values_list("starts_on", "ends_on")
            )

        seats = [
            name_seat(
                by=unit.coordinator, today=TODAY, area_id=unit.area.pk, member_id=user_id, starts_on=starts_on
            )
            for user_id, starts_on in ((now, TODAY), (then, TODAY + 3 * DAY))
        ]  # fmt: skip
        assert days(now) == ((TODAY, None),)
        assert days(then) == ((TODAY + 3 * DAY, None),)
        assert can(Principal.for_membership(Membership.objects.get(user=now), on=TODAY), Perm.NOMINAL_VIEW, man)
        for seat in seats:
            end_seat(by=unit.coordinator, today=TODAY, seat_id=seat.pk, ends_on=TODAY + 5 * DAY)
        assert days(now) == ((TODAY, TODAY + 5 * DAY),)
        assert days(then) == ((TODAY + 3 * DAY, TODAY + 5 * DAY),)
        # What the panel is given later ends with the seat, too; what it loses goes before it has begun.
        withdraw_referral(by=unit.author, today=TODAY, referral_id=stored.pk, note="There is a newer one")
        assert days(now) == ((TODAY, TODAY),)
        assert days(then) == ()
        unit.with_panel(man)
        assert days(now) == ((TODAY, TODAY + 5 * DAY),)
        assert days(then) == ((TODAY + 3 * DAY, TODAY + 5 * DAY),)

    def test_locks_the_record_before_the_referral(self, unit: Unit) -> None:
        """As a merge does, which moves the referrals of the record it holds (R4)."""
        man = unit.man()
        stored, named = unit.with_panel(man), unit.submitted()
        steps: list[Callable[[], object]] = [
            lambda: start_referral(
                by=unit.author, today=TODAY, agency_id=unit.agency.pk, subject=Subject(nominal_id=man.pk)
            ),
            lambda: link_person(by=unit.coordinator, today=TODAY, referral_id=named.pk, nominal_id=man.pk),
            lambda: follow_panel(by=WATCH, today=TODAY, referral_id=stored.pk),
            lambda: refuse_first_notification(
                by=unit.coordinator, today=TODAY, notification_id=first_notification(unit.area, man).pk, reason="No"
            ),
            lambda: cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L2, reasons="They must meet"),
            lambda: withdraw_referral(by=unit.author, today=TODAY, referral_id=stored.pk, note="He has died"),
        ]
        for step in steps:
            with queries() as asked:
                step()
            locks = [each["sql"] for each in asked if "FOR NO KEY UPDATE" in each["sql"]]
            assert 'FROM "cases_nominal"' in locks[0]
            assert all('FROM "cases_nominal"' in each or f'"id" = {man.pk}' not in each for each in locks)

    def test_needs_a_panel(self, unit: Unit) -> None:
        stored = unit.submitted()
        for seat in _seats(unit):
            end_seat(by=unit.coordinator, today=TODAY, seat_id=seat, ends_on=TODAY)
        with pytest.raises(Refused, match="The panel has no members"):
            give_to_panel(by=unit.coordinator, today=TODAY + DAY, referral_id=stored.pk)


def _seats(unit: Unit) -> list[int]:
    return list(PanelSeat.objects.filter(area=unit.area).values_list("pk", flat=True))


class TestPanel:
    def test_the_second_of_three_accepts(self, unit: Unit) -> None:
        man = unit.man()
        stored = unit.vote(unit.with_panel(man), L2)
        assert stored.state == ReferralState.UNDER_PANEL
        unit.vote(stored)
        cast_vote(by=unit.panel[1], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        stored.refresh_from_db()
        assert (stored.state, stored.level_given, stored.decided_on) == (ReferralState.ACCEPTED, Level.TWO, TODAY)
        assert man.levels.get(ends_on__isnull=True).level == Level.TWO
        assert man.levels.get(ends_on__isnull=True).decision == f"referral:{stored.pk}"
        due = Obligation.objects.get(nominal=man, kind=ObligationKind.FIRST_MEETING)
        assert (due.triggered_on, due.met_on) == (TODAY, None)
        assert not PersonalGrant.objects.filter(source="referral", ends_on__isnull=True).exists()

    def test_three_who_disagree_settle_on_level_2(self, unit: Unit) -> None:
        stored = unit.vote(unit.with_panel(unit.man(), senior_need="The press is waiting"), L2, L3, NO)
        assert (stored.state, stored.level_given) == (ReferralState.ACCEPTED, Level.TWO)

    def test_nobody_with_a_part_votes_and_the_substitute_does(self, unit: Unit) -> None:
        man = unit.man()
        stored = unit.with_panel(man)
        Referral.objects.filter(pk=stored.pk).update(endorser=unit.panel[0].user_id)
        with pytest.raises(Refused, match="R47"):
            cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        assert unit.substitute
        cast_vote(by=unit.substitute, today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        with pytest.raises(Refused):
            cast_vote(by=unit.substitute, today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        assert PanelVote.objects.count() == 1

    def test_waits_for_whoever_may_vote_and_for_nobody_else(self, unit: Unit) -> None:
        """The condition that lists and Today count by, and the twin behind the button, agree for everybody."""
        assert unit.substitute
        plain, voted, again = unit.with_panel(), unit.vote(unit.with_panel(), NO), unit.vote(unit.with_panel(), NO)
        return_referral(by=unit.coordinator, today=TODAY, referral_id=again.pk, note="Who is at risk?")
        ask_endorsement(by=unit.author, today=TODAY, referral_id=again.pk, endorser_id=unit.manager.user_id or 0)
        endorse_referral(by=unit.manager, today=TODAY, referral_id=again.pk)
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=again.pk)
        endorsed, submitted = unit.with_panel(), unit.submitted()
        Referral.objects.filter(pk=endorsed.pk).update(endorser=unit.panel[0].user_id)
        officer = NamedOfficerRecord(
            unit.panel[1].user_id or 0, AgencyFactory.create(area=unit.area).pk, TODAY - 400 * DAY
        )
        own = NamedOfficerRecord(unit.author.user_id or 0, unit.agency.pk, TODAY - 400 * DAY)
        managed = unit.with_panel(unit.man(named_officers=(own, officer)))
        end_seat(by=unit.coordinator, today=TODAY, seat_id=_seats(unit)[2], ends_on=TODAY)
        everything = [plain, voted, again, endorsed, submitted, managed]
        for by in (*unit.panel, unit.substitute):
            for day in (TODAY, TODAY + DAY):
                rows = visible(by, Referral.objects.all(), Perm.REFERRAL_VIEW)
                found = {row.pk for row in waiting_for(rows, Waiting.MY_VOTE, by=by, on=day)}
                for row in everything:
                    row.refresh_from_db()
                assert found == {row.pk for row in everything if may_vote_on(row, by=by, today=day)}
                assert waiting_counts(by=by, on=day)[Waiting.MY_VOTE] == len(found)

    def test_one_vote_a_seat(self, unit: Unit) -> None:
        stored = unit.vote(unit.with_panel(unit.man()), NO)
        assert unit.substitute
        for by in (unit.panel[0], unit.substitute):
            with pytest.raises(Refused):
                cast_vote(by=by, today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")

    def test_a_decline_is_recorded_with_reason_and_route(self, unit: Unit) -> None:
        stored = unit.with_panel()
        with pytest.raises(Refused, match="R46"):
            decline_referral(
                by=unit.coordinator, today=TODAY, referral_id=stored.pk, reason=DeclineReason.NO_OFFENCE,
                text="No offence is recorded", route="Head of unit",
            )  # fmt: skip
        unit.vote(stored, NO, NO)
        assert standing_of(stored, TODAY).standing is PanelStanding.DECLINED
        with pytest.raises(Refused, match="R48"):
            decline_referral(
                by=unit.coordinator, today=TODAY, referral_id=stored.pk, reason=DeclineReason.NO_OFFENCE, text="No",
                route="",
            )  # fmt: skip
        decline_referral(
            by=unit.coordinator, today=TODAY, referral_id=stored.pk, reason=DeclineReason.NO_OFFENCE,
            text="No offence is recorded", route="Head of unit",
        )  # fmt: skip
        note_told(by=unit.coordinator, today=TODAY + DAY, referral_id=stored.pk, told_on=TODAY + DAY)
        stored.refresh_from_db()
        assert (stored.state, stored.told_on) == (ReferralState.DECLINED, TODAY + DAY)
        assert not Nominal.objects.filter(family_name="Shale").exists()

    def test_a_tie_escalates_and_is_decided_with_a_note(self, unit: Unit) -> None:
        stored = unit.with_panel(unit.man())
        end_seat(by=unit.coordinator, today=TODAY, seat_id=_seats(unit)[2], ends_on=TODAY)
        later = TODAY + DAY
        for by, vote in zip(unit.panel, (L2, NO), strict=False):
            cast_vote(by=by, today=later, referral_id=stored.pk, vote=vote, reasons="Agencies must meet")
        assert standing_of(stored, later).standing is PanelStanding.ESCALATED
        with pytest.raises(Refused, match="Say who decided"):
            accept_referral(by=unit.coordinator, today=later, referral_id=stored.pk, level=Level.TWO)
        accept_referral(
            by=unit.coordinator, today=later, referral_id=stored.pk, level=Level.TWO, note="Head of unit: risk is high"
        )
        stored.refresh_from_db()
        assert stored.state == ReferralState.ACCEPTED

    @pytest.mark.parametrize("why", ["away", "late"])
    def test_absence_and_silence_escalate(self, unit: Unit, why: str) -> None:
        """Once nobody can vote any more, or none has come in time, who decides finds it, is told, and decides (R46)."""
        stored = unit.vote(unit.with_panel(unit.man()), L2)
        later = TODAY + (30 if why == "late" else 1) * DAY
        for by in unit.panel[1:] if why == "away" else ():
            Absence.objects.create(user_id=by.user_id, starts_on=later, ends_on=later)
        everything = Referral.objects.all()
        by = replace(unit.coordinator, on=later)
        assert not waiting_for(everything, Waiting.TO_DECIDE, by=by, on=TODAY).exists()
        assert watch_panels(by=Principal.system("watch_panels", on=TODAY), today=TODAY) == 0
        with pytest.raises(Refused, match="R46"):
            accept_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, level=Level.TWO, note="I say so")
        system = Principal.system("watch_panels", on=later)
        assert [watch_panels(by=system, today=later) for _ in range(2)] == [1, 0]
        assert list(waiting_for(everything, Waiting.TO_DECIDE, by=by, on=later)) == [stored]
        assert waiting_counts(by=by, on=later)[Waiting.TO_DECIDE] == 1
        told = Message.objects.get(kind=TO_DECIDE)
        assert told.recipient_id == by.user_id
        assert still_to_decide(stored.pk, told.recipient, later)
        accept_referral(
            by=by, today=later, referral_id=stored.pk, level=Level.TWO, note="Head of unit: the risk is high"
        )
        assert not waiting_for(everything, Waiting.TO_DECIDE, by=by, on=later).exists()
        assert not still_to_decide(stored.pk, told.recipient, later)

    def test_declining_votes_wait_to_be_recorded(self, unit: Unit) -> None:
        stored = unit.vote(unit.with_panel(), NO, NO)
        assert list(waiting_for(Referral.objects.all(), Waiting.TO_DECIDE, by=unit.coordinator, on=TODAY)) == [stored]
        assert Message.objects.filter(kind=TO_DECIDE).values_list("recipient", flat=True).get() == (
            unit.coordinator.user_id
        )

    def test_a_substitute_of_two_votes_once(self, unit: Unit) -> None:
        """In the seat whose member cannot vote; with both barred the other seat is not waited for (R46, R47)."""
        assert unit.substitute
        both = PanelSeat.objects.filter(member__in=[unit.panel[0].user_id, unit.panel[1].user_id])
        both.update(substitute=unit.substitute.user_id)
        own = NamedOfficerRecord(unit.author.user_id or 0, unit.agency.pk, TODAY - 400 * DAY)
        officer = NamedOfficerRecord(
            unit.panel[1].user_id or 0, AgencyFactory.create(area=unit.area).pk, TODAY - 400 * DAY
        )
        stored = unit.with_panel(unit.man(named_officers=(own, officer)))
        vote = cast_vote(by=unit.substitute, today=TODAY, referral_id=stored.pk, vote=NO, reasons="Nothing is gained")
        assert vote.seat.member_id == unit.panel[1].user_id
        Referral.objects.filter(pk=stored.pk).update(endorser=unit.panel[0].user_id)
        stored.refresh_from_db()
        assert standing_of(stored, TODAY).standing is PanelStanding.OPEN
        cast_vote(by=unit.panel[2], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        assert standing_of(stored, TODAY).standing is PanelStanding.ESCALATED

    def test_is_accepted_only_with_a_record_and_a_ground(self, unit: Unit) -> None:
        stored = unit.with_panel()
        with pytest.raises(Refused, match="Link the referral"):
            cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        link_person(
            by=unit.coordinator, today=TODAY, referral_id=stored.pk, nominal_id=unit.man(grounds=(), levels=()).pk
        )
        with pytest.raises(Refused, match="no open ground"):
            cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")

    def test_category_3_opens_its_ground_with_both_findings(self, unit: Unit) -> None:
        man = unit.man(grounds=(), levels=())
        stored = unit.with_panel(
            man, category="3", offence="Three common assaults", outcome="conviction", outcome_on=TODAY - 90 * DAY,
            finding_capacity="He strangled two partners", finding_current="He has found the third",
        )  # fmt: skip
        unit.vote(stored, L2, L2)
        ground = man.grounds.get()
        assert (ground.kind, ground.starts_on, ground.finding_current) == (
            "other_dangerous", TODAY, "He has found the third",
        )  # fmt: skip
        assert man.levels.get().level == Level.TWO

    CATEGORY_3: ClassVar[dict[str, Any]] = {
        "category": "3", "outcome": "conviction", "outcome_on": TODAY - 90 * DAY,
        "offence": "He followed her home and broke in. " * 9,
        "finding_capacity": "He strangled two partners", "finding_current": "He has found the third",
    }  # fmt: skip

    @pytest.mark.parametrize("before", [Level.ONE, Level.TWO])
    def test_category_3_follows_the_day_after_another_ground(self, unit: Unit, before: Level) -> None:
        """No day without status, at the level of the decision from acceptance on; a long offence fits (R18, R32)."""
        ends = TODAY + 60 * DAY
        man = unit.man(
            grounds=(make.qualifying(TODAY - 400 * DAY, ends),), levels=(at_level(before, TODAY - 400 * DAY),)
        )
        unit.vote(unit.with_panel(man, **self.CATEGORY_3), L2, L2)
        ground = man.grounds.get(kind="other_dangerous")
        assert (ground.starts_on, ground.offence_text) == (ends + DAY, self.CATEGORY_3["offence"].strip())
        last = man.levels.latest("starts_on")
        assert (last.level, last.ends_on) == (Level.TWO, None)
        assert last.starts_on == (TODAY if before is Level.ONE else TODAY - 400 * DAY)

    @pytest.mark.parametrize("case", ["the level stands", "it begins with the first meeting", "a ground goes before"])
    def test_what_the_level_needs_is_asked_always(self, unit: Unit, case: str) -> None:
        """Also where acceptance sets no level at once (R33, R34)."""
        at = Level.ONE if case == "it begins with the first meeting" else Level.THREE
        ground = make.qualifying(TODAY - 400 * DAY, TODAY + 60 * DAY)
        man = unit.man(grounds=(ground,), levels=(at_level(at, TODAY - 400 * DAY),))
        if at is Level.ONE:
            ParameterOverride.objects.create(
                area=unit.area, key="level_starts_on", value="first_meeting", holds_from=TODAY - DAY, reason="Our way"
            )
        texts = self.CATEGORY_3 if case == "a ground goes before" else {}
        stored = unit.with_panel(man, **texts | {"risk_level": "medium"})
        with pytest.raises(Refused) as refused:
            cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L3, reasons="Agencies must meet")
        assert [reason.rule for reason in refused.value.decision.reasons] == ["R33", "R34"]
        Referral.objects.filter(pk=stored.pk).update(risk_level="high", senior_need="The press is waiting")
        assert unit.vote(stored, L3, L3).state == ReferralState.ACCEPTED

    def test_category_3_is_refused_beside_a_ground_without_an_end(self, unit: Unit) -> None:
        stored = unit.with_panel(unit.man(), **self.CATEGORY_3)
        with pytest.raises(Refused, match="R18"):
            cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")

    def test_a_document_is_accepted_once_the_unit_has_typed_what_it_says(self, unit: Unit) -> None:
        """Six things are enough to come before the panel, and to be declined; the rest is typed there (R17, R33)."""
        stored = register_received(
            by=unit.coordinator, today=TODAY, agency_id=unit.agency.pk,
            subject=Subject(nominal_id=unit.man(grounds=(), levels=()).pk), referrer="A practitioner",
            endorsed_by="A manager", received_on=TODAY, category="3", level_asked=Level.TWO,
        )  # fmt: skip
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Read out on the phone")
        with pytest.raises(Refused) as refused:
            cast_vote(by=unit.panel[0], today=TODAY, referral_id=stored.pk, vote=L2, reasons="Agencies must meet")
        assert {reason.rule for reason in refused.value.decision.reasons} >= {"R17", "R33", "R44"}
        stored.refresh_from_db()
        write_referral(
            by=unit.coordinator, today=TODAY, referral_id=stored.pk, section="all", version=stored.version,
            values=self.CATEGORY_3 | {"risk_level": "high", "value_reasons": "Police and health must agree a plan"},
        )  # fmt: skip
        assert unit.vote(stored, L2, L2).state == ReferralState.ACCEPTED

    def test_who_referred_or_endorsed_on_paper_does_not_vote(self, unit: Unit) -> None:
        stored = register_received(
            by=unit.coordinator, today=TODAY, agency_id=unit.agency.pk, subject=Subject(family_name="Shale"),
            referrer=unit.panel[0].name.upper(), endorsed_by=f" {unit.panel[1].name} ", received_on=TODAY,
            category="2", level_asked=Level.TWO,
        )  # fmt: skip
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Read out on the phone")
        stored.refresh_from_db()
        for by, rule in zip(unit.panel, ("R47", "R47", ""), strict=True):
            decision = may_vote_on(stored, by=by, today=TODAY)
            assert [reason.rule for reason in decision.reasons] == ([rule] if rule else [])
            assert waiting_counts(by=by, on=TODAY)[Waiting.MY_VOTE] == bool(decision)

    def test_a_returned_referral_is_voted_on_anew(self, unit: Unit) -> None:
        stored = unit.vote(unit.with_panel(unit.man()), NO)
        return_referral(by=unit.coordinator, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
        ask_endorsement(by=unit.author, today=TODAY, referral_id=stored.pk, endorser_id=unit.manager.user_id or 0)
        endorse_referral(by=unit.manager, today=TODAY, referral_id=stored.pk)
        give_to_panel(by=unit.coordinator, today=TODAY, referral_id=stored.pk)
        assert standing_of(stored, TODAY).standing is PanelStanding.OPEN
        unit.vote(stored, L2, L2)
        assert stored.state == ReferralState.ACCEPTED
        assert ReferralChange.objects.filter(referral=stored).count() == 8


class TestWhoMayVote:
    def test_who_is_kept_out_or_has_left_has_no_vote_and_is_not_waited_for(self, unit: Unit) -> None:
        """Not by the hand of the unit either; one sentence tells no cause (R46, R47, R100)."""
        man = unit.man()
        stored = unit.vote(unit.with_panel(man), L2)
        second, third = unit.panel[1:]
        exclude(
            by=unit.coordinator, today=TODAY, nominal_id=man.pk, reason="A neighbour", starts_on=TODAY,
            user_id=second.user_id,
        )  # fmt: skip
        assert standing_of(stored, TODAY).standing is PanelStanding.OPEN
        Membership.objects.filter(pk=third.membership_id).update(ends_on=TODAY - DAY)
        for by in (second, third):
            with pytest.raises(Refused, match="no seat in the panel today"):
                cast_vote(
                    by=unit.coordinator, today=TODAY, referral_id=stored.pk, vote=L2, reasons="They said so by phone",
                    voter_id=by.user_id,
                )  # fmt: skip
        assert standing_of(stored, TODAY).standing is PanelStanding.ESCALATED

    def test_acceptance_is_at_the_level_that_the_votes_came_to(self, unit: Unit) -> None:
        stored = unit.with_panel(unit.man(), senior_need="Its press interest", coordination_need="Four agencies")
        for by, given in zip(unit.panel, (L3, L2), strict=False):
            PanelVote.objects.create(
                referral=stored, round=1, seat_id=_seats(unit)[unit.panel.index(by)], voter_id=by.user_id, vote=given,
                seat_number=1 + unit.panel.index(by), reasons="Agencies must meet",
            )  # fmt: skip
        end_seat(by=unit.coordinator, today=TODAY, seat_id=_seats(unit)[2], ends_on=TODAY)
        later = TODAY + DAY
        result = standing_of(stored, later)
        assert (result.standing, result.level) == (PanelStanding.ACCEPTED, Level.TWO)
        with pytest.raises(Refused, match="the level that the votes came to"):
            accept_referral(by=unit.coordinator, today=later, referral_id=stored.pk, level=Level.THREE)
        accept_referral(by=unit.coordinator, today=later, referral_id=stored.pk, level=Level.TWO)


class TestFirstMeeting:
    @pytest.fixture
    def accepted(self, unit: Unit) -> Callable[..., Nominal]:
        def make_one(person: dict[str, Any] | None = None, **texts: Any) -> Nominal:
            man = unit.man(**person or {})
            unit.vote(unit.with_panel(man, **texts), L2, L2)
            return man

        return make_one

    def row(self, man: Nominal) -> tuple[int, int | None, int | None]:
        found = Obligation.objects.get(nominal=man, kind=ObligationKind.FIRST_MEETING)

        def off(day: Any) -> int | None:
            return None if day is None else (day - TODAY).days

        return (found.triggered_on - TODAY).days, off(found.due_on), off(found.met_on)

    def test_four_weeks_from_a_community_disposal(self, accepted: Callable[..., Nominal]) -> None:
        assert self.row(accepted(sentenced_on=TODAY - 10 * DAY)) == (-10, 18, None)

    def test_four_weeks_from_the_community_disposal_of_the_ground(self, accepted: Callable[..., Nominal]) -> None:
        order = {"disposal": Disposal.COMMUNITY_ORDER, "disposal_on": TODAY - 10 * DAY}
        grounds = (make.qualifying(TODAY - 400 * DAY), make.notification(TODAY - 10 * DAY, **order))
        assert self.row(accepted({"grounds": grounds})) == (-10, 18, None)

    def test_before_release(self, unit: Unit, accepted: Callable[..., Nominal]) -> None:
        held = {
            "whereabouts": (make.stay(Whereabouts.CUSTODY, TODAY - 400 * DAY),),
            "key_dates": (KeyDateRecord(KeyDateKind.RELEASE, TODAY + 60 * DAY),),
        }
        man = accepted(held)
        assert self.row(man) == (0, 59, None)
        set_key_date(
            by=unit.coordinator, today=TODAY, nominal_id=man.pk, kind=KeyDateKind.RELEASE, falls_on=TODAY + 30 * DAY
        )
        assert self.row(man) == (0, 29, None)

    def test_a_meeting_meets_it(self, unit: Unit, accepted: Callable[..., Nominal]) -> None:
        man = accepted(sentenced_on=TODAY - 10 * DAY)
        record_qualifying_meeting(
            by=unit.coordinator, today=TODAY + 5 * DAY, nominal_id=man.pk, meeting=make.meeting(TODAY + 5 * DAY)
        )
        assert self.row(man) == (-10, 18, 5)
