"""The history of a record that was one with another for a time, read by who may not read that other (R99, R100)."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import Role
from audit.presenters import CASE
from audit.rebuilding import rows_held
from audit.withholding import NOT_TOLD
from cases.models import Address, Merge, Nominal
from cases.records import AddressRecord, PersonalGrantRecord
from cases.services.address_corrections import correct_address
from cases.services.merging import merge_nominals, undo_merge
from cases.services.people import record_address
from cases.services.tenure import set_tenure
from desk.compartments import not_told_of
from desk.views import HISTORY_SIZE
from mappa import clock
from rules.vocabulary import Handling, Tenure
from tests.audit.conftest import migrator
from tests.factories.agencies import AreaFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, nominal, system
from tests.factories.visits import text_of, visitor

WARREN = "63 Gritstone Edge"
SAFE = "99 Safehouse Lane"
OWN = "1 Tufa Rise"


@pytest.fixture
def area(own_database: object) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def unit(area: Area) -> tuple[Client, Membership]:
    """An administrator of the unit, who is no named reader."""
    return visitor(area, Role.ADMINISTRATOR)


@pytest.fixture
def reader(area: Area) -> tuple[Client, Membership]:
    return visitor(area)


@pytest.fixture
def known(area: Area) -> Nominal:
    """Open to the whole unit."""
    return nominal(area, family_name="Tufa", given_names="Kieran", addresses=(AddressRecord(LONG_AGO, lines=OWN),))


@pytest.fixture
def guarded(area: Area, reader: tuple[Client, Membership]) -> Nominal:
    """Restricted to one reader."""
    return nominal(
        area,
        family_name="Tuffer",
        given_names="Kieron",
        addresses=(AddressRecord(LONG_AGO, lines=WARREN),),
        handling=Handling.RESTRICTED,
        personal_grants=(PersonalGrantRecord(reader[1].user_id, LONG_AGO, named_reader=True),),
    )


@pytest.fixture
def between(known: Nominal, guarded: Nominal) -> datetime:
    """Merged, the guarded address corrected and one recorded, undone; a moment while it was one."""
    about = {"by": system(), "today": TODAY}
    merge_nominals(**about, kept_id=known.pk, absorbed_id=guarded.pk, reason="One man, says the warren")
    moved = Address.objects.get(lines=WARREN)
    correct_address(
        **about, address_id=moved.pk, address=AddressRecord(LONG_AGO, lines=SAFE), reason="He was moved there"
    )
    moment = datetime.now(UTC)
    record_address(**about, nominal_id=known.pk, starts_on=TODAY, lines="2 Tufa Rise", ends_others=False)
    undo_merge(**about, kept_id=known.pk, reason="Two men, says the warren", since_is_theirs=True)
    return moment


def history(client: Client, row: Nominal) -> str:
    return text_of(client.get(f"/nominals/{row.pk}/history/"))


class TestHistory:
    def test_tells_nothing_of_a_record_that_the_reader_may_not_read(
        self, unit: tuple[Client, Membership], known: Nominal, guarded: Nominal, between: datetime
    ) -> None:
        assert WARREN not in text_of(unit[0].get(f"/nominals/{guarded.pk}/"))
        told = history(unit[0], known)
        for word in (WARREN, SAFE, "Restricted", "warren", "erged", "erge undone", "2 Tufa Rise"):
            assert word not in told, word
        assert told.count(NOT_TOLD) == 1
        assert OWN in told, "what stood before is told"
        about = {"by": system(), "today": TODAY, "nominal_id": known.pk, "ends_others": False}
        record_address(**about, starts_on=TODAY, lines="3 Tufa Rise")
        assert "3 Tufa Rise" in history(unit[0], known), "and what came since"

    def test_tells_all_to_who_reads_both(
        self, reader: tuple[Client, Membership], known: Nominal, between: datetime
    ) -> None:
        told = history(reader[0], known)
        for word in (SAFE, "Restricted", "Records merged", "Merge undone", "Two men"):
            assert word in told, word
        assert NOT_TOLD not in told
        assert "Two men" in text_of(reader[0].get(f"/nominals/{known.pk}/doubles/"))

    def test_the_page_of_doubles_names_no_such_merge(self, area: Area, known: Nominal, between: datetime) -> None:
        other, _ = visitor(area)
        assert "Two men" not in text_of(other.get(f"/nominals/{known.pk}/doubles/"))

    def test_a_long_time_between_hides_nothing_older(
        self, unit: tuple[Client, Membership], known: Nominal, guarded: Nominal
    ) -> None:
        about = {"by": system(), "today": TODAY}
        merge_nominals(**about, kept_id=known.pk, absorbed_id=guarded.pk, reason="One man")
        for number in range(HISTORY_SIZE):
            tenure = (Tenure.PRIVATE, Tenure.COUNCIL)[number % 2]
            set_tenure(**about, address_id=known.addresses.get(lines=OWN).pk, tenure=tenure)
        undo_merge(**about, kept_id=known.pk, reason="Two men")
        told = history(unit[0], known)
        assert told.count(NOT_TOLD) == 1
        assert OWN in told

    def test_what_had_been_merged_into_the_other_counts_with_it(
        self, area: Area, unit: tuple[Client, Membership], known: Nominal, guarded: Nominal
    ) -> None:
        """Parted twice: the one in the middle is open again, and was the guarded one's for a time."""
        middle = nominal(area, family_name="Tuff")
        about = {"by": system(), "today": TODAY}
        merge_nominals(**about, kept_id=middle.pk, absorbed_id=guarded.pk, reason="One man")
        merge_nominals(**about, kept_id=known.pk, absorbed_id=middle.pk, reason="One man")
        for kept in (known, middle):
            undo_merge(**about, kept_id=kept.pk, reason="Two men")
        for row in (known, middle):
            assert "Restricted" not in history(unit[0], row)

    def test_who_may_read_both_in_one_reads_it_again(
        self, unit: tuple[Client, Membership], area: Area, known: Nominal
    ) -> None:
        other = nominal(area, family_name="Tuff")
        about = {"by": system(), "today": TODAY}
        merge_nominals(**about, kept_id=known.pk, absorbed_id=other.pk, reason="One man")
        undo_merge(**about, kept_id=known.pk, reason="Two men")
        assert "Merge undone" in history(unit[0], known)
        merge_nominals(**about, kept_id=known.pk, absorbed_id=other.pk, reason="One man")
        told = history(unit[0], known)
        assert "Merge undone" in told
        assert NOT_TOLD not in told


