"""`make bench`: the pages people open most, each beside the same rows by raw SQL and beside a bare page.

Runs in this process against the demonstration (`make setup` first), evidence and all. Times are medians of one run on
one machine: the ratios are what counts. Nothing here fails when a page is slow.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

import django


def main(runs: int = 60) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
    django.setup()
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    from agencies.models import Membership
    from agencies.roles import Role
    from bench.bare import rows
    from cases.models import LevelSpan, Nominal
    from mappa import clock
    from rules.vocabulary import Level
    from tests.factories.agencies import sign_in

    today = clock.today()
    acting = Membership.objects.on(today).filter(role=Role.COORDINATOR).order_by("pk").first()
    span = LevelSpan.objects.filter(level=Level.THREE, nominal__area=acting.area if acting else None).last()
    if acting is None or span is None:
        sys.exit("There is no demonstration here. Run `make setup` first.")
    with override_settings(ROOT_URLCONF="bench.bare", ALLOWED_HOSTS=["testserver"]):
        client = Client()
        sign_in(client, acting.user, acting=acting)
        token = _token(client)

        def search() -> object:
            return client.post("/search/", {"text": "Galina", "csrfmiddlewaretoken": token})

        pages: dict[str, Callable[[], object]] = {
            "raw SQL, the same 50 rows": lambda: rows(acting.area_id, today),
            "bare page": lambda: client.get("/bare/"),
            "register": lambda: client.get("/nominals/"),
            "register, Level 2 and 3": lambda: client.get("/nominals/?level=2&level=3"),
            "search by sound-alike name": search,
            "a person's page": lambda: client.get(f"/nominals/{span.nominal_id}/"),
            "Today": lambda: client.get("/"),
        }
        print(f"{Nominal.objects.count()} nominals, {runs} runs each, median\n")  # noqa: T201
        print(f"{'':32}{'ms':>8}{'bare':>8}{'queries':>9}")  # noqa: T201
        bare = 0.0
        for name, ask in pages.items():
            took = _median(ask, runs)
            with CaptureQueriesContext(connection) as captured:
                answer = ask()
            status = getattr(answer, "status_code", 200)
            if status != 200:
                sys.exit(f"{name}: answered {status}")
            bare = took if name == "bare page" else bare
            ratio = f"{took / bare:.1f} x" if bare else ""
            print(f"{name:32}{took * 1000:8.1f}{ratio:>8}{len(captured):9}")  # noqa: T201


def _median(ask: Callable[[], object], runs: int) -> float:
    for _ in range(3):
        ask()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _token(client: object) -> str:
    page = client.get("/search/")  # type: ignore[attr-defined]
    return str(page.context["csrf_token"]) if page.context else ""


if __name__ == "__main__":
    main()
