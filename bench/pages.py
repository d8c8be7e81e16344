"""The pages people open most, measured in this process against one database: `python -m bench.pages`, as JSON.

Evidence and all: the pages run through the whole stack. Beside each, of the same rows: raw SQL through the driver; a
bare page (session, one query, a plain template, nothing else); for the register, a list filtered by guardian's lookup.
`--memory` asks for 10,000 pages instead, and tells what the process holds after 1,000 and at the end.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import django

from .where import TEMPLATE, WAITING, shares

BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
RUNS, LOOKED_AT = 10, 5
EARLY_PAGES, ALL_PAGES = 1_000, 10_000
PAGES = ("register", "search", "person", "today")
BY_GUARDIAN, OUR_EMPTY = "register by guardian", "our empty"

Ask = Callable[[], Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--area", default="derbyshire")
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
    # As the web server that answers pages, which asks the database on its own terms.
    os.environ.setdefault("MAPPA_PROCESS", "page")
    django.setup()
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="bench.bare", ALLOWED_HOSTS=["testserver"]):
        ours, bare, people = _asked(options.area, as_served=options.memory)
        found = _memory(list(ours.values())) if options.memory else _measure(ours, bare)
    print(json.dumps({"people": people, **found}))  # noqa: T201


class Served:
    """Asks the application as a web server does. Django's client for tests keeps something of every request: three
    finalisers of signals it connects anew, which over 10,000 pages look like a leak of ours.
    """

    def __init__(self, client: Any) -> None:
        from django.conf import settings
        from django.core.handlers.wsgi import WSGIHandler
        from django.middleware.csrf import CSRF_SECRET_LENGTH
        from django.test import RequestFactory

        self.application = WSGIHandler()
        # What the form of the page would send along.
        client.cookies[settings.CSRF_COOKIE_NAME] = "a" * CSRF_SECRET_LENGTH
        self.requests = RequestFactory(headers={"X-CSRFToken": "a" * CSRF_SECRET_LENGTH})
        self.requests.cookies = client.cookies

    def get(self, address: str) -> None:
        self._answered(self.requests.get(address).environ)

    def post(self, address: str, data: dict[str, str]) -> None:
        self._answered(self.requests.post(address, data).environ)

    def _answered(self, environ: dict[str, Any]) -> None:
        statuses: list[str] = []
        answer = self.application(environ, lambda status, *_: statuses.append(status))
        b"".join(answer)
        answer.close()
        if not statuses[0].startswith("200"):
            sys.exit(f"The page answered {statuses[0]}.")


def _asked(area: str, *, as_served: bool = False) -> tuple[dict[str, Ask], dict[str, Ask], int]:
    """The pages, the bare ones, and how many people there are."""
    from django.db.models import Count
    from django.test import Client, override_settings

    from agencies.models import Membership
    from agencies.roles import Role
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
    values = {"area": acting.area_id, "today": today.isoformat(), "agency": leading}
    values |= {"name": span.nominal.family_name, "person": span.nominal_id}

    def signed_in() -> Client:
        client = Client()
        sign_in(client, acting.user, acting=acting)
        session = client.session
        session["bench"] = values
        session.save()
        return client

    with override_settings(MIDDLEWARE=BARE_MIDDLEWARE):
        plain = signed_in()
        plain.get("/bare/register/")  # the client keeps the handler, and with it the middleware, of its first request
    client: Any = Served(signed_in()) if as_served else signed_in()
    ours: dict[str, Ask] = {
        "register": lambda: client.get("/nominals/"),
        "search": lambda: client.post("/search/", {"text": span.nominal.family_name}),
        "person": lambda: client.get(f"/nominals/{span.nominal_id}/"),
        "today": lambda: client.get("/"),
    }
    bare: dict[str, Ask] = {name: _asks(plain, f"/bare/{name}/") for name in (*PAGES, "empty", "guardian")}
    if not as_served:
        bare[BY_GUARDIAN] = _asks(client, "/bare/register-by-guardian/")
        bare[OUR_EMPTY] = _asks(client, "/bare/our-empty/")
    return ours, bare, Nominal.objects.count()


def _asks(client: Any, address: str) -> Ask:
    return lambda: client.get(address)


def _measure(ours: dict[str, Ask], bare: dict[str, Ask]) -> dict[str, Any]:
    raw = {name: _raw(ask) for name, ask in bare.items() if name in PAGES}
    asked = {f"ours {name}": ask for name, ask in ours.items()}
    asked |= {f"bare {name}": ask for name, ask in bare.items()} | {f"raw {name}": ask for name, ask in raw.items()}
    times = _medians(asked, RUNS)
    frame = _drawing(shares(bare[OUR_EMPTY], LOOKED_AT), times[f"bare {OUR_EMPTY}"])
    found = {}
    for name, ask in ours.items():
        answer, queries = _statements(ask)
        plain, _ = _statements(bare[name])
        found[name] = {
            **{kind: times[f"{kind} {name}"] for kind in ("ours", "bare", "raw")},
            "queries": len(queries),
            "sql": sum(float(each["time"]) for each in queries) * 1000,
            "bytes": len(answer.content),
            "bare_bytes": len(plain.content),
            "shares": (ours_shares := shares(ask, LOOKED_AT)),
            # What drawing ours takes beyond drawing the bare one, in milliseconds; the frame is the empty page's.
            "drawn": _drawing(ours_shares, times[f"ours {name}"])
            - _drawing(shares(bare[name], LOOKED_AT), times[f"bare {name}"])
            - frame,
        }
    beside = {"guardian": "guardian", "by_guardian": BY_GUARDIAN, "empty": "empty", "our_empty": OUR_EMPTY}
    return {"pages": found, **{name: times[f"bare {asked}"] for name, asked in beside.items()}}


def _drawing(parts: dict[str, float], time_of: dict[str, float]) -> float:
    """Milliseconds of the processor in templates: their part of all but waiting."""
    return parts[TEMPLATE] / (100 - parts[WAITING]) * time_of["cpu"]


def _statements(ask: Ask) -> tuple[Any, list[dict[str, str]]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    if answer.status_code != 200:
        sys.exit(f"A page answered {answer.status_code}.")
    return answer, captured.captured_queries


def _raw(ask: Ask) -> Ask:
    """What the bare page asks about people, straight through the driver, to the last row."""
    from django.db import connection

    _, queries = _statements(ask)
    texts = [each["sql"] for each in queries if "django_session" not in each["sql"] and "SELECT" in each["sql"]]
    texts = [text for text in texts if 'FROM "agencies_user"' not in text]

    def run() -> None:
        with connection.cursor() as cursor:
            for text in texts:
                cursor.cursor.execute(text)
                cursor.cursor.fetchall()

    return run


def _medians(asked: dict[str, Ask], runs: int) -> dict[str, dict[str, float]]:
    """Milliseconds by the clock and of this process. The pages take turns, so that whatever else the machine does slows
    them all alike."""
    clock: dict[str, list[float]] = {name: [] for name in asked}
    process: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(runs + 3):
        for name, ask in asked.items():
            began, used = time.perf_counter(), time.process_time()
            ask()
            if turn >= 3:
                clock[name].append(time.perf_counter() - began)
                process[name].append(time.process_time() - used)
    return {
        name: {"ms": statistics.median(clock[name]) * 1000, "cpu": statistics.median(process[name]) * 1000}
        for name in asked
    }


def _memory(asked: Sequence[Ask]) -> dict[str, Any]:
    """What the process holds, in MB, after the first thousand pages and after all."""
    early = 0.0
    for number in range(1, ALL_PAGES + 1):
        asked[number % len(asked)]()
        if number == EARLY_PAGES:
            early = _held()
    return {"early_mb": early, "late_mb": _held()}


def _held() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
