"""The databases that tests get."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection, connections


@pytest.mark.django_db
def test_ordinary_tests_run_as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, name = cursor.fetchone()
    assert user == "mappa_app"
    assert name.startswith("test_")


def test_an_own_database_commits_and_is_seen_from_another_thread(own_database: object) -> None:
    cache.set("mark", 1)
    seen: list[object] = []

    def look() -> None:
        seen.append(cache.get("mark"))
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


def test_another_own_database_knows_nothing_of_the_first(own_database: object) -> None:
    assert cache.get("mark") is None


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", [1, 2])
def test_the_cache_of_an_ordinary_test_is_rolled_back(attempt: int) -> None:
    assert cache.get("attempt") is None
    cache.set("attempt", attempt)
