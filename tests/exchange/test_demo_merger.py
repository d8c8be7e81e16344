"""A council merger in the demonstration moves what it should and nothing else, and no published figure."""

from collections.abc import Iterable
from datetime import date

from agencies.agreements import signed_by
from agencies.contacts import standings
from agencies.models import Agency, Area, LocalHousingAuthority, Membership, PanelArea
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.services.succession import cancel_succession, plan_succession
from agencies.spans import open_on
from agencies.succession import lineage_of, planned_going, preview, waiting_successions
from agencies.tasks import carry_out_successions_task
from board.report import annual_report
from cases.models import Address, CaseParticipation, LeadAgencySpan, LevelSpan, NamedOfficerSpan, Nominal
from exchange.demo.places import HOUSING
from mappa import clock
from rules.core import DAY
from rules.counting import ReportingYear
from rules.vocabulary import AgreementKind, AgreementState
from tests.conftest import TODAY

MERGER = date(2027, 4, 1)
OLD = ("Chesterfield", "North East Derbyshire")


def counts(agencies: Iterable[Agency], day: date) -> dict[str, tuple[int, int]]:
    """For each agency the cases it takes part in on the day, and the roles held for it."""
    return {
        agency.slug: (
            CaseParticipation.objects.filter(group=agency.group, starts_on__lte=day).exclude(ends_on__lt=day).count(),
            Membership.objects.on(day).filter(agency=agency).count(),
        )
        for agency in agencies
    }


def rows(model: type[LeadAgencySpan] | type[LevelSpan] | type[NamedOfficerSpan]) -> set[tuple[object, ...]]:
    return set(model.objects.values_list())


def figures(area: Area) -> list[str]:
    """The report of every year that is over, as text."""
    by = Principal.system("test", on=TODAY)
    return [str(annual_report(by, area, ReportingYear(year), today=TODAY)) for year in (2022, 2023, 2024, 2025)]


def test_two_councils_of_the_demonstration_become_one(demonstration: object) -> None:
    area = Area.objects.get(slug="derbyshire")
    by = Principal.system("test", on=TODAY)
    _the_agencies_are_as_described(area)

    old = [Agency.objects.get(slug=HOUSING[name]) for name in OLD]
    others = list(Agency.objects.filter(area=area).exclude(pk__in=[each.pk for each in old]))
    before, published = counts(others, MERGER), figures(area)
    held = counts(old, MERGER)
    spans = [rows(model) for model in (LeadAgencySpan, LevelSpan, NamedOfficerSpan)]
    panels = dict(Nominal.objects.values_list("pk", "panel_area__name"))
    managed = set(LevelSpan.objects.filter(open_on(MERGER)).values_list("nominal", flat=True))
    addresses = Address.objects.filter(closest_links__name__in=OLD, ends_on=None).count()

    def plan() -> int:
        return plan_succession(
            by=by, today=TODAY, area_id=area.pk, predecessor_ids=[each.pk for each in old], happens_on=MERGER,
            name="North Peak Council (housing)", council="North Peak", reason="A structural changes order, invented.",
        ).pk  # fmt: skip

    cancel_succession(by=by, today=TODAY, succession_id=plan())
    plan()
    said = {line.label: line.count for line in preview(planned_going(waiting_successions().get()))}
    assert said["roles of people"] == sum(roles for _, roles in held.values()) == 4
    moving = {pk for pk, name in panels.items() if name in OLD and pk in managed}
    hidden = Nominal.objects.filter(pk__in=moving, handling="category_4").count()
    assert said["people of its panel area"] == len(moving) - hidden > 200

    clock.pretend(MERGER - DAY)
    carry_out_successions_task()
    assert dict(Nominal.objects.values_list("pk", "panel_area__name")) == panels
    clock.pretend(MERGER)
    carry_out_successions_task()

    new = Agency.objects.get(name="North Peak Council (housing)")
    council = LocalHousingAuthority.objects.get(name="North Peak")
    for agency in old:
        agency.refresh_from_db()
        assert agency.ends_on == MERGER - DAY
        assert counts([agency], MERGER) == {agency.slug: (0, 0)}
        assert counts([agency], MERGER - DAY) == {agency.slug: held[agency.slug]}
    together = set(CaseParticipation.objects.filter(group__agency__in=old).values_list("content_object", flat=True))
    assert counts([new], MERGER) == {new.slug: (len(together), 4)}
    assert counts(others, MERGER) == before
    assert [rows(model) for model in (LeadAgencySpan, LevelSpan, NamedOfficerSpan)] == spans
    after = dict(Nominal.objects.values_list("pk", "panel_area__name"))
    assert {pk for pk, name in after.items() if name != panels[pk]} == moving
    assert {after[pk] for pk in moving} == {"North Peak"}
    assert Address.objects.filter(closest_links=council, starts_on=MERGER).count() == addresses
    assert set(council.predecessors.values_list("name", flat=True)) == set(OLD)
    assert PanelArea.objects.filter(area=area).on(MERGER).count() == 9  # type: ignore[attr-defined]
    assert set(lineage_of(new)) == {new.pk, *(each.pk for each in old)}
    signed = signed_by([new], parameters_for(area), today=MERGER)[new.pk]
    assert {each.state for each in signed} == {AgreementState.NEVER_SIGNED}
    assert figures(area) == published


def _the_agencies_are_as_described(area: Area) -> None:
    """Section 3 of the notes on the demonstration."""
    agencies = list(Agency.objects.filter(area=area))
    signed, contacts = signed_by(agencies, parameters_for(area), today=TODAY), standings(agencies, on=TODAY)

    def slugs(kind: AgreementKind, state: AgreementState) -> set[str]:
        return {
            agency.slug
            for agency in agencies
            for each in signed[agency.pk]
            if each.asked and each.kind is kind and each.state is state
        }

    isa = AgreementKind.INFORMATION_SHARING
    assert slugs(AgreementKind.MEMORANDUM, AgreementState.NEVER_SIGNED) == {"ncha"}
    assert slugs(isa, AgreementState.EXPIRED) == {"community-health", "housing-bolsover"}
    assert slugs(isa, AgreementState.RUNNING_OUT) == {"tagging"}
    lacking = {agency.slug: len(contacts[agency.pk].missing) for agency in agencies if contacts[agency.pk].missing}
    assert lacking == {"housing-south-derbyshire": 1, "community-health": 1}
    vacant = contacts[Agency.objects.get(slug="housing-south-derbyshire").pk]
    assert vacant.vacant_since is not None
    assert (TODAY - vacant.vacant_since).days == 140
    serco, capita = (Agency.objects.get(slug=slug) for slug in ("tagging", "tagging-before"))
    assert lineage_of(serco) == [serco.pk, capita.pk]
    assert capita.ends_on == date(2024, 4, 30)
    assert not Agency.objects.on(TODAY).filter(kind="public_health").exists()
