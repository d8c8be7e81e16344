"""The environment, typed."""

from pathlib import Path

import pytest

from mappa import env
from mappa.env import DatabaseRole, EnvironmentFault

URL = "postgres://mappa_app:p%40ss@db.example:6543/records?sslmode=verify-full"


def read(**values: str) -> env.Environment:
    return env.read({"MAPPA_TESTING": "0", **values})


def test_with_nothing_set_it_is_a_demonstration_for_this_machine_only() -> None:
    nothing = read()
    assert nothing.demo
    assert nothing.embedded_database
    assert not nothing.second_factor
    assert nothing.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")


def test_a_database_of_its_own_makes_it_production() -> None:
    given = read(DATABASE_URL=URL, MAPPA_ALLOWED_HOSTS="a.example, b.example")
    assert given.production
    assert given.second_factor
    assert given.allowed_hosts == ("a.example", "b.example")


def test_a_demonstration_answers_to_this_machine_whatever_hosts_are_given() -> None:
    assert read(MAPPA_DEMO="1", MAPPA_ALLOWED_HOSTS="a.example").allowed_hosts == env.LOCAL_HOSTS


def test_nothing_switches_the_second_factor_off_but_being_a_demonstration() -> None:
    assert read(DATABASE_URL=URL, MAPPA_REQUIRE_SECOND_FACTOR="0").second_factor
    assert read(MAPPA_REQUIRE_SECOND_FACTOR="1").second_factor


def test_an_address_is_read_part_by_part() -> None:
    address = env.database_address(URL)
    assert (address.host, address.port, address.name) == ("db.example", 6543, "records")
    assert (address.user, address.password) == ("mappa_app", "p@ss")
    assert address.options == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("sqlite:///x", "only database", id="another database"),
        pytest.param("postgres://host:port/x", "not a number", id="port in letters"),
        pytest.param("postgres://host", "host and a database", id="no database"),
        pytest.param("postgres:///x", "host and a database", id="no host"),
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str, said: str) -> None:
    with pytest.raises(EnvironmentFault, match=said) as refused:
        env.database_address(url)
    assert url not in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("of the file\n", encoding="utf-8")
    assert read(MAPPA_SECRET_KEY_FILE=str(secret)).secret_key == "of the file"


def test_a_secret_given_twice_or_not_readable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="both set"):
        read(MAPPA_SECRET_KEY="a", MAPPA_SECRET_KEY_FILE="/b")
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        read(MAPPA_SECRET_KEY_FILE=str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAPPA_DEBUG", "perhaps"),
        ("MAPPA_TRUSTED_PROXIES", "one"),
        ("MAPPA_LOG_FORMAT", "xml"),
        ("EMAIL_URL", "http://mail.example"),
        ("EMAIL_URL", "smtp://mail.example:post"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(EnvironmentFault, match=name):
        read(**{name: value})


def test_mail_with_tls_has_its_own_port() -> None:
    server = env.mail_server("smtps://u:p%2F@mail.example")
    assert (server.port, server.tls, server.password) == (587, True, "p/")
    assert env.mail_server("smtp://mail.example").port == 25


@pytest.mark.parametrize(
    ("argv", "role"),
    [
        (["manage.py", "migrate"], DatabaseRole.MIGRATOR),
        (["/a b/manage.py", "makemigrations", "--check"], DatabaseRole.MIGRATOR),
        (["manage.py", "import_nominals", "migrate"], DatabaseRole.APP),
        (["manage.py"], DatabaseRole.APP),
        (["/venv/bin/gunicorn", "migrate"], DatabaseRole.APP),
    ],
)
def test_only_commands_that_change_tables_connect_as_their_owner(argv: list[str], role: DatabaseRole) -> None:
    assert env.database_role(argv) is role


def test_the_mailbox_of_replies_is_read_over_tls_or_not_at_all() -> None:
    assert read().replies is None
    found = read(
        MAPPA_REPLIES_URL="imaps://r:p%40ss@mail.example/Cal%20in", MAPPA_REPLIES_ADDRESS="r@mail.example"
    ).replies
    assert found == env.ReplyMailbox("r@mail.example", "mail.example", 993, "r", "p@ss", "Cal in")
    for url, address in (
        ("imap://r:secret@mail.example", "r@mail.example"),
        ("imaps://mail.example", "r@mail.example"),
        ("imaps://r:secret@mail.example", ""),
        ("", "r@mail.example"),
        ('imaps://r:secret@mail.example/In"box', "r@mail.example"),
        ("imaps://r:secret@mail.example:x", "r@mail.example"),
    ):
        with pytest.raises(EnvironmentFault, match="MAPPA_REPLIES") as fault:
            read(MAPPA_REPLIES_URL=url, MAPPA_REPLIES_ADDRESS=address)
        assert "secret" not in str(fault.value)
