"""A hand-over for a day ahead: nothing changes hands before the day, all of it on the day, and once (R44, R69)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from agencies.handover import HandOver, Participant, _participants, stuck_handovers
from agencies.models import Area, Contact, Membership, PlannedHandOver, User
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services.hand_over_day import (
    call_off_hand_over,
    carry_out_hand_over,
    carry_out_hand_overs,
    change_successor,
)
from agencies.services.handover import hand_over
from agencies.services.succession import plan_succession
from agencies.tasks import carry_out_successions_task
from cases.models import NamedOfficerSpan, Nominal, PanelSeat, PersonalGrant, Referral
from cases.records import ExclusionRecord, NamedOfficerRecord
from cases.services.participation import name_officer
from cases.services.referrals import ask_endorsement
from cases.tasks import reconcile_obligations_task
from exchange.models import SavedView
from letters.models import Message
from mappa import clock
from meetings.models import Action
from rules.core import Refused
from rules.vocabulary import ContactPart, Handling, InvitationAnswer
from tests.cases.test_referrals import Unit, principal, unit
from tests.desk.test_today import cards
from tests.factories import cases as make
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, MembershipFactory, sign_in
from tests.factories.cases import LONG_AGO, TODAY, system
from tests.factories.visits import hidden, text_of, visitor
from tests.meetings.test_actions import brought

__all__ = ["unit"]


DAY = timedelta(days=1)
THEN = TODAY + 5 * DAY


def send(client: Client, url: str, **said: Any) -> Any:
    """Open the form, fill it in, send it."""
    return client.post(url, {**hidden(client.get(url)), **said})


def member(unit: Unit, role: Role = Role.PRACTITIONER, **more: Any) -> Membership:
    return MembershipFactory.create(area=unit.area, agency=unit.agency, role=role, **more)


def give(leaver: Membership, to: Membership, on: date = THEN) -> None:
    hand_over(by=system(), today=TODAY, membership_id=leaver.pk, to_user_id=to.user_id, on=on)


def does(leaver: Membership, man: Nominal, what: str) -> Action:
    (action,) = brought(man, leaver.agency, what)
    Action.objects.filter(pk=action.pk).update(responsible=leaver.user)
    return action


def tick(on: date) -> None:
    """All that runs in the background, in the order in which it least suits a hand-over."""
    clock.pretend(on)
    reconcile_obligations_task()
    carry_out_successions_task()


def work() -> list[list[tuple[Any, ...]]]:
    """Who has what: actions, endorsements, referrals, views."""
    return [
        list(Action.objects.order_by("pk").values_list("pk", "responsible")),
        list(Referral.objects.order_by("pk").values_list("pk", "author", "endorser", "state")),
        list(SavedView.objects.order_by("pk").values_list("pk", "owner")),
    ]


def shared(of: Membership, name: str, area: Area | None) -> SavedView:
    return SavedView.objects.create(owner=of.user, area=area, name=name, list_name="register")


def test_everything_changes_hands_on_the_day_and_once(unit: Unit) -> None:
    """Also what comes to the leaver between the saying and the day; what the colleague may not have goes to nobody."""
    leaver, colleague = Membership.objects.get(pk=unit.manager.membership_id), member(unit, manages=True)
    own = (NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),)
    man, later = unit.man(named_officers=own), unit.man()
    closed = unit.man(exclusions=(ExclusionRecord("A neighbour", LONG_AGO, user_id=colleague.user_id),))
    acted, kept_out = does(leaver, man, "Visit"), does(leaver, closed, "Write")
    asked: dict[str, Any] = {"by": unit.author, "today": TODAY, "endorser_id": leaver.user_id}
    first, written = unit.draft(unit.man()), replace(unit, author=principal(leaver)).draft()
    ask_endorsement(**asked, referral_id=first.pk)
    coordinators = [member(unit, Role.COORDINATOR) for _ in range(2)]
    views = shared(coordinators[0], "Late", unit.area), shared(coordinators[0], "Mine", None)

    before = work()
    give(leaver, colleague)
    give(*coordinators)
    kit = Client()
    sign_in(kit, leaver.user, acting=leaver)
    assert f"goes to {colleague.user.name} on" in text_of(kit.get(reverse("referral", args=[first.pk])))
    assert work() == before
    # Between the saying and the day.
    came = does(leaver, man, "Call")
    second, drafted = unit.draft(later), replace(unit, author=principal(leaver)).draft()
    ask_endorsement(**asked, referral_id=second.pk)
    name_officer(
        by=system(), today=TODAY, nominal_id=later.pk, officer_id=leaver.user_id, agency_id=unit.agency.pk,
        starts_on=TODAY,
    )  # fmt: skip
    before = work()
    tick(THEN - DAY)
    assert work() == before

    tick(THEN)
    assert dict(Action.objects.values_list("pk", "responsible")) == {
        acted.pk: colleague.user_id, came.pk: colleague.user_id, kept_out.pk: None,
    }  # fmt: skip
    assert set(Referral.objects.filter(endorser=colleague.user)) == {first, second}
    assert set(Referral.objects.filter(author=colleague.user)) == {written, drafted}
    assert [SavedView.objects.get(pk=each.pk).owner_id for each in views] == [
        coordinators[1].user_id, coordinators[0].user_id,
    ]  # fmt: skip
    assert set(NamedOfficerSpan.objects.filter(officer=colleague.user).values_list("nominal", "starts_on")) == {
        (man.pk, THEN), (later.pk, THEN),
    }  # fmt: skip
    reading = PersonalGrant.objects.filter(source="referral", user=colleague.user, starts_on__lte=THEN)
    assert {first.nominal_id, later.pk} <= set(reading.values_list("content_object", flat=True))
    assert set(PlannedHandOver.objects.values_list("done_on", flat=True)) == {THEN}
    sign_in(kit, colleague.user, acting=colleague)
    for referral, line in ((written, "Passed on to another author"), (first, "Another manager asked to endorse")):
        text = text_of(kit.get(reverse("referral", args=[referral.pk])))
        assert (text.count(line), text.count(f"{colleague.user.name} instead of {leaver.user.name}")) == (1, 1)
    told, done = Message.objects.filter(kind="work_handed_over").count(), work()
    tick(THEN)
    tick(THEN + DAY)
    assert (work(), told) == (done, 2)
    with pytest.raises(Refused, match="It is done"):
        carry_out_hand_over(by=system(), today=THEN, planned_id=PlannedHandOver.objects.latest("pk").pk)


def test_one_that_cannot_be_carried_out_holds_up_no_other(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The role was given again, the colleague has gone, a row fails: these wait, the last is carried out late."""
    posts = [(member(unit), member(unit)) for _ in range(4)]
    actions = [does(leaver, unit.man(), "Visit") for leaver, _ in posts]
    for leaver, colleague in posts:
        give(leaver, colleague)
    stays, gone, fails, goes = posts
    member(unit, user=stays[0].user, starts_on=THEN)
    Membership.objects.filter(pk=gone[1].pk).update(ends_on=THEN - DAY)

    def fail(handover: HandOver, by: Principal, today: date) -> None:
        if handover.membership.user_id == fails[0].user_id:
            raise ValueError

    monkeypatch.setitem(_participants, "one that fails", Participant("one that fails", lambda _: [], fail))
    with capture_logs() as logs:
        done = carry_out_hand_overs(THEN + 3 * DAY)
    assert [row.leaver for row in done] == [goes[0].user]
    said = [line["event"] for line in logs if line.get("work") == "hand-overs"]
    assert said == ["row left alone", "row left alone", "row failed"]
    assert [Action.objects.get(pk=each.pk).responsible for each in actions] == [
        stays[0].user, gone[0].user, fails[0].user, goes[1].user,
    ]  # fmt: skip


