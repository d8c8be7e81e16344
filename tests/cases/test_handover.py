"""A leaver's work lands with the colleague on the day: access goes over, nothing is doubled, nothing is betrayed."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from agencies.access import can
from agencies.handover import HandOver, participants, preview
from agencies.models import Agency, Area, Contact, Membership
from agencies.roles import Perm, Role
from agencies.services.contacts import name_contact
from agencies.services.handover import hand_over, may_hand_over
from audit.presenters import history_of
from cases.models import NamedOfficerSpan, Nominal, PersonalGrant
from cases.records import ExclusionRecord, NamedOfficerRecord, PersonalGrantRecord
from letters.kinds import letter_kind
from letters.mail import email_for
from letters.models import Message
from mappa import clock
from rules.core import Refused
from rules.vocabulary import ContactPart, Handling, ParticipationSource
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, UserFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, system

DAY = timedelta(days=1)
THEN = TODAY + 10 * DAY
pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area)


def member(agency: Agency, role: Role = Role.PRACTITIONER, **more: object) -> Membership:
    return MembershipFactory.create(area=agency.area, agency=agency, role=role, **more)


def case_of(holder: Membership, **more: object) -> Nominal:
    return make.nominal(
        holder.area, named_officers=(NamedOfficerRecord(holder.user_id, holder.agency_id, LONG_AGO),), **more
    )


def give(leaver: Membership, colleague: Membership, on: date = THEN) -> None:
    hand_over(by=system(), today=TODAY, membership_id=leaver.pk, to_user_id=colleague.user_id, on=on)


def reads(holder: Membership, man: Nominal, day: date) -> bool:
    """Whether the person reads the record on the day, in a role they hold then."""
    holder = Membership.objects.select_related("user", "agency", "area").get(pk=holder.pk)
    return holder.holds_on(day) and bool(can(principal_for(holder, on=day), Perm.NOMINAL_VIEW, man))


def test_named_cases_go_over_on_the_day(agency: Agency) -> None:
    leaver, colleague, third = member(agency), member(agency), member(agency)
    man, hers = case_of(leaver), case_of(third)
    assert [(line.label, line.count) for line in preview(HandOver(leaver, THEN))] == [
        ("people whose named officer they are", 1)
    ]
    give(leaver, colleague)
    assert [reads(leaver, man, day) for day in (TODAY, THEN - DAY, THEN)] == [True, True, False]
    assert [reads(colleague, man, day) for day in (TODAY, THEN - DAY, THEN)] == [False, False, True]
    assert reads(third, hers, THEN)
    assert not reads(colleague, hers, THEN)
    spans = NamedOfficerSpan.objects.filter(nominal=man).order_by("starts_on")
    assert list(spans.values_list("officer", "starts_on", "ends_on")) == [
        (leaver.user_id, LONG_AGO, THEN - DAY), (colleague.user_id, THEN, None),
    ]  # fmt: skip
    leaver.refresh_from_db()
    assert leaver.ends_on == THEN - DAY
    assert not preview(HandOver(leaver, THEN))


def test_why_the_leaver_s_row_was_corrected_stays_with_it(agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    man = case_of(leaver)
    man.named_officers.update(corrected_on=TODAY, correction="She was named by mistake")
    give(leaver, colleague)
    said = dict(man.named_officers.values_list("officer", "correction"))
    assert said == {leaver.user_id: "She was named by mistake", colleague.user_id: ""}
    assert man.named_officers.get(officer=colleague.user).corrected_on is None


def test_what_was_opened_by_name_goes_over_when_nothing_else_keeps_the_leaver(agency: Agency) -> None:
    leaver, stayer, colleague = member(agency, Role.CHAIR), member(agency, Role.CHAIR), member(agency, Role.CHAIR)
    MembershipFactory.create(user=stayer.user, area=agency.area, agency=agency, role=Role.REVIEWER)
    opened = make.nominal(agency.area, personal_grants=(PersonalGrantRecord(leaver.user_id, LONG_AGO),))
    kept = make.nominal(agency.area, personal_grants=(PersonalGrantRecord(stayer.user_id, LONG_AGO),))
    give(leaver, colleague)
    give(stayer, colleague)
    assert (reads(leaver, opened, THEN), reads(colleague, opened, THEN)) == (False, True)
    assert not reads(colleague, kept, THEN)
    assert list(PersonalGrant.objects.filter(content_object=kept).values_list("user", "ends_on")) == [
        (stayer.user_id, None)
    ]


def test_a_restricted_record_is_read_on_with_a_named_case_only(agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    reader = PersonalGrantRecord(leaver.user_id, LONG_AGO, source=ParticipationSource.NAMED_READER, named_reader=True)
    named = case_of(leaver, handling=Handling.RESTRICTED, personal_grants=(reader,))
    other = make.nominal(agency.area, handling=Handling.RESTRICTED, personal_grants=(reader,))
    give(leaver, colleague)
    assert (reads(colleague, named, THEN), reads(colleague, other, THEN)) == (True, False)


@pytest.mark.parametrize("closed", ["excluded", "category 4"])
def test_what_the_colleague_may_not_have_ends_with_the_leaver_and_is_noted(agency: Agency, closed: str) -> None:
    leaver, colleague = member(agency, user=UserFactory.create(category_4=True)), member(agency)
    man = (
        case_of(leaver, exclusions=(ExclusionRecord("A neighbour", LONG_AGO, user_id=colleague.user_id),))
        if closed == "excluded"
        else case_of(leaver, handling=Handling.CATEGORY_4, grounds=(make.terrorism(),))
    )
    shown = sum(line.count for line in preview(HandOver(leaver, THEN)))
    assert shown == (1 if closed == "excluded" else 0)
    give(leaver, colleague)
    assert not NamedOfficerSpan.objects.filter(nominal=man, officer=colleague.user).exists()
    assert not PersonalGrant.objects.filter(content_object=man, user=colleague.user).exists()
    assert [reads(leaver, man, day) for day in (THEN - DAY, THEN)] == [True, False]
    assert "Officer left without successor" in [
        title for entry in history_of(system(), man.pk) for title in entry.titles
    ]


def test_contact_and_deputy_go_over(agency: Agency) -> None:
    leaver, deputy = member(agency, Role.SPOC), member(agency, Role.SPOC)
    for holder, part in ((leaver, ContactPart.SPOC), (deputy, ContactPart.DEPUTY)):
        name_contact(
            by=system(), today=TODAY, agency_id=agency.pk, user_id=holder.user_id, part=part, starts_on=LONG_AGO
        )
    give(leaver, deputy)
    rows = Contact.objects.order_by("starts_on", "part").values_list("user", "part", "ends_on")
    assert list(rows) == [
        (deputy.user_id, "deputy", THEN - DAY), (leaver.user_id, "spoc", THEN - DAY), (deputy.user_id, "spoc", None),
    ]  # fmt: skip


def test_only_to_a_colleague_in_the_same_role_and_not_in_the_past(agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    other_role, elsewhere = member(agency, Role.SPOC), member(AgencyFactory.create(area=agency.area))
    over, disabled = member(agency, ends_on=THEN - DAY), member(agency, user=UserFactory.create(is_active=False))

    def allowed(to: Membership, on: date = THEN) -> bool:
        return bool(may_hand_over(leaver, by=system(), today=TODAY, to=to.user, on=on))

    assert allowed(colleague)
    assert allowed(colleague, TODAY)
    assert not allowed(colleague, TODAY - DAY)
    assert not any(allowed(each) for each in (leaver, other_role, elsewhere, over, disabled))
    with pytest.raises(Refused, match="same role"):
        give(leaver, elsewhere)


def test_whoever_takes_over_is_told_on_the_first_day_and_of_nobody(agency: Agency) -> None:
    leaver, colleague = member(agency), member(agency)
    man = case_of(leaver)
    give(leaver, colleague)
    message = Message.objects.get(recipient=colleague.user)
    assert (message.kind, message.subject_id) == ("work_handed_over", leaver.pk)
    assert message.due_at.astimezone(clock.LONDON).date() == THEN
    email = email_for(message)
    html = str(email.alternatives[0][0])
    said = f"{email.subject} {email.body} {html}"
    assert f"hand-over {leaver.pk}" in said
    hidden = (man.family_name, leaver.user.family_name, colleague.user.family_name, agency.name)
    assert not any(word in said for word in hidden)
    wanted = letter_kind(message.kind).still_wanted
    assert wanted(leaver.pk, colleague.user, THEN)
    colleague.ends_on = THEN - DAY
    colleague.save(update_fields=["ends_on"])
    assert not wanted(leaver.pk, colleague.user, THEN), "who has left since is not told"


def test_who_takes_part_in_a_hand_over() -> None:
    assert [each.name for each in participants()] == [
        "contacts",
        "letter",
        "cases",
        "referrals",
        "actions",
        "meetings",
        "chairs",
        "saved views",
    ]


# --- Random worlds: every day of every case has the officer it had, with the colleague in the leaver's place --------

starts = st.integers(-8, 16).map(lambda shift: TODAY + shift * DAY)
spans = st.builds(
    lambda start, length: (start, None if length is None else start + length * DAY),
    starts,
    st.none() | st.integers(0, 20),
)
WINDOW = [TODAY + shift * DAY for shift in range(-10, 40)]


def holders(man: Nominal) -> dict[date, int]:
    return {
        day: row.officer_id
        for row in man.named_officers.all()
        for day in WINDOW
        if row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
    }


@given(st.lists(st.tuples(st.integers(0, 2), spans, st.booleans()), min_size=1, max_size=4), st.integers(0, 12))
def test_every_case_passes_over_once(drawn: list[tuple[int, tuple[date, date | None], bool]], ahead: int) -> None:
    """Officer 0 leaves, officer 1 takes over, officer 2 is a bystander; in some cases officer 1 is kept out."""
    with transaction.atomic():
        agency = AgencyFactory.create(area=AreaFactory.create())
        officers = [member(agency) for _ in range(3)]
        leaver, colleague, _ = officers
        people = [
            make.nominal(
                agency.area,
                named_officers=(NamedOfficerRecord(officers[number].user_id, agency.pk, *span),),
                exclusions=(ExclusionRecord("A relation", LONG_AGO, user_id=colleague.user_id),) if kept_out else (),
            )
            for number, span, kept_out in drawn
        ]
        before = [holders(man) for man in people]
        on = TODAY + ahead * DAY
        give(leaver, colleague, on)
        for man, held, (_, _, kept_out) in zip(people, before, drawn, strict=True):
            wanted = {
                day: colleague.user_id if day >= on and officer == leaver.user_id else officer
                for day, officer in held.items()
                if not (kept_out and day >= on and officer == leaver.user_id)
            }
            assert holders(man) == wanted
            granted = {
                (day, grant.user_id)
                for grant in man.personal_grants.filter(source=ParticipationSource.NAMED_OFFICER)
                for day in WINDOW
                if grant.starts_on <= day and (grant.ends_on is None or day <= grant.ends_on)
            }
            assert granted == set(wanted.items())
        transaction.set_rollback(True)
