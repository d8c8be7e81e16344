"""A restricted person or one of Category 4 who seems to be in the register twice: who reads both is told (R4)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail
from django.test import Client

from agencies.models import Area, Membership
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Exclusion, Nominal, PersonalGrant, TwoPeople
from cases.services.merging import merge_nominals
from cases.services.participation import the_permission
from cases.services.people import edit_nominal, record_nominal
from cases.services.two_people import take_back_mark, tell_apart
from cases.tasks import reconcile_obligations_task
from letters.models import Message
from letters.states import State
from letters.tasks import send_letters_task
from mappa import clock
from rules.vocabulary import Handling, ParticipationSource
from tests.factories.agencies import AreaFactory, MembershipFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, nominal, pnc, system
from tests.factories.visits import queries, text_of, visitor

pytestmark = pytest.mark.django_db
BORN = date(1984, 5, 17)
TOLD = "/nominals/doubles/told/"
KIND = "possible_double"


@pytest.fixture(autouse=True)
def _day(db: None) -> None:
    clock.pretend(TODAY)


def hidden(area: Area, handling: Handling = Handling.CATEGORY_4, number: int = 9000001, **more: object) -> Nominal:
    known = {"family_name": "Obsidian", "date_of_birth": date(1970, 1, 2)}
    return nominal(area, handling=handling, identifiers=(pnc(number),), **known | more)


def added(by: Principal, area: Area, number: int = 9000001, **more: object) -> Nominal:
    """Somebody adds the same man anew, and sees nothing of the other record."""
    known = {"family_name": "Gypsum", "given_names": "Nigel", "date_of_birth": BORN, "identifiers": [pnc(number)]}
    return record_nominal(by=by, today=TODAY, area=area, **known | more)


def card(client: Client) -> str:
    words = text_of(client.get("/"))
    end = words.index(" possible doubles of records you read")
    return words[:end].rpartition(" ")[2]


def told() -> set[int]:
    reconcile_obligations_task()
    return set(Message.objects.filter(kind=KIND).values_list("recipient", flat=True))


def named_reader(member: Membership, record: Nominal) -> None:
    PersonalGrant.objects.create(
        user=member.user, content_object=record, permission=the_permission(), named_reader=True,
        source=ParticipationSource.NAMED_READER, starts_on=LONG_AGO,
    )  # fmt: skip


def test_only_whoever_reads_both_is_told_of_a_record_of_category_4(area: Area, coordinator: Principal) -> None:
    cleared, member = visitor(area, user__category_4=True)
    office, jo = visitor(area, Role.ADMINISTRATOR, user__category_4=True)
    out, excluded = visitor(area, user__category_4=True)
    plain, _ = visitor(area)
    elsewhere, _ = visitor(AreaFactory(), user__category_4=True)
    obsidian = hidden(area)
    new = added(coordinator, area)
    Exclusion.objects.create(nominal=new, user=excluded.user, reason="Neighbour", starts_on=LONG_AGO)
    assert [card(each) for each in (cleared, office, out, plain, elsewhere)] == ["1", "1", "0", "0", "0"]
    assert told() == {member.user_id, jo.user_id}
    for each in (cleared, office):
        words = text_of(each.get(TOLD))
        assert "1 pair" in words
        assert "Obsidian" in words
        assert "Nigel Gypsum" in words
        assert "The same PNC" in words
    assert "Compare" in text_of(cleared.get(TOLD))
    assert "A coordinator merges them" in text_of(office.get(TOLD))
    for each in (out, plain, elsewhere):
        words = text_of(each.get(TOLD))
        assert "that you read seems to stand here twice" in words
        assert "Obsidian" not in words
        assert "Gypsum" not in words
    assert obsidian.pk != new.pk


def test_only_named_readers_who_read_the_other_are_told_of_a_restricted_record(
    area: Area, coordinator: Principal
) -> None:
    reads, helen = visitor(area)
    officer, practitioner = visitor(area, Role.PRACTITIONER)
    plain, _ = visitor(area, user__category_4=True)
    closed = hidden(area, Handling.RESTRICTED)
    for member in (helen, practitioner):
        named_reader(member, closed)
    added(coordinator, area)
    assert [card(each) for each in (reads, officer, plain)] == ["1", "0", "0"]
    assert told() == {helen.user_id}


def test_two_roles_of_which_each_reads_one_are_not_one_that_reads_both(area: Area, coordinator: Principal) -> None:
    there = AreaFactory()
    member = MembershipFactory.create(area=area, role=Role.COORDINATOR, user__category_4=True)
    MembershipFactory.create(area=there, role=Role.COORDINATOR, user=member.user)
    hidden(there)
    added(coordinator, area)
    assert told() == set()


@pytest.mark.parametrize("way", ["by edit", "brought in", "by name and birth date", "both hidden"])
def test_however_it_came(area: Area, coordinator: Principal, way: str) -> None:
    cleared, member = visitor(area, user__category_4=True)
    hidden(area)
    if way == "by edit":
        man = added(coordinator, area, identifiers=[])
        assert (card(cleared), told()) == ("0", set())
        edit_nominal(by=coordinator, today=TODAY, nominal_id=man.pk, version=1, family_name="Gypsum",
                     date_of_birth=BORN, identifiers=[pnc(9000001)])  # fmt: skip
    elif way == "brought in":
        nominal(area, family_name="Gypsum", identifiers=(pnc(9000001),))
    elif way == "by name and birth date":
        added(coordinator, area, identifiers=[], family_name="OBSIDIAN", date_of_birth=date(1970, 1, 2))
    else:
        hidden(area, family_name="Gypsum")
    assert (card(cleared), told()) == ("1", {member.user_id})


@pytest.mark.parametrize("end", ["merged", "two people", "number taken away"])
def test_it_ends_when_it_is_put_right(area: Area, coordinator: Principal, end: str) -> None:
    cleared, member = visitor(area, user__category_4=True)
    by, obsidian, new = principal_for(member, on=TODAY), hidden(area), added(coordinator, area)
    assert (card(cleared), told()) == ("1", {member.user_id})
    if end == "merged":
        merge_nominals(by=by, today=TODAY, kept_id=obsidian.pk, absorbed_id=new.pk, reason="The same fingerprints")
    elif end == "two people":
        tell_apart(by=by, today=TODAY, one_id=new.pk, other_id=obsidian.pk, reason="Other fingerprints")
    else:
        edit_nominal(by=coordinator, today=TODAY, nominal_id=new.pk, version=1, family_name="Gypsum",
                     date_of_birth=BORN, identifiers=[])  # fmt: skip
    assert card(cleared) == "0"
    assert "seems to stand here twice" in text_of(cleared.get(TOLD))
    send_letters_task()
    assert Message.objects.get(kind=KIND).state == State.WITHDRAWN, "what is put right before is not told"
    assert mail.outbox == []


def test_told_once_and_again_when_something_new_makes_them_alike(area: Area, coordinator: Principal) -> None:
    _, member = visitor(area, user__category_4=True)
    by, obsidian, new = principal_for(member, on=TODAY), hidden(area), added(coordinator, area)
    for _ in range(2):
        told()
    assert Message.objects.count() == 1
    tell_apart(by=by, today=TODAY, one_id=new.pk, other_id=obsidian.pk, reason="Other fingerprints")
    told()
    assert Message.objects.count() == 1
    take_back_mark(by=by, today=TODAY, one_id=new.pk, other_id=obsidian.pk)
    told()
    assert (Message.objects.count(), TwoPeople.objects.count()) == (2, 1)


def test_the_letter_names_nobody_and_stands_in_no_outbox(
    area: Area, coordinator: Principal, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    _, member = visitor(area, user__category_4=True)
    settles, _ = visitor(area, Role.SYSTEM_ADMINISTRATOR)
    before = text_of(settles.get("/outbox/")), text_of(settles.get("/"))
    obsidian, new = hidden(area), added(coordinator, area)
    told()
    message = Message.objects.get()
    assert (text_of(settles.get("/outbox/")), text_of(settles.get("/"))) == before
    Message.objects.update(state=State.FAILED, settled_at=message.posted_at)
    assert (text_of(settles.get("/outbox/")), text_of(settles.get("/"))) == before
    assert settles.post(f"/outbox/{message.pk}/resend/").status_code == 404
    Message.objects.update(state=State.WAITING, settled_at=None)
    send_letters_task()
    [letter] = mail.outbox
    assert letter.to == [member.user.email]
    whole = letter.message().as_string()
    for word in (
        "Obsidian",
        "Gypsum",
        "nominals/",
        f"record {obsidian.pk}",
        f"record {new.pk}",
        "Category",
        "restrict",
    ):
        assert word not in whole


def test_the_history_says_it_in_words_to_those_only_who_read_both(area: Area, coordinator: Principal) -> None:
    cleared, _ = visitor(area, user__category_4=True)
    out, excluded = visitor(area, user__category_4=True)
    obsidian, new = hidden(area), added(coordinator, area)
    Exclusion.objects.create(nominal=new, user=excluded.user, reason="Neighbour", starts_on=LONG_AGO)
    path, said = f"/nominals/{obsidian.pk}/history/", f"Record {new.pk} was added or changed so that it may be of this"
    assert said in text_of(cleared.get(path))
    words = text_of(out.get(path))
    assert f"Record {new.pk}" not in words
    assert "Clash" not in words
    merge_nominals(by=system(), today=TODAY, kept_id=obsidian.pk, absorbed_id=new.pk, reason="The same fingerprints")
    assert said in text_of(cleared.get(path)), "it is part of the kept record now"


@pytest.mark.parametrize("handling", [Handling.CATEGORY_4, Handling.RESTRICTED])
def test_the_logs_say_the_same_of_it_as_of_nobody(area: Area, coordinator: Principal, handling: Handling) -> None:
    watches, _ = visitor(area, Role.INFORMATION_GOVERNANCE)
    visitor(area, user__category_4=True)
    hidden(area, handling)
    new = added(coordinator, area)
    told()
    assert Message.objects.exists() is (handling is Handling.CATEGORY_4)
    words = text_of(watches.get("/logs/changes/")) + text_of(watches.get(f"/logs/changes/records/{new.pk}/"))
    assert "Nominal recorded" in words
    assert "lash with hidden" not in words
    of_letters = text_of(watches.get("/logs/changes/?table=letters_message"))
    assert "Nothing in the log matches" in of_letters, "what the task wrote is of nobody who stands in the log"


def test_it_costs_the_same_for_one_and_for_three(area: Area, coordinator: Principal) -> None:
    cleared, _ = visitor(area, user__category_4=True)

    def cost() -> list[int]:
        found = []
        for path in ("/", TOLD):
            cleared.get(path)
            with queries() as asked:
                cleared.get(path)
            found.append(len(asked))
        return found

    hidden(area)
    added(coordinator, area)
    one = cost()
    for number, name in ((9000002, "Jet"), (9000003, "Basalt")):
        hidden(area, number=number, family_name=name)
        added(coordinator, area, number)
    assert card(cleared) == "3"
    assert cost() == one


def test_the_task_takes_as_many_steps_to_find_one_as_three(area: Area, coordinator: Principal) -> None:
    visitor(area, user__category_4=True)
    hidden(area)
    added(coordinator, area)
    told()

    def steps() -> int:
        with queries() as asked:
            reconcile_obligations_task()
        return len(asked)

    one = steps()
    for number, name in ((9000002, "Jet"), (9000003, "Basalt")):
        hidden(area, number=number, family_name=name)
        added(coordinator, area, number)
    told()
    assert steps() == one