def test_called_off_or_said_anew_before_the_day(unit: Unit) -> None:
    """Called off, nothing that waited moves; said anew, the later word holds."""
    leaver, other = Membership.objects.get(pk=unit.author.membership_id), member(unit)
    colleague, next_one = member(unit), member(unit)
    referral, action, second = unit.draft(), does(leaver, unit.man(), "Visit"), does(other, unit.man(), "Write")
    give(leaver, colleague)
    row = PlannedHandOver.objects.get(leaver=leaver.user)
    call_off_hand_over(by=system(), today=TODAY, planned_id=row.pk)
    with pytest.raises(Refused, match="called off already"):
        call_off_hand_over(by=system(), today=TODAY, planned_id=row.pk)
    give(other, colleague)
    give(other, next_one)
    assert [row.author for row in Referral.objects.filter(passes_on=None)] == [leaver.user]
    assert [each.leaver for each in carry_out_hand_overs(THEN)] == [other.user]
    assert [Action.objects.get(pk=each.pk).responsible for each in (action, second)] == [leaver.user, next_one.user]
    assert Referral.objects.get(pk=referral.pk).author == leaver.user


def test_the_agency_is_replaced_before_the_day(unit: Unit) -> None:
    """The work is the successor's by then: it goes to the same colleague, who acts for the successor."""
    leaver, colleague = member(unit), member(unit)
    action = does(leaver, unit.man(), "Visit")
    give(leaver, colleague)
    new = AgencyFactory.create(area=unit.area, kind=unit.agency.kind, duty=unit.agency.duty)
    plan_succession(
        by=system(), today=TODAY, area_id=unit.area.pk, predecessor_ids=[unit.agency.pk], successor_id=new.pk,
        happens_on=TODAY + DAY, reason="They merge",
    )  # fmt: skip
    tick(TODAY + DAY)
    assert PlannedHandOver.objects.get().agency == new
    tick(THEN)
    action.refresh_from_db()
    assert (action.agency, action.responsible) == (new, colleague.user)