class TestOnADay:
    def test_a_moment_between_is_answered_with_what_was_held_before(
        self, unit: tuple[Client, Membership], known: Nominal, between: datetime
    ) -> None:
        by = principal_for(unit[1], on=TODAY)
        not_told = not_told_of(by, known.pk, compartments=[CASE])
        held = rows_held(by, known.pk, at=between, not_told=not_told)
        assert [row.values["lines"] for row in held if row.table == Address._meta.db_table] == [OWN]
        assert {row.values["handling"] for row in held if row.table == Nominal._meta.db_table} == {Handling.ORDINARY}
        assert all(row.values and row.whole for row in held)
        now = rows_held(by, known.pk, at=datetime.now(UTC), not_told=not_told)
        assert {row.values["lines"] for row in now if row.table == Address._meta.db_table} == {OWN, "2 Tufa Rise"}
        for rows in (held, now):
            assert not any(row.table == Merge._meta.db_table for row in rows)

    def test_the_page_says_so(self, unit: tuple[Client, Membership], known: Nominal, between: datetime) -> None:
        """The log as it had been when the undo had come two days later than the merge."""
        page = f"/nominals/{known.pk}/on-a-day/?on_day={TODAY.day}&on_month={TODAY.month}&on_year={TODAY.year}"
        with migrator() as owner, owner.cursor() as cursor:
            cursor.execute("SELECT min(xact), max(xact) FROM audit_change WHERE table_name = 'cases_merge'")
            merged, undone = cursor.fetchone()
            before, within, after = (
                datetime.combine(TODAY + timedelta(days=number), time(12), tzinfo=UTC) for number in (-2, -1, 1)
            )
            moved = "UPDATE audit_change SET at = CASE WHEN xact < %s THEN %s WHEN xact < %s THEN %s ELSE %s END"
            cursor.execute(moved, [merged, before, undone, within, after])
        told = text_of(unit[0].get(page))
        assert f"{NOT_TOLD}. What it held before is shown." in told
        assert OWN in told
        assert SAFE not in told
        assert WARREN not in told
