"""A hundred thousand people: in by batches in flat memory, and still found at once."""

import random
import resource
import time
from datetime import date, timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from agencies.access import visible
from agencies.models import Area
from agencies.roles import Perm
from cases.models import Nominal
from cases.queries import find, with_derived
from cases.records import LeadAgencyRecord
from cases.search import names_like
from cases.services.bulk import insert_people
from cases.services.obligations import drifting_everywhere
from cases.verification import verify_register
from mappa.env import DatabaseRole
from rules.vocabulary import Level, Whereabouts
from tests.conftest import OwnDatabase
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, principal_for
from tests.factories.cases import TODAY

BY_NAME = ("family_name", "given_names", "pk")
PEOPLE, BATCH = 100_000, 1_000
ROCKS = ["Galena", "Galina", "Shale", "Marl", "Agate", "Basalt", "Calcite", "Dolomite", "Feldspar", "Gypsum", "Onyx",
         "Pumice", "Quartz", "Schist", "Tufa", "Obsidian", "Barytes", "Slate", "Chert", "Jasper"]  # fmt: skip
ENDS = ["", "ford", "by", "ham", "son", "well", "thorpe", "ley", "ton", "wick", "combe", "dale", "field", "gate"]
GIVEN = ["Adam", "Marcus", "Owen", "Stefan", "Ryan", "Kieran", "Yusuf", "Craig", "Peter", "Ruth", "Priya", "Ewa"]


def gather_statistics(database: OwnDatabase) -> None:
    """What the database does by itself some minutes after so many rows have come in; only the owner may ask for it."""
    link = psycopg2.connect(database.environment(DatabaseRole.MIGRATOR)["DATABASE_URL"])
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    link.close()


@pytest.mark.long
def test_a_national_register(own_database: OwnDatabase) -> None:
    area: Area = AreaFactory()
    coordinator = principal_for(MembershipFactory(area=area), on=TODAY)
    draw, lead = random.Random(1), AgencyFactory(area=area)

    def somebody(number: int) -> object:
        two = draw.random() < 0.01
        return make.person(
            area,
            family_name=draw.choice(ROCKS) + draw.choice(ENDS) + draw.choice(ENDS)
            if number % 99
            else draw.choice(ROCKS),
            given_names=draw.choice(GIVEN),
            date_of_birth=date(1950, 1, 1) + timedelta(days=draw.randrange(20_000)),
            identifiers=(make.pnc(number),),
            levels=(make.at_level(Level.TWO if two else Level.ONE),),
            whereabouts=(make.stay(draw.choice([Whereabouts.COMMUNITY, Whereabouts.CUSTODY])),),
            lead_agencies=(LeadAgencyRecord(lead.pk, make.LONG_AGO),),
            meetings=(make.meeting(TODAY - timedelta(days=draw.randrange(200))),) if two else (),
        )

    peaks = []
    for first in range(0, PEOPLE, BATCH):
        batch = [somebody(number) for number in range(first, first + BATCH)]
        insert_people(by=make.system(), today=TODAY, batch=batch)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    assert peaks[-1] < peaks[0] + 20_000_000, "memory grows with the number of batches"

    gather_statistics(own_database)
    with transaction.atomic(), connection.cursor() as cursor:
        query, values = names_like(coordinator, Perm.SEARCH, "Gallena").query.sql_with_params()
        cursor.execute(f"EXPLAIN {query}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index in ("nominal_area_trigram", "nominal_family_sound", "nominal_given_sound"):
        assert index in plan, plan

    def rows() -> QuerySet[Any]:
        return with_derived(visible(coordinator, Nominal.objects.all(), Perm.NOMINAL_VIEW), on=TODAY)

    within = {
        "number": (0.3, lambda: find(coordinator, on=TODAY, text=make.pnc(777).value)),
        "name": (1.0, lambda: find(coordinator, on=TODAY, text="Gallena")),
        "rare name": (0.5, lambda: find(coordinator, on=TODAY, text="Wolstenholme")),
        "two names": (1.0, lambda: find(coordinator, on=TODAY, text="Markus Gallena")),
        "name and birth date": (
            0.5, lambda: find(coordinator, on=TODAY, text="Shayle", date_of_birth=date(1970, 3, 3))
        ),
        "first page": (0.8, lambda: list(rows().order_by(*BY_NAME)[:25])),
        "Level 2": (3.0, lambda: list(rows().filter(level="2").order_by(*BY_NAME)[:25])),
        "ledger": (10.0, lambda: drifting_everywhere(today=TODAY)),
        "verify": (20.0, verify_register),
    }  # fmt: skip
    slow = {}
    for name, (limit, ask) in within.items():
        began = time.perf_counter()
        ask()
        took = time.perf_counter() - began
        if took > limit:
            slow[name] = took
    assert not slow