def test_both_read_until_the_day_what_goes_to_whom(unit: Unit) -> None:
    leaver, colleague = member(unit), member(unit)
    give(leaver, colleague)
    kit, _ = visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)
    goes, comes = f"everything goes to {colleague.user.name} on", f"everything of {leaver.user.name} comes to"
    assert goes in text_of(kit.get(reverse("user", args=[leaver.user_id])))
    assert comes in text_of(kit.get(reverse("user", args=[colleague.user_id])))
    assert f"goes to {colleague.user.name} on" in text_of(kit.get(reverse("agency", args=[unit.agency.pk])))
    for holder, words in ((leaver, goes), (colleague, f"{comes} you")):
        sign_in(kit, holder.user, acting=holder)
        assert words in text_of(kit.get(reverse("account")))
    admin, _ = visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)
    row = PlannedHandOver.objects.get()
    assert admin.post(reverse("hand-over-call-off", args=[row.pk])).status_code == 302
    assert "changes hands" not in text_of(admin.get(reverse("user", args=[leaver.user_id])))
    elsewhere, _ = visitor(make.nominal(AgencyFactory.create().area).area, Role.SYSTEM_ADMINISTRATOR)
    assert elsewhere.post(reverse("hand-over-call-off", args=[row.pk])).status_code == 404


def test_who_is_to_take_over_has_gone(unit: Unit) -> None:
    """Whoever must act is told why nothing changes hands and what to do, and chooses another colleague."""
    leaver, colleague, other = member(unit), member(unit), member(unit)
    action, written = does(leaver, unit.man(), "Visit"), replace(unit, author=principal(leaver)).draft()
    give(leaver, colleague)
    row, (admin, _) = PlannedHandOver.objects.get(), visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)
    pages = [reverse("user", args=[each.user_id]) for each in (leaver, colleague)] + [reverse("hand-overs")]
    why = "Cannot be carried out The colleague does not hold the role then, or cannot sign in any more"
    assert not any(why in text_of(admin.get(url)) for url in pages)
    Membership.objects.filter(pk=colleague.pk).update(ends_on=THEN - DAY)
    assert all(why in text_of(admin.get(url)) for url in pages), "before its day as well"
    tick(THEN)
    assert (Action.objects.get().responsible, Referral.objects.get().author) == (leaver.user, leaver.user)
    assert all(why in text_of(admin.get(url)) for url in pages)
    number, url = cards(admin.get("/").content.decode())["hand-overs that cannot be carried out"]
    assert (number, url) == (1, reverse("hand-overs"))
    kit = Client()
    sign_in(kit, leaver.user, acting=member(unit, Role.SPOC, user=leaver.user))
    assert "the system administrator of your area sees why" in text_of(kit.get(reverse("account")))

    change = reverse("hand-over-change", args=[row.pk])
    assert "stay with " + colleague.user.name in text_of(admin.get(change))
    outsider = MembershipFactory.create(area=unit.area)
    assert send(admin, change, to=outsider.user_id).status_code == 422
    with pytest.raises(Refused, match="same role for the same agency"):
        change_successor(by=system(), today=THEN, planned_id=row.pk, to_user_id=outsider.user_id)
    with pytest.raises(Refused, match="this colleague already"):
        change_successor(by=system(), today=THEN, planned_id=row.pk, to_user_id=colleague.user_id)
    assert send(admin, change, to=other.user_id).status_code == 302
    tick(THEN)
    action.refresh_from_db()
    written.refresh_from_db()
    row.refresh_from_db()
    assert (action.responsible, written.author, row.to, row.done_on) == (other.user, other.user, other.user, THEN)
    assert send(admin, change, to=other.user_id).status_code == 422
    reader, _ = visitor(unit.area, Role.INFORMATION_GOVERNANCE)
    log = text_of(reader.get(reverse("change-log")))
    assert "Hand over successor changed" in log, "the history keeps it"


