"""Is the process alive, and is it ready to serve? For a load balancer; answered before anything else runs.

`/health/alive` asks nothing of the database. `/health/ready` asks whether the database answers and is migrated; it
says too how long the oldest letter has waited, and warns beyond the limit: pages are served all the same.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from letters.queries import outbox_age
from mappa.env import Fault

Handler = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers the two addresses itself, so that they write no evidence and open no session."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/alive":
            return JsonResponse({"alive": True})
        if request.path == "/health/ready":
            ready, why = readiness()
            letters = outbox() if ready else {}
            return JsonResponse({"ready": ready, "why": why, **letters}, status=200 if ready else 503)
        return self.get_response(request)


def readiness() -> tuple[bool, str]:
    """Whether pages can be served, and if not, why: without a word about the installation's inside."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False, "the database is not migrated"
    except (DatabaseError, Fault):
        return False, "the database does not answer"
    return True, ""


def outbox() -> dict[str, object]:
    """How many whole minutes the oldest letter has waited that should have gone, and a warning beyond the limit."""
    age = outbox_age()
    late = age is not None and age > settings.MAPPA_OUTBOX_WAITS
    return {
        "outbox_minutes": 0 if age is None else int(age.total_seconds() // 60),
        "warnings": ["letters wait longer than they should"] if late else [],
    }
