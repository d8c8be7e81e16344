"""What cases hold for an agency, and how it moves when another takes its place.

What was closed before the day stays with the old agency, and so do the figures about that time.
"""

from datetime import date

from django.db.models import F, Q, QuerySet

from agencies.services.moving import move_spans
from agencies.spans import open_on
from agencies.succession import Change, Going, Line
from cases.models import (
    Address,
    CaseParticipation,
    Exclusion,
    LeadAgencySpan,
    LevelSpan,
    NamedOfficerSpan,
    Nominal,
    Obligation,
    ParallelProcess,
)
from rules.vocabulary import Handling, ParticipationSource

from .following import follow_leads, follow_officers
from .obligations import bring_in_line


def preview_cases(going: Going) -> list[Line]:
    """How many people's records have something that moves; Category 4 is in no count (R99)."""
    lasting = _lasting(going.on)

    def count(rows: "QuerySet[Nominal]") -> int:
        return rows.exclude(handling=Handling.CATEGORY_4).count()

    def having(rows: "QuerySet[LeadAgencySpan] | QuerySet[NamedOfficerSpan] | QuerySet[Exclusion]") -> int:
        return count(Nominal.objects.filter(pk__in=rows.values("nominal")))

    run = Nominal.objects.filter(pk__in=_processes(going).filter(lasting).values("nominal"))
    shared = _participations(going).filter(lasting).values("content_object")
    return [
        Line("people whose case it leads", having(_leads(going).filter(lasting))),
        Line("people with a named officer of it", having(_officers(going).filter(lasting))),
        Line("people in whose case it takes part", count(Nominal.objects.filter(pk__in=shared))),
        Line("people from whose case it is kept out", having(_exclusions(going).filter(lasting))),
        Line("people for whom it runs a tag or another process", count(run)),
        Line("people of its panel area", count(_of_panel_areas(going))),
        Line(
            "people without fixed abode whose closest links are there",
            count(Nominal.objects.filter(pk__in=_addresses(going).values("nominal"))),
        ),
    ]


def move_cases(change: Change, today: date) -> None:
    """Leads, named officers, participations, exclusions, what it runs for somebody, panel areas and areas of closest
    links, from the day on.
    """
    going, to = change.going, change.successor
    nominals = list(Nominal.objects.select_for_update(no_key=True).filter(_concerned(going)).order_by("pk"))
    following = Q(pk__in=_leads(going).values("nominal")) | Q(pk__in=_officers(going).values("nominal"))
    followed = set(Nominal.objects.filter(following).values_list("pk", flat=True))
    for agency in going.agencies:
        _move_one(Going(going.on, (agency,)), to.pk, to.group_id)
    for nominal in nominals:
        if nominal.pk in followed:
            follow_leads(nominal)
            follow_officers(nominal)
    _ledger(going, to.pk)
    if change.panel_area is not None:
        _of_panel_areas(going).exclude(panel_area=change.panel_area).update(
            panel_area=change.panel_area, version=F("version") + 1
        )
    if change.authority is not None:
        move_spans(
            _addresses(going).exclude(closest_links=change.authority), on=going.on, holder="closest_links_id",
            to=change.authority.pk, beside=lambda row: Q(nominal=row.nominal_id, pk=row.pk),
        )  # fmt: skip
    bring_in_line([nominal.pk for nominal in nominals], today=today)


def _move_one(going: Going, agency_id: int, group_id: int) -> None:
    """One predecessor at a time, in the order in which they were named: where both have something, the first stays."""
    move_spans(
        _leads(going), on=going.on, holder="agency_id", to=agency_id, beside=lambda row: Q(nominal=row.nominal_id)
    )
    move_spans(
        _officers(going), on=going.on, holder="agency_id", to=agency_id, beside=lambda row: Q(nominal=row.nominal_id)
    )
    move_spans(
        _participations(going), on=going.on, holder="group_id", to=group_id,
        beside=lambda row: Q(content_object=row.content_object_id, permission=row.permission_id, source=row.source),
    )  # fmt: skip
    move_spans(
        _exclusions(going), on=going.on, holder="agency_id", to=agency_id, beside=lambda row: Q(nominal=row.nominal_id)
    )
    move_spans(
        _processes(going), on=going.on, holder="agency_id", to=agency_id,
        beside=lambda row: Q(nominal=row.nominal_id, kind=row.kind),
    )  # fmt: skip


def _ledger(going: Going, agency_id: int) -> None:
    """What is due from the agency itself and still open is due from the successor."""
    for row in Obligation.objects.filter(agency__in=going.agency_ids, met_on=None, cancelled_on=None):
        same = Obligation.objects.filter(
            agency=agency_id, kind=row.kind, subject=row.subject, triggered_on=row.triggered_on
        )
        if same.exists():
            row.delete()
        else:
            Obligation.objects.filter(pk=row.pk).update(agency=agency_id)


def _lasting(on: date) -> Q:
    return Q(ends_on=None) | Q(ends_on__gte=on)


def _leads(going: Going) -> "QuerySet[LeadAgencySpan]":
    return LeadAgencySpan.objects.filter(agency__in=going.agency_ids)


def _officers(going: Going) -> "QuerySet[NamedOfficerSpan]":
    return NamedOfficerSpan.objects.filter(agency__in=going.agency_ids)


def _participations(going: Going) -> "QuerySet[CaseParticipation]":
    """Those that follow no span: a lead agency's part moves with its lead."""
    groups = [agency.group_id for agency in going.agencies]
    rows: QuerySet[CaseParticipation] = CaseParticipation.objects.filter(group__in=groups)
    return rows.exclude(source=ParticipationSource.LEAD)


def _exclusions(going: Going) -> "QuerySet[Exclusion]":
    return Exclusion.objects.filter(agency__in=going.agency_ids)


def _processes(going: Going) -> "QuerySet[ParallelProcess]":
    return ParallelProcess.objects.filter(agency__in=going.agency_ids)


def _of_panel_areas(going: Going) -> "QuerySet[Nominal]":
    """People under management on the day; who left before it stays where they were counted."""
    managed = LevelSpan.objects.filter(open_on(going.on)).values("nominal")
    return Nominal.objects.filter(panel_area__in=going.panel_areas, pk__in=managed)


def _addresses(going: Going) -> "QuerySet[Address]":
    return Address.objects.filter(_lasting(going.on), closest_links__in=going.authorities)


def _concerned(going: Going) -> Q:
    lasting = _lasting(going.on)
    found = Q(pk__in=_participations(going).filter(lasting).values("content_object"))
    for rows in (_leads(going), _officers(going), _exclusions(going), _processes(going)):
        found |= Q(pk__in=rows.filter(lasting).values("nominal"))
    found |= Q(pk__in=_addresses(going).values("nominal"))
    return found | Q(pk__in=_of_panel_areas(going).values("pk"))
