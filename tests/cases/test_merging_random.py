"""Merge and undo over random pairs: undone, every row is what it was; merged, there is one person, no wider open."""

from collections import Counter
from datetime import date
from functools import reduce

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agencies.access import visible
from agencies.models import Agency, Area, User
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import MEMBERSHIP_ROLES, Perm
from agencies.spans import open_on
from cases.facts import register_facts
from cases.merging.participants import registered_merges
from cases.merging.walking import follows_by_itself, links
from cases.models import Background, Identifier, Nominal, Obligation
from cases.services.bulk import insert_people
from cases.services.merging import merge_nominals, undo_merge
from cases.services.obligations import bring_in_line, drifting_everywhere
from cases.verification import verify_register
from rules.circumstances import immigration_of_both
from rules.core import Refused
from rules.counting import ReportingYear, snapshot
from rules.vocabulary import Handling, Immigration, Tenure
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, UserFactory
from tests.factories.cases import TODAY, system
from tests.factories.pairs import ALONG, everything, sides

pytestmark = pytest.mark.django_db

YEAR = ReportingYear.of(TODAY)


class Stage:
    """An area with agencies and people in every role, some cleared for Category 4."""

    def __init__(self) -> None:
        self.area: Area = AreaFactory.create()
        self.agencies: list[Agency] = [AgencyFactory.create(area=self.area) for _ in range(2)]
        self.users: list[User] = [UserFactory.create(category_4=number == 0) for number in range(3)]
        self.principals = [
            Principal.for_membership(
                MembershipFactory.create(
                    user=self.users[number % 3], agency=self.agencies[number % 2], area=self.area, role=role
                ),
                on=TODAY,
            )
            for number, role in enumerate(MEMBERSHIP_ROLES)
        ]

    def seen(self) -> dict[tuple[int, int], set[int]]:
        """Whom each of them sees, by two permissions."""
        return {
            (number, place): set(visible(by, Nominal.objects.all(), perm).values_list("pk", flat=True))
            for number, by in enumerate(self.principals)
            for place, perm in enumerate((Perm.NOMINAL_VIEW, Perm.FIGURES_VIEW))
        }

    def walls(self) -> set[tuple[int, int]]:
        """Who is kept out of which record, by handling or exclusion; read off the rows, not asked of the engine."""
        found = set()
        for number, by in enumerate(self.principals):
            for nominal in Nominal.objects.all():
                readers = nominal.personal_grants.filter(open_on(TODAY), named_reader=True, user=by.user_id)
                out = nominal.exclusions.filter(open_on(TODAY)).filter(Q(user=by.user_id) | Q(agency=by.agency_id))
                if (
                    out.exists()
                    or (nominal.handling == Handling.RESTRICTED and not readers.exists())
                    or (nominal.handling == Handling.CATEGORY_4 and not by.category_4)
                ):
                    found.add((number, nominal.pk))
        return found

    def figures(self) -> tuple[object, int]:
        """What is counted: the snapshot, and how many people there are."""
        people = visible(system(), Nominal.objects.all(), Perm.FIGURES_VIEW)
        return snapshot(register_facts(people), TODAY, parameters_for(self.area)).as_dict(), people.count()


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage()


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_undone_nothing_remains(stage: Stage, data: st.DataObject) -> None:
    with transaction.atomic():
        _try(stage, data)
        transaction.set_rollback(True)


