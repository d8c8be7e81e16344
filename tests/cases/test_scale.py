"""A hundred thousand people: in by batches in flat memory, and still found by index."""

import random
import resource
from collections.abc import Callable
from datetime import date, timedelta

import psycopg2
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Area
from agencies.roles import Perm
from cases.alike import names_like
from cases.facts import BATCH as PER_BATCH
from cases.models import Nominal
from cases.queries import find
from cases.records import LeadAgencyRecord
from cases.services.bulk import insert_people
from cases.services.obligations import drifting, drifting_everywhere
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


def plans_of(ask: Callable[[], object]) -> str:
    """How the database goes about whatever is asked, on the terms that are set while it is asked."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    plans = []
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in (each["sql"] for each in captured):
            if "set_config" in sql:
                cursor.execute(sql.replace("%", "%%"), [])
            elif sql.startswith("SELECT"):
                cursor.execute(f"EXPLAIN {sql}".replace("%", "%%"), [])
                plans += [row[0] for row in cursor.fetchall()]
    return "\n".join(plans)


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
    # Nobody has another name here, and no index is asked of an empty table.
    for index in ("nominal_area_trigram", "nominal_area_family_sound", "nominal_area_given_sound"):
        assert index in plan, plan
    for asked in (
        {"text": make.pnc(777).value},
        {"text": "Gallena"},
        {"text": "Wolstenholme"},
        {"text": "Markus Gallena"},
        {"text": "Shayle", "date_of_birth": date(1970, 3, 3)},
        {"date_of_birth": date(1970, 3, 3)},
    ):
        plans = plans_of(lambda asked=asked: find(coordinator, on=TODAY, **asked))
        assert "Seq Scan on cases_nominal" not in plans, (asked, plans)

    # A batch of the ledger asks as often as any other, however many there are.
    with CaptureQueriesContext(connection) as few:
        drifting(Nominal.objects.order_by("pk").values_list("pk", flat=True)[:PER_BATCH], today=TODAY)
    with CaptureQueriesContext(connection) as all_of_them:
        assert drifting_everywhere(today=TODAY) == []
    assert len(all_of_them) <= len(few) * PEOPLE // PER_BATCH + 1
    assert verify_register() == []
