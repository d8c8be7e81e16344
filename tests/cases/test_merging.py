"""Two records become one and two again: what moves, what stays behind, what is refused, what was recorded since."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from agencies.access import Presence, can, presence, visible, who_can
from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Perm, Role
from audit.presenters import history_of
from cases.clashes import possible_doubles
from cases.merging.addresses import OTHERWISE, told_otherwise
from cases.merging.plan import plan_merge
from cases.merging.undoing import plan_undo
from cases.models import Address, Exclusion, Merge, Nominal, PersonalGrant, TwoPeople
from cases.records import (
    AddressRecord,
    AliasRecord,
    BackgroundRecord,
    ExclusionRecord,
    KeyDateRecord,
    LeadAgencyRecord,
    MeetingRecord,
    PersonalGrantRecord,
)
from cases.search import find
from cases.services.circumstances import record_background
from cases.services.dates import record_qualifying_meeting
from cases.services.levels import set_level
from cases.services.locking import locked
from cases.services.merging import may_merge_nominals, may_undo_merge, merge_nominals, undo_merge
from cases.services.participation import close_personal_grant, exclude, grant_to_person, set_handling
from cases.services.people import record_address
from cases.services.tenure import set_tenure
from cases.services.two_people import may_tell_apart, take_back_mark, tell_apart
from pages.conflicts import Conflict
from rules.core import Refused
from rules.vocabulary import DecidingBody, Handling, KeyDateKind, Level, ParticipationSource, Tenure, Whereabouts
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, UserFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, notification, pnc, qualifying, stay, system

pytestmark = pytest.mark.django_db

RECENT = TODAY - timedelta(days=95)
Acting = Callable[..., Principal]


@pytest.fixture
def tufa(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Tufa",
        given_names="Kieran",
        identifiers=(pnc(1),),
        grounds=(qualifying(RECENT),),
        levels=(at_level(Level.TWO, RECENT),),
        whereabouts=(stay(Whereabouts.COMMUNITY, RECENT),),
        key_dates=(KeyDateRecord(KeyDateKind.TRIBUNAL, TODAY),),
    )


@pytest.fixture
def tuffer(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Tuffer",
        given_names="Kieron",
        identifiers=(pnc(1), pnc(2)),
        aliases=(AliasRecord("Tuff"),),
        addresses=(AddressRecord(LONG_AGO, lines="1 Tufa Rise"),),
        grounds=(notification(),),
        levels=(at_level(Level.ONE),),
        whereabouts=(stay(Whereabouts.CUSTODY),),
        key_dates=(KeyDateRecord(KeyDateKind.TRIBUNAL, LONG_AGO), KeyDateRecord(KeyDateKind.PAROLE_HEARING, TODAY)),
    )


def merge(kept: Nominal, absorbed: Nominal, by: Principal | None = None, **more: Any) -> Merge:
    return merge_nominals(
        by=by or system(), today=TODAY, kept_id=kept.pk, absorbed_id=absorbed.pk, reason="One man", **more
    )


def undo(kept: Nominal, by: Principal | None = None, **more: Any) -> Merge:
    return undo_merge(by=by or system(), today=TODAY, kept_id=kept.pk, reason="Two men", **more)


def opened_to(who: Principal, row: Nominal) -> None:
    assert who.user_id is not None
    grant_to_person(
        by=system(), today=TODAY, nominal_id=row.pk, user_id=who.user_id, source=ParticipationSource.GRANT,
        starts_on=LONG_AGO, reason="Asked for",
    )  # fmt: skip


class TestMerge:
    def test_what_both_have_stands_once_and_the_rest_moves(
        self, tufa: Nominal, tuffer: Nominal, coordinator: Principal
    ) -> None:
        merge(tufa, tuffer, coordinator)
        assert sorted(tufa.identifiers.values_list("normalised", flat=True)) == [
            pnc(1).value.replace("/1", "/0000001"),
            pnc(2).value.replace("/2", "/0000002"),
        ]
        assert sorted(tufa.aliases.values_list("family_name", flat=True)) == ["Tuff", "Tuffer"]
        assert tufa.addresses.get().lines == "1 Tufa Rise"
        assert tufa.grounds.count() == 2
        assert dict(tufa.key_dates.values_list("kind", "falls_on")) == {
            KeyDateKind.TRIBUNAL: TODAY,
            KeyDateKind.PAROLE_HEARING: TODAY,
        }
        assert tuffer.key_dates.get().falls_on == LONG_AGO

    def test_levels_are_put_together_day_by_day(self, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        assert list(tufa.levels.order_by("starts_on").values_list("level", "starts_on", "ends_on")) == [
            (Level.ONE, LONG_AGO, RECENT - timedelta(days=1)),
            (Level.TWO, RECENT, None),
        ]

    def test_whereabouts_keep_the_days_of_which_the_kept_record_says_nothing(
        self, tufa: Nominal, tuffer: Nominal
    ) -> None:
        merge(tufa, tuffer)
        assert list(tufa.whereabouts.order_by("starts_on").values_list("kind", "starts_on", "ends_on")) == [
            (Whereabouts.CUSTODY, LONG_AGO, RECENT - timedelta(days=1)),
            (Whereabouts.COMMUNITY, RECENT, None),
        ]

    def test_values_are_chosen_and_the_lost_name_is_another_name(self, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer, takes={"name"})
        tufa.refresh_from_db()
        assert tufa.name == "Kieron Tuffer"
        assert tufa.aliases.filter(family_name="Tufa", given_names="Kieran").exists()

    def test_the_absorbed_record_is_nobodys_to_see(
        self, tufa: Nominal, tuffer: Nominal, coordinator: Principal
    ) -> None:
        merge(tufa, tuffer, coordinator)
        tuffer.refresh_from_db()
        for by in (coordinator, system()):
            for perm in (Perm.NOMINAL_VIEW, Perm.FIGURES_VIEW):
                assert list(visible(by, Nominal.objects.all(), perm)) == [tufa]
        assert presence(coordinator, tuffer) is Presence.ABSENT
        assert who_can(Perm.NOMINAL_VIEW, tuffer, on=TODAY) == []
        assert not can(coordinator, Perm.NOMINAL_VIEW, tuffer)
        with pytest.raises(Conflict):
            locked(tuffer.pk)

    def test_search_finds_the_kept_record_by_the_other_name_and_number(
        self, tufa: Nominal, tuffer: Nominal, coordinator: Principal
    ) -> None:
        merge(tufa, tuffer, coordinator)
        for text in ("Tuffer", pnc(2).value):
            assert [match.nominal for match in find(coordinator, on=TODAY, text=text).matches] == [tufa]

    def test_a_lead_agency_takes_part_for_the_days_of_both(self, area: Area) -> None:
        first, second = AgencyFactory.create(area=area), AgencyFactory.create(area=area)
        kept = nominal(area, lead_agencies=(LeadAgencyRecord(first.pk, RECENT),))
        absorbed = nominal(area, lead_agencies=(LeadAgencyRecord(second.pk, LONG_AGO),))
        merge(kept, absorbed)
        assert sorted(kept.participations.values_list("group", "starts_on", "ends_on")) == [
            (first.group_id, RECENT, None),
            (second.group_id, LONG_AGO, RECENT - timedelta(days=1)),
        ]

    def test_a_record_with_merges_may_be_merged_again(self, area: Area, tufa: Nominal, tuffer: Nominal) -> None:
        third = nominal(area, family_name="Tuff")
        merge(tufa, tuffer)
        merge(third, tufa)
        assert set(third.absorbed.all()) == {tufa, tuffer}
        undo(third)
        assert set(tufa.absorbed.all()) == {tuffer}
        undo(tufa)
        assert Nominal.objects.filter(merged_into=None).count() == 3

    def test_history_says_so(self, tufa: Nominal, tuffer: Nominal, coordinator: Principal) -> None:
        merge(tufa, tuffer, coordinator)
        undo(tufa, coordinator)
        titles = [title for row in (tufa, tuffer) for title in _titles(coordinator, row)]
        for said in ("Records merged", "Merge undone", "Merged into another record", "another record undone"):
            assert any(said in title for title in titles), said


def _titles(by: Principal, row: Nominal) -> list[str]:
    return [entry.title for entry in history_of(by, row.pk)]


class TestBackground:
    """Nationality, equality data, interpreter: what either record says is not lost."""

    def pair(self, area: Area) -> tuple[Nominal, Nominal]:
        own = BackgroundRecord(nationality="British", religion="none", disability="d" * 300)
        other = BackgroundRecord(
            nationality="Irish", religion="None", disability="Deaf", ethnicity="White Irish", interpreter=True,
            language="British Sign Language",
        )  # fmt: skip
        return nominal(area, backgrounds=(own,)), nominal(area, backgrounds=(other,))

    def test_what_both_say_stands_in_one(self, area: Area) -> None:
        kept, absorbed = self.pair(area)
        (part,) = [each for each in plan_merge(kept, absorbed, today=TODAY).parts() if each.name == "Backgrounds"]
        told = part.staying[0][1]
        for words in ("ethnicity", "nationality (British; also recorded: Irish)", "stays here: disability (Deaf)"):
            assert words in told
        merge(kept, absorbed)
        now = kept.backgrounds.get()
        assert (now.nationality, now.religion, now.ethnicity) == (
            "British; also recorded: Irish",
            "none",
            "White Irish",
        )
        assert (now.interpreter, now.language, now.disability) == (True, "British Sign Language", "d" * 300)
        assert now.version == 2
        undo(kept)
        assert kept.backgrounds.values_list("nationality", "ethnicity", "interpreter", "language").get() == (
            "British", "", False, "",
        )  # fmt: skip
        assert absorbed.backgrounds.get().disability == "Deaf"

    def test_a_record_without_one_takes_the_others(self, area: Area) -> None:
        _, absorbed = self.pair(area)
        kept = nominal(area)
        merge(kept, absorbed)
        assert kept.backgrounds.get().nationality == "Irish"

    def test_what_was_said_since_stays(self, area: Area) -> None:
        kept = nominal(area, backgrounds=(BackgroundRecord(ethnicity="White British"),))
        merge(kept, nominal(area, backgrounds=(BackgroundRecord(language="Polish", ethnicity="White Polish"),)))
        since = BackgroundRecord(
            language="Polish", interpreter=True, ethnicity="White British; also recorded: White Polish"
        )
        record_background(by=system(), today=TODAY, nominal_id=kept.pk, background=since, version=2)
        undo(kept)
        now = kept.backgrounds.get()
        assert (now.ethnicity, now.interpreter, now.language) == ("White British", True, "Polish")


class TestRefused:
    def test_by_who_they_are(self, tufa: Nominal, tuffer: Nominal, acting: Acting) -> None:
        assert may_merge_nominals(tufa, by=acting(), today=TODAY, absorbed=tuffer, reason="One man")
        assert not may_merge_nominals(tufa, by=acting(Role.ADMINISTRATOR), today=TODAY, absorbed=tuffer)

    def test_without_sight_of_both(self, area: Area, tufa: Nominal, coordinator: Principal) -> None:
        hidden = nominal(area, handling=Handling.CATEGORY_4)
        for pair in ((tufa, hidden), (hidden, tufa)):
            assert not may_merge_nominals(pair[0], by=coordinator, today=TODAY, absorbed=pair[1])

    def test_itself_nothing_said_and_two_people(self, tufa: Nominal, tuffer: Nominal, coordinator: Principal) -> None:
        asked: dict[str, Any] = {"by": coordinator, "today": TODAY}
        assert not may_merge_nominals(tufa, absorbed=tufa, **asked)
        assert not may_merge_nominals(tufa, absorbed=tuffer, reason=" ", **asked)
        tell_apart(by=coordinator, today=TODAY, one_id=tuffer.pk, other_id=tufa.pk, reason="Other prints")
        assert not may_merge_nominals(tufa, absorbed=tuffer, reason="One man", **asked)
        take_back_mark(by=coordinator, today=TODAY, one_id=tufa.pk, other_id=tuffer.pk)
        assert may_merge_nominals(tufa, absorbed=tuffer, reason="One man", **asked)

    def test_two_areas(self, tufa: Nominal) -> None:
        with pytest.raises(Refused, match="two MAPPA areas"):
            merge(tufa, nominal(AreaFactory.create()))

    def test_a_birth_after_what_is_on_record(self, area: Area, tuffer: Nominal) -> None:
        child = nominal(area, date_of_birth=date(2022, 1, 1), grounds=(), levels=(), whereabouts=(), family_name="Tufa")
        with pytest.raises(Refused, match="before this birth"):
            merge(child, tuffer)
        merge(child, tuffer, takes={"date_of_birth"})

    def test_a_lower_level_than_one_of_them(self, area: Area) -> None:
        kept = nominal(area, grounds=(qualifying(),), levels=(at_level(Level.TWO),))
        absorbed = nominal(area, grounds=(notification(),), levels=(at_level(Level.ONE, RECENT),))
        with pytest.raises(Refused, match="would become"):
            merge(kept, absorbed)


class TestWalls:
    def test_who_is_kept_out_of_one_is_kept_out_of_both(self, area: Area, acting: Acting) -> None:
        out = acting()
        kept = nominal(area)
        absorbed = nominal(area, exclusions=(ExclusionRecord("A neighbour", LONG_AGO, user_id=out.user_id),))
        merge(kept, absorbed)
        assert not can(out, Perm.NOMINAL_VIEW, kept)

    def test_the_stricter_handling_holds(self, area: Area, acting: Acting) -> None:
        reader = acting()
        grant = PersonalGrantRecord(
            reader.user_id or 0, LONG_AGO, source=ParticipationSource.NAMED_READER, named_reader=True
        )
        kept = nominal(area)
        absorbed = nominal(area, handling=Handling.RESTRICTED, personal_grants=(grant,))
        merge(kept, absorbed, reader)
        kept.refresh_from_db()
        assert kept.handling == Handling.RESTRICTED
        assert can(reader, Perm.NOMINAL_VIEW, kept)
        assert presence(acting(), kept) is Presence.CARD

    def test_category_4_holds(self, area: Area, coordinator: Principal) -> None:
        cleared = principal_for(MembershipFactory.create(area=area, user=UserFactory.create(category_4=True)), on=TODAY)
        kept, absorbed = nominal(area), nominal(area, handling=Handling.CATEGORY_4)
        merge(kept, absorbed, cleared)
        assert presence(coordinator, kept) is Presence.ABSENT
        assert can(cleared, Perm.NOMINAL_VIEW, kept)


UNKNOWN, COUNCIL, PRIVATE = Tenure.UNKNOWN, Tenure.COUNCIL, Tenure.PRIVATE


class TestAddressOfBoth:
    """One address with the same days in both records: it stands once, with whatever one of them knows of it (R57)."""

    @staticmethod
    def merged(area: Area, kept: Sequence[Tenure], absorbed: Sequence[Tenure]) -> tuple[Nominal, list[str]]:
        pair = [
            nominal(area, addresses=tuple(AddressRecord(LONG_AGO, lines="1 Tufa Rise", tenure=each) for each in said))
            for said in (kept, absorbed)
        ]
        before = list(Address.objects.order_by("pk").values())
        told = [part for part in plan_merge(*pair, today=TODAY).parts() if part.name == "Addresses"]
        merge(*pair)
        found = list(pair[0].addresses.order_by("tenure").values_list("tenure", flat=True))
        undo(pair[0])
        assert list(Address.objects.order_by("pk").values()) == before
        merge(*pair)
        return pair[0], [*found, *(why for part in told for _, why in [*part.staying, *part.moving])]

    @pytest.mark.parametrize(
        ("kept", "absorbed", "found"),
        [
            pytest.param([COUNCIL], [COUNCIL], [COUNCIL, "the kept record has it already"], id="the same answer"),
            pytest.param([COUNCIL], [UNKNOWN], [COUNCIL, "the kept record has it already"], id="known to the kept one"),
            pytest.param(
                [UNKNOWN], [COUNCIL], [COUNCIL, "the kept record has it, and takes over whose home it is"],
                id="known to the other",
            ),
            pytest.param(
                [UNKNOWN], [COUNCIL, PRIVATE],
                [COUNCIL, PRIVATE, "the kept record has it, and takes over whose home it is", OTHERWISE],
                id="the other knows two answers",
            ),
            pytest.param(
                [COUNCIL], [PRIVATE],
                [COUNCIL, PRIVATE, OTHERWISE],
                id="two answers: both stand",
            ),
        ],
    )  # fmt: skip
    def test_stands_once_unless_two_answers_are_known(
        self, area: Area, kept: Sequence[Tenure], absorbed: Sequence[Tenure], found: list[str]
    ) -> None:
        stored, said = self.merged(area, kept, absorbed)
        assert said == found
        assert len(told_otherwise(list(stored.addresses.all()))) == (2 if OTHERWISE in found else 0)

    @pytest.mark.parametrize(("since", "back"), [(PRIVATE, PRIVATE), (COUNCIL, UNKNOWN)])
    def test_what_was_said_since_stays(self, area: Area, since: Tenure, back: Tenure) -> None:
        """Undone, the address loses the answer of the other record, unless somebody has said another since."""
        stored = self.merged(area, [UNKNOWN], [COUNCIL])[0]
        row = stored.addresses.get()
        set_tenure(by=system(), today=TODAY, address_id=row.pk, tenure=since)
        Address.objects.filter(pk=row.pk).update(ends_on=TODAY)
        assert not plan_undo(stored).changed
        undo(stored)
        row.refresh_from_db()
        assert (row.tenure, row.ends_on) == (back, TODAY)


class TestUndo:
    def test_what_was_recorded_since_stays(self, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        added = record_address(
            by=system(), today=TODAY, nominal_id=tufa.pk, starts_on=TODAY, lines="2 Tufa Rise", ends_others=False
        )
        assert [text for table, text in plan_undo(tufa).since if table == "Addresses"] == [
            "2 Tufa Rise, from 23 November 2026"
        ]
        undo(tufa)
        assert list(tufa.addresses.all()) == [added]
        assert tuffer.addresses.get().lines == "1 Tufa Rise"

    @pytest.mark.parametrize("sent_back", [True, False])
    def test_what_was_changed_since_is_decided(self, tufa: Nominal, tuffer: Nominal, sent_back: bool) -> None:
        merge(tufa, tuffer)
        record_address(by=system(), today=TODAY, nominal_id=tufa.pk, starts_on=TODAY, lines="2 Tufa Rise")
        (changed,) = plan_undo(tufa).changed
        undo(tufa, goes_back={changed.line.pk} if sent_back else ())
        moved = Address.objects.get(lines="1 Tufa Rise")
        assert moved.nominal == (tuffer if sent_back else tufa)
        assert moved.ends_on == TODAY - timedelta(days=1)

    @pytest.mark.parametrize("walled", [Handling.RESTRICTED, Handling.CATEGORY_4])
    def test_nothing_of_a_record_behind_a_wall_stays_with_an_open_one(self, area: Area, walled: Handling) -> None:
        """Neither what was changed since, nor a name taken over; what was recorded since only when somebody says so."""
        kept = nominal(area, family_name="Tufa")
        absorbed = nominal(
            area, family_name="Tuffer", handling=walled, addresses=(AddressRecord(LONG_AGO, lines="1 Tufa Rise"),)
        )
        merge(kept, absorbed, takes={"name"})
        added = record_address(by=system(), today=TODAY, nominal_id=kept.pk, starts_on=TODAY, lines="2 Tufa Rise")
        Nominal.objects.filter(pk=kept.pk).update(given_names="Corrected", family_name="Tuffers")
        planned = plan_undo(kept)
        assert planned.opens
        assert not planned.changed
        assert [(table, "1 Tufa Rise" in text) for table, text in planned.sent_back] == [("Addresses", True)]
        with pytest.raises(Refused, match="recorded since the merge would be open"):
            undo(kept)
        undo(kept, since_is_theirs=True)
        assert [row.pk for row in kept.addresses.all()] == [added.pk]
        assert absorbed.addresses.get().lines == "1 Tufa Rise"
        kept.refresh_from_db()
        assert (kept.family_name, kept.handling) == ("Tufa", Handling.ORDINARY)

    def test_what_is_behind_the_kept_record_s_wall_may_stay_there(self, area: Area) -> None:
        kept, absorbed = (
            nominal(area, handling=handling, addresses=(AddressRecord(LONG_AGO, lines=f"{number} Tufa Rise"),))
            for number, handling in enumerate((Handling.RESTRICTED, Handling.ORDINARY))
        )
        merge(kept, absorbed)
        record_address(by=system(), today=TODAY, nominal_id=kept.pk, starts_on=TODAY, lines="2 Tufa Rise")
        planned = plan_undo(kept)
        assert (planned.opens, planned.opens_absorbed, len(planned.changed)) == (False, True, 1)
        undo(kept)
        assert not absorbed.addresses.exists()

    def test_a_level_decided_since_stays(self, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        record_qualifying_meeting(by=system(), today=TODAY, nominal_id=tufa.pk, meeting=MeetingRecord(TODAY, Level.TWO))
        set_level(
            by=system(), today=TODAY, nominal_id=tufa.pk, level=Level.ONE, starts_on=TODAY,
            decided_by=DecidingBody.MEETING, reason="Risk has fallen.",
        )  # fmt: skip
        undo(tufa)
        assert list(tufa.levels.order_by("starts_on").values_list("level", "starts_on")) == [
            (Level.TWO, RECENT),
            (Level.ONE, TODAY),
        ]
        assert list(tuffer.levels.values_list("level", "starts_on", "ends_on")) == [(Level.ONE, LONG_AGO, None)]

    def test_who_was_kept_out_since_is_kept_out_of_both(self, tufa: Nominal, tuffer: Nominal, acting: Acting) -> None:
        merge(tufa, tuffer)
        out = acting()
        exclude(
            by=system(), today=TODAY, nominal_id=tufa.pk, reason="A neighbour", starts_on=TODAY, user_id=out.user_id
        )
        undo(tufa)
        assert set(Exclusion.objects.values_list("nominal", flat=True)) == {tufa.pk, tuffer.pk}
        assert not can(out, Perm.NOMINAL_VIEW, tuffer)

    @pytest.mark.parametrize("sent_back", [True, False])
    def test_whose_part_was_ended_since_has_none_again(
        self, tufa: Nominal, tuffer: Nominal, acting: Acting, sent_back: bool
    ) -> None:
        """Neither by the part that stayed behind in the merge, nor by the one that was moved."""
        both, one = acting(Role.PRACTITIONER), acting(Role.PRACTITIONER)
        for who, row in ((both, tufa), (both, tuffer), (one, tuffer)):
            opened_to(who, row)
        merge(tufa, tuffer)
        for grant in PersonalGrant.objects.filter(content_object=tufa):
            close_personal_grant(by=system(), today=TODAY, grant_id=grant.pk, ends_on=TODAY - timedelta(days=1))
        undo(tufa, goes_back={each.line.pk for each in plan_undo(tufa).changed} if sent_back else ())
        for who in (both, one):
            assert not can(who, Perm.NOMINAL_VIEW, tuffer)
            assert not can(who, Perm.NOMINAL_VIEW, tufa)

    def test_whose_part_stood_has_it_again(self, tufa: Nominal, tuffer: Nominal, acting: Acting) -> None:
        both, one = acting(Role.PRACTITIONER), acting(Role.PRACTITIONER)
        for who, row in ((both, tufa), (both, tuffer), (one, tuffer)):
            opened_to(who, row)
        merge(tufa, tuffer)
        undo(tufa)
        assert can(both, Perm.NOMINAL_VIEW, tufa)
        assert can(both, Perm.NOMINAL_VIEW, tuffer)
        assert can(one, Perm.NOMINAL_VIEW, tuffer)
        assert not can(one, Perm.NOMINAL_VIEW, tufa)

    def test_refused_when_the_handling_was_changed_since(self, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        set_handling(by=system(), today=TODAY, nominal_id=tufa.pk, handling=Handling.RESTRICTED, reason="Risk")
        with pytest.raises(Refused, match="handling"):
            undo(tufa)

    def test_refused_when_there_is_none_or_no_reason(self, tufa: Nominal, tuffer: Nominal) -> None:
        with pytest.raises(Refused, match="No merge"):
            undo(tufa)
        merge(tufa, tuffer)
        assert not may_undo_merge(tufa, by=system(), today=TODAY, reason=" ")

    def test_twice_is_refused(self, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        undo(tufa)
        with pytest.raises(Refused, match="No merge"):
            undo(tufa)


class TestTwoPeople:
    def test_are_not_shown_as_possible_doubles(self, area: Area, coordinator: Principal) -> None:
        one, other = (nominal(area, family_name="Schist") for _ in range(2))
        assert possible_doubles(coordinator, one) == [other]
        tell_apart(by=coordinator, today=TODAY, one_id=one.pk, other_id=other.pk, reason="Other prints")
        assert possible_doubles(coordinator, one) == possible_doubles(coordinator, other) == []
        assert not may_tell_apart(other, by=coordinator, today=TODAY, other=one, reason="Again")
        take_back_mark(by=coordinator, today=TODAY, one_id=other.pk, other_id=one.pk)
        assert possible_doubles(coordinator, one) == [other]

    def test_a_mark_goes_with_the_record_that_is_absorbed(
        self, area: Area, tufa: Nominal, tuffer: Nominal, coordinator: Principal
    ) -> None:
        third = nominal(area, family_name="Tuff")
        tell_apart(by=coordinator, today=TODAY, one_id=third.pk, other_id=tuffer.pk, reason="Other prints")
        merge(tufa, tuffer)
        mark = TwoPeople.objects.get()
        assert {mark.one_id, mark.other_id} == {third.pk, tufa.pk}

    @pytest.mark.parametrize("marked", ["kept", "absorbed", "both"])
    def test_a_mark_ends_when_a_number_comes_by_a_merge_and_comes_back_with_its_undo(
        self, area: Area, coordinator: Principal, marked: str
    ) -> None:
        """Made of the one without the number, it knew nothing of it; made of both, it did."""
        kept, absorbed = (nominal(area, family_name="Schist", identifiers=(pnc(key),)) for key in (1, 2))
        shared = {"kept": (pnc(2),), "absorbed": (pnc(1),), "both": (pnc(1), pnc(2))}[marked]
        third = nominal(area, family_name="Gneiss", identifiers=shared)
        for each, name in ((kept, "kept"), (absorbed, "absorbed")):
            if marked in (name, "both"):
                tell_apart(by=coordinator, today=TODAY, one_id=each.pk, other_id=third.pk, reason="Before")
        merge(kept, absorbed)
        assert possible_doubles(coordinator, third) == ([] if marked == "both" else [kept])
        undo(kept)
        apart = {"kept": [absorbed], "absorbed": [kept], "both": []}[marked]
        assert possible_doubles(coordinator, third) == apart, "as it was before"
        standing = TwoPeople.objects.filter(taken_back_on__isnull=True)
        assert standing.count() == (2 if marked == "both" else 1)

    def test_a_mark_stands_when_a_merge_brings_nothing_that_the_third_has(
        self, area: Area, coordinator: Principal
    ) -> None:
        kept, absorbed = (nominal(area, family_name="Schist", identifiers=(pnc(key),)) for key in (1, 2))
        third = nominal(area, family_name="Gneiss", identifiers=(pnc(1),))
        tell_apart(by=coordinator, today=TODAY, one_id=kept.pk, other_id=third.pk, reason="Another man of that number")
        merge(kept, absorbed)
        assert possible_doubles(coordinator, third) == []


def test_the_plan_names_what_moves_and_what_stays(tufa: Nominal, tuffer: Nominal) -> None:
    parts = {part.name: part for part in plan_merge(tufa, tuffer, today=TODAY).parts()}
    assert parts["Addresses"].moving == [("1 Tufa Rise, from 6 January 2020", "")]
    assert parts["Key dates"].staying[0][1] == "the kept record has it already"
    assert "to 19 August 2026" in parts["Whereabouts"].cut[0][1]
