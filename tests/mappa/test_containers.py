"""Dockerfile and docker-compose.yml, as far as they can be checked without an engine."""

import importlib.util
import json
import re
from typing import Any

import pytest
import yaml

from mappa.env import BASE_DIR, read

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("mappa:")]
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
EXAMPLE = (BASE_DIR / ".env.example").read_text(encoding="utf-8")


def steps(word: str) -> list[str]:
    return [line.removeprefix(word).strip() for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")]


def test_the_parts_of_an_installation() -> None:
    assert set(SERVICES) == {"prepare", "web", "worker", "beat", "postgres", "valkey"}
    assert set(OURS) == {"prepare", "web", "worker", "beat"}


@pytest.mark.parametrize("name", OURS)
def test_ours_run_with_as_little_as_they_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is (name != "prepare")
    assert not service.get("privileged")
    assert "postgres" in service["depends_on"]


@pytest.mark.parametrize("name", list(SERVICES))
def test_every_image_names_its_version(name: str) -> None:
    assert re.search(r":\d", SERVICES[name]["image"])


def test_secrets_come_as_files() -> None:
    given = set(COMPOSE["secrets"])
    for service in SERVICES.values():
        assert set(service.get("secrets", ())) <= given
        for key, value in service.get("environment", {}).items():
            if "KEY" in key or "PASSWORD" in key:
                assert key.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_every_volume_is_declared() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (BASE_DIR / source).exists()


def test_only_this_machine_reaches_the_web_server() -> None:
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert all("ports" not in service for name, service in SERVICES.items() if name != "web")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_commands_name_modules_that_are_there(name: str) -> None:
    command = SERVICES[name]["command"]
    assert command[:2] == ["python", "-m"]
    assert importlib.util.find_spec(command[2])
    assert importlib.util.find_spec(command[3].removeprefix("--app="))


def test_the_image_is_of_our_python_and_never_root() -> None:
    bases = {base.split()[0] for base in steps("FROM")}
    assert bases == {"python:3.11-slim-bookworm"}
    assert steps("USER") == ["mappa"]
    assert DOCKERFILE.index("USER mappa") < DOCKERFILE.index("CMD [")


def test_the_image_is_built_from_the_lock() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert not steps("ADD")
    for copied in steps("COPY"):
        if not copied.startswith("--from"):
            assert (BASE_DIR / copied.split()[0]).exists()
    command = json.loads(steps("CMD")[0])
    assert importlib.util.find_spec(command[2])
    assert importlib.util.find_spec(command[3])


def test_nothing_private_goes_into_the_image() -> None:
    left_out = set((BASE_DIR / ".dockerignore").read_text(encoding="utf-8").split())
    assert {".git", ".env", ".data", ".venv", "node_modules"} <= left_out


def test_the_example_environment_is_read_without_complaint() -> None:
    lines = [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")]
    values = {key: value for key, _, value in (line.partition("=") for line in lines) if not key.endswith("_FILE")}
    environment = read({**values, "MAPPA_TESTING": "0"})
    assert environment.production
    assert environment.database is not None
    assert environment.migrator_database is not None
