"""The pages people open most, measured in this process against one database: `python -m bench.pages`, as JSON.

Evidence and all: the pages run through the whole stack. Beside them, of the same rows: raw SQL through the driver; a
bare page (session, one query, a plain template, nothing else); the same list filtered by guardian's own lookup.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
RUNS = 40


def main(area: str = "derbyshire", runs: int = RUNS) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
    django.setup()
    from django.db import connection
    from django.db.models import Count
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    from agencies.models import Membership
    from agencies.roles import Role
    from bench.bare import rows
    from cases.models import LeadAgencySpan, LevelSpan, Nominal
    from mappa import clock
    from rules.vocabulary import Level
    from tests.factories.agencies import sign_in

    today = clock.today()
    acting = Membership.objects.on(today).filter(role=Role.COORDINATOR, area__slug=area).order_by("pk").first()
    leads = LeadAgencySpan.objects.filter(ends_on=None, nominal__area__slug=area).values_list("agency")
    leading = leads.annotate(number=Count("pk")).order_by("-number").values_list("agency", flat=True).first()
    spans = LevelSpan.objects.filter(level=Level.TWO, ends_on=None, nominal__area__slug=area)
    span = spans.select_related("nominal").order_by("pk").last()
    if acting is None or span is None:
        sys.exit("There is nobody in this database. Run `make setup` first.")

    def signed_in() -> Client:
        client = Client()
        sign_in(client, acting.user, acting=acting)
        session = client.session
        session["bench"] = {"area": acting.area_id, "today": today.isoformat(), "agency": leading}
        session.save()
        return client

    found: dict[str, dict[str, float]] = {}
    with override_settings(ROOT_URLCONF="bench.bare", ALLOWED_HOSTS=["testserver"]):
        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE):
            plain = signed_in()
            plain.get("/bare/")  # the client keeps the handler, and with it the middleware, of its first request
        client = signed_in()
        pages: dict[str, Callable[[], Any]] = {
            "raw SQL": lambda: rows(acting.area_id, today),
            "bare page": lambda: plain.get("/bare/"),
            "bare page, list by guardian": lambda: plain.get("/guardian/"),
            "register": lambda: client.get("/nominals/"),
            "register, Level 2 and 3": lambda: client.get("/nominals/?level=2&level=3"),
            "search by sound-alike name": lambda: client.post("/search/", {"text": span.nominal.family_name}),
            "a person's page": lambda: client.get(f"/nominals/{span.nominal_id}/"),
            "Today": lambda: client.get("/"),
        }
        times = _measured(pages, runs)
        for name, ask in pages.items():
            with CaptureQueriesContext(connection) as captured:
                answer = ask()
            status = getattr(answer, "status_code", 200)
            if status != 200:
                sys.exit(f"{name}: answered {status}")
            sql = sum(float(query["time"]) for query in captured.captured_queries)
            found[name] = {"ms": times[name] * 1000, "queries": len(captured), "sql_ms": sql * 1000}
    print(json.dumps({"people": Nominal.objects.count(), "pages": found}))  # noqa: T201


def _measured(pages: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Medians. The pages take turns, so that whatever else the machine does slows them all alike."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(runs + 3):
        for name, ask in pages.items():
            began = time.perf_counter()
            ask()
            if turn >= 3:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(taken) for name, taken in times.items()}


if __name__ == "__main__":
    main()