def _try(stage: Stage, data: st.DataObject) -> None:
    records = [data.draw(sides(stage.area, stage.agencies, stage.users, name)) for name in ("Tufa", "Tuffer")]
    kept_id, absorbed_id = insert_people(by=system(), today=TODAY, batch=records)
    for side, key in enumerate((kept_id, absorbed_id)):
        for number in data.draw(st.sets(st.integers(0, len(ALONG) - 1), max_size=4)):
            ALONG[number](Nominal.objects.get(pk=key), stage.agencies[side], stage.users[side])
    bring_in_line([kept_id, absorbed_id], today=TODAY)
    takes = data.draw(st.sets(st.sampled_from(["name", "date_of_birth", "sex", "panel_area"])))
    before, seen, figures, walls = everything(), stage.seen(), stage.figures(), stage.walls()
    kept, absorbed = Nominal.objects.get(pk=kept_id), Nominal.objects.get(pk=absorbed_id)
    backgrounds = [row for nominal in (kept, absorbed) for row in nominal.backgrounds.all()]
    homes = {}
    for nominal in (kept, absorbed):
        for key, said in _homes(nominal).items():
            homes[key] = homes.get(key, frozenset()) | said
    numbers = set(Identifier.objects.values_list("normalised", flat=True))
    try:
        merge_nominals(
            by=system(), today=TODAY, kept_id=kept_id, absorbed_id=absorbed_id, reason="One man", takes=takes
        )
    except Refused:
        # Refused by the plan, or by the date of birth: nothing was done.
        assert everything() == before
        return
    _is_one(stage, kept, absorbed, walls, numbers)
    _says_what_both_said(kept, backgrounds)
    assert _homes(kept) == homes, "every answer stands, and no address is said to be nobody's where one is known"
    undo_merge(by=system(), today=TODAY, kept_id=kept_id, reason="Two men")
    assert everything() == before
    assert drifting_everywhere(today=TODAY) == []
    assert stage.seen() == seen
    assert stage.figures() == figures


def _is_one(stage: Stage, kept: Nominal, absorbed: Nominal, walls: set[tuple[int, int]], numbers: set[str]) -> None:
    assert verify_register([kept.pk, absorbed.pk]) == []
    moved = [
        link for link in links() if follows_by_itself(link) and (link.model, link.field) not in registered_merges()
    ]
    assert [str(link) for link in moved if link.rows(absorbed.pk).exists()] == [], "all that can follow has gone along"
    # What the absorbed record keeps is nobody's to do: the ledger leaves it alone until the merge is undone.
    assert drifting_everywhere(today=TODAY) == []
    assert set(Identifier.objects.filter(nominal=kept).values_list("normalised", flat=True)) == numbers
    assert not visible(system(), Obligation.objects.filter(nominal=absorbed), Perm.NOMINAL_VIEW).exists()
    handlings = Counter({kept.handling, absorbed.handling})
    kept.refresh_from_db()
    assert kept.handling == next((each for each in handlings if each != Handling.ORDINARY), Handling.ORDINARY)
    assert stage.figures()[1] == 1
    for (number, perm), now in stage.seen().items():
        assert now <= {kept.pk}
        if now and perm == 0:
            # Never wider: whoever a wall keeps out of one of them is kept out of both.
            assert not {(number, kept.pk), (number, absorbed.pk)} & walls


def _homes(nominal: Nominal) -> dict[tuple[date, date | None], frozenset[str]]:
    """Of the one address, by its days: whose home it is said to be; unknown is no answer."""
    found: dict[tuple[date, date | None], frozenset[str]] = {}
    for row in nominal.addresses.all():
        key = (row.starts_on, row.ends_on)
        found[key] = found.get(key, frozenset()) | ({row.tenure} - {Tenure.UNKNOWN})
    return found


def _says_what_both_said(kept: Nominal, backgrounds: list[Background]) -> None:
    """Every answer of either of them that has room stands, the kept record's first."""
    if not backgrounds:
        assert not kept.backgrounds.exists()
        return
    now = kept.backgrounds.get()
    assert now.interpreter == any(row.interpreter for row in backgrounds)
    assert now.immigration == reduce(immigration_of_both, [Immigration(row.immigration) for row in backgrounds])
    for name in ("nationality", "immigration_status", "religion", "language"):
        answers = [getattr(row, name) for row in backgrounds if getattr(row, name)]
        text = getattr(now, name)
        assert text.startswith(answers[0] if answers else "")
        room = len("; also recorded: ".join(answers)) <= Background._meta.get_field(name).max_length
        assert not room or all(answer.strip().lower() in text.lower() for answer in answers)