def test_another_colleague_before_the_day(unit: Unit) -> None:
    """What is noted to be passed on is noted for the other; an account that is disabled takes nothing over."""
    leaver, colleague, other = member(unit), member(unit), member(unit)
    written = replace(unit, author=principal(leaver)).draft()
    give(leaver, colleague)
    row = PlannedHandOver.objects.get()
    User.objects.filter(pk=colleague.user_id).update(is_active=False)
    assert list(stuck_handovers(TODAY)) == [row]
    change_successor(by=system(), today=TODAY, planned_id=row.pk, to_user_id=other.user_id)
    written.refresh_from_db()
    assert (written.passes_to, written.passes_on) == (other.user, THEN)
    assert list(stuck_handovers(TODAY)) == []
    tick(THEN)
    written.refresh_from_db()
    assert written.author == other.user


def test_the_leaver_has_the_role_again(unit: Unit) -> None:
    leaver, colleague = member(unit), member(unit)
    give(leaver, colleague)
    member(unit, user=leaver.user, starts_on=THEN)
    admin, _ = visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)
    said = text_of(admin.get(reverse("hand-overs")))
    assert "The leaver has been given the role again: call the hand-over off, or end the role." in said


def test_what_is_dated_ahead_is_listed_until_it_is_called_off(unit: Unit) -> None:
    """Exactly what stands with the colleague: with its pages for whoever may open them, counted for others, and
    nothing of Category 4 for whoever is not cleared (R99)."""
    leaver, colleague = Membership.objects.get(pk=unit.author.membership_id), member(unit)
    own = (NamedOfficerRecord(leaver.user_id, unit.agency.pk, LONG_AGO),)
    men = [unit.man(family_name=name, named_officers=own) for name in ("Barytes", "Fluorite")]
    unit.man(family_name="Galena", named_officers=own, handling=Handling.CATEGORY_4, grounds=(make.terrorism(),))
    unit.man(family_name="Umber", named_officers=())
    give(leaver, colleague)
    row = PlannedHandOver.objects.get()
    page = reverse("planned-hand-over", args=[row.pk])
    kit, helen = visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)[0], visitor(unit.area)[0]
    assert page in kit.get(reverse("user", args=[leaver.user_id])).content.decode()
    read, counted = helen.get(page).content.decode(), text_of(kit.get(page))
    assert [name in read for name in ("Barytes", "Fluorite", "Galena", "Umber")] == [True, True, False, False]
    assert all(f'href="{reverse("nominal", args=[man.pk])}"' in read for man in men)
    assert "People whose named officer they are until then 2 that you may not open" in counted
    assert "Barytes" not in counted
    assert kit.post(reverse("hand-over-call-off", args=[row.pk])).headers["Location"] == page
    counted = text_of(kit.get(page))
    assert "Called off on" in counted
    assert "Nothing that you may know of: what was dated ahead went back as it was." in counted
    assert "Call it off" not in counted
    elsewhere, _ = visitor(make.nominal(AgencyFactory.create().area).area)
    assert elsewhere.get(page).status_code == 404


def test_contacts_seats_meetings_and_chairs_dated_ahead_are_listed(unit: Unit) -> None:
    """Each with its page; who reads agencies alone is told how many there are."""
    kit, helen = visitor(unit.area, Role.SYSTEM_ADMINISTRATOR)[0], visitor(unit.area)[0]
    spoc, seated, chair = (
        [member(unit, role) for _ in range(2)] for role in (Role.SPOC, Role.PANEL_MEMBER, Role.COORDINATOR)
    )
    Contact.objects.create(agency=unit.agency, user=spoc[0].user, part=ContactPart.SPOC, starts_on=LONG_AGO)
    PanelSeat.objects.create(area=unit.area, number=90, member=seated[0].user, starts_on=LONG_AGO)
    panel = plan.panel(unit.area)
    for each in chair:
        plan.may_chair(unit.area, each.user)
    held = plan.sitting(unit.area, panel, chair=chair[0].user)
    slot = plan.slot(unit.man(family_name="Barytes"), held)
    plan.invitation(slot, unit.agency, answer=InvitationAnswer.ATTENDING, answered_on=TODAY, attends=spoc[0].user)
    expected = (
        (spoc, {"agency": unit.agency.pk, "slot": slot.pk}, "1 that you may not open"),
        (seated, {"panel-seats": None}, "Seats of the referral panel 1 that you may not open"),
        (chair, {"sitting": held.pk, "chairs": None}, "Panels that they may chair until then 1 that you may not open"),
    )
    for posts, pages, said in expected:
        give(*posts)
        url = reverse("planned-hand-over", args=[PlannedHandOver.objects.get(leaver=posts[0].user).pk])
        read = helen.get(url).content.decode().partition('id="dated"')[2]
        for name, pk in pages.items():
            assert f'href="{reverse(name, args=[] if pk is None else [pk])}"' in read, name
        assert said in text_of(kit.get(url))
