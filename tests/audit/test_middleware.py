"""One transaction a request: what stays and what goes, and no page without its evidence (promises 18, 19)."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from audit.models import Access
from audit.reads import access_by_user, access_of_nominal

from .conftest import Actor, Query


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.audit.site"
    settings.MIDDLEWARE = [
        "audit.middleware.OuterMiddleware",
        "tests.audit.site.StepUpMiddleware",
        "tests.audit.site.ActorMiddleware",
        "audit.middleware.InnerMiddleware",
    ]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def rows(actor: Actor) -> list[Access]:
    return access_by_user(actor, 7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "stays", "outcome"),
    [
        pytest.param("/fine/", 200, True, "ok", id="a page keeps what it wrote"),
        pytest.param("/answers/302/", 302, True, "ok", id="a redirect keeps it"),
        pytest.param("/answers/400/", 400, True, "ok", id="a refused form keeps its counter"),
        pytest.param("/answers/403/", 403, True, "denied", id="a refusal that is returned keeps it"),
        pytest.param("/answers/500/", 500, False, "failed", id="a returned 500 undoes it"),
        pytest.param("/raises/error/", 500, False, "failed", id="an exception undoes it"),
        pytest.param("/raises/missing/", 404, False, "ok", id="a raised 404 undoes it"),
        pytest.param("/raises/forbidden/", 403, False, "denied", id="a raised 403 undoes it"),
        pytest.param("/raises/step_up/", 302, False, "ok", id="an exception that a middleware answers undoes it"),
        pytest.param("/swallows/", 500, False, "failed", id="a hidden database error is a 500 and undoes it"),
        pytest.param("/api/raise/", 400, False, "ok", id="an exception inside DRF undoes it"),
        pytest.param("/api/return/", 400, True, "ok", id="a 400 that DRF's view returned keeps it"),
    ],
)
def test_what_stays(visitor: Client, actor: Actor, address: str, status: int, stays: bool, outcome: str) -> None:
    response = visitor.get(address)
    (row,) = rows(actor)
    assert response.status_code == status
    assert Group.objects.filter(name="written").exists() is stays
    assert (row.status, row.outcome, row.method) == (status, outcome, "GET")


@pytest.mark.django_db
def test_the_row_says_who_what_and_whom(visitor: Client, actor: Actor) -> None:
    response = visitor.get("/fine/")
    (row,) = access_of_nominal(actor, 5)
    assert (row.kind, row.route, row.root_ids, row.user_id, row.membership_id, row.role) == (
        "view",
        "fine",
        [5],
        7,
        70,
        "coordinator",
    )
    assert str(row.request_id) == response.headers["X-Request-ID"]
    assert uuid.UUID(response.headers["X-Request-ID"]).version == 7


@pytest.mark.django_db
def test_search_terms_are_digests_and_one_row_holds_all_ids(visitor: Client, actor: Actor) -> None:
    visitor.get("/search/")
    (row,) = rows(actor)
    first, second = (bytes(term) for term in row.terms)
    assert (row.kind, row.root_ids, row.hits) == ("search", [3, 9], 2)
    assert first == second
    assert b"smith" not in first.lower()


@pytest.mark.django_db
def test_a_denial_names_whom_it_was_about_but_no_address(visitor: Client, actor: Actor) -> None:
    visitor.get("/refuses/123456/")
    (row,) = access_of_nominal(actor, 11)
    assert (row.kind, row.outcome, row.reason, row.route) == ("denied", "denied", "R100", "refuses")


@pytest.mark.django_db
def test_a_failed_sign_in_is_evidence_although_nobody_is_known(visitor: Client, actor: Actor) -> None:
    visitor.post("/sign-in/?as=nobody")
    visitor.get("/fine/")
    assert [row.kind for row in rows(actor)] == ["view"]  # and the other row is nobody's


def test_rows_of_nobody(own_database: object, visitor: Client, owner_sql: Query) -> None:
    visitor.get("/answers/200/?as=nobody")
    assert owner_sql("SELECT count(*) FROM audit_access") == [(0,)]
    visitor.post("/sign-in/?as=nobody")
    assert owner_sql("SELECT kind, principal_kind, user_id, outcome, reason FROM audit_access") == [
        ("sign_in", "anonymous", None, "failed", "password")
    ]


def test_no_audit_no_page(own_database: object, visitor: Client, owner_sql: Query) -> None:
    """Promise 19: the access row cannot be written, so nothing is shown and nothing is changed."""
    owner_sql(
        "REVOKE EXECUTE ON FUNCTION audit_log_access"
        "(text, text, text, integer, text, bigint[], bytea[], integer, text) FROM mappa_app"
    )
    response = visitor.get("/fine/")
    assert response.status_code == 503
    assert b"Ann" not in response.content
    assert response.headers["Retry-After"]
    assert response.headers["X-Request-ID"]
    assert not Group.objects.exists()
    for_machines = visitor.get("/fine/", headers={"accept": "application/json"})
    assert for_machines.json()["request_id"] == for_machines.headers["X-Request-ID"]


def test_no_event_no_change(own_database: object, visitor: Client, owner_sql: Query) -> None:
    owner_sql("REVOKE EXECUTE ON FUNCTION audit_record_event(text, text, text, bigint, text, jsonb) FROM mappa_app")
    assert visitor.post("/serves/").status_code == 503
    assert not Group.objects.exists()
    assert owner_sql("SELECT outcome, status FROM audit_access") == [("failed", 503)]


@pytest.mark.usefixtures("probes")
def test_commit_that_fails_is_a_500_and_leaves_a_row_that_says_so(visitor: Client, owner_sql: Query) -> None:
    response = visitor.get("/late/")
    assert response.status_code == 500
    assert b"saved" not in response.content
    assert owner_sql("SELECT outcome, status, user_id FROM audit_access") == [("failed", 500, 7)]
    assert owner_sql("SELECT count(*) FROM probe_ground") == [(0,)]


def test_middleware_that_breaks_the_transaction_leaves_a_row(
    own_database: object, visitor: Client, owner_sql: Query
) -> None:
    assert visitor.get("/fine/?broken=1").status_code == 500
    assert owner_sql("SELECT outcome, status, user_id FROM audit_access") == [("failed", 500, 7)]


def test_database_that_cannot_be_reached_is_a_503(own_database: Any, visitor: Client) -> None:
    connection.close()
    name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], "test_that_does_not_exist"
    try:
        assert visitor.get("/fine/").status_code == 503
    finally:
        connection.settings_dict["NAME"] = name


def test_service_and_page_are_one_transaction(own_database: object, visitor: Client, owner_sql: Query) -> None:
    response = visitor.post("/serves/")
    request_id = uuid.UUID(response.headers["X-Request-ID"])
    events = owner_sql("SELECT name, root_id, user_id, request_id, xact, ordinal FROM audit_event")
    accesses = owner_sql("SELECT request_id, xact, ordinal FROM audit_access")
    assert events[0][:4] == ("group_written", 5, 7, request_id)
    assert accesses == [(request_id, events[0][4], events[0][5] + 1)]
