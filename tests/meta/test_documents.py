"""What people read about the house: made from the code and fresh, and about nothing but this project."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from agencies.document import markdown
from rules.document import document

from .addresses import addresses
from .source import ROOT

DOCS = ROOT / "docs"

# Addresses of package registries, paths of one machine, folders beside the checkout: none belongs in a public project.
FOREIGN = {
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:work|home/\w+|Users/\w+|root)/(?!\.local)[\w.-]+"),
    "a folder beside the checkout": re.compile(r"\.\./(?:shared|work)\b"),
    # Written so that the pattern does not name what it looks for.
    "a package registry": re.compile(
        r"(?:py[p]i|pytho[n]hosted|npmj[s]|artifactor[y]|devp[i])[\w-]*[.:/]\w", re.IGNORECASE
    ),
    "an address inside a network": re.compile(r"https?://(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+"),
}
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|(?:ghp|gho|glpat|xox[bp])[-_][A-Za-z0-9]{16,}")
# This file says what it looks for.
SPEAKS_OF_THEM = {"tests/meta/test_documents.py"}
# Tests of the environment use invented addresses of a private network.
LONGEST = 3_000_000


@cache
def files() -> tuple[str, ...]:
    """What is tracked, and what would be if all were added now."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]
    assert len(found) > 100, "git lists too little: the test has lost its subject"
    return tuple(sorted(found))


@cache
def texts() -> dict[str, str]:
    found = {}
    for path in files():
        content = (ROOT / path).read_bytes()
        if len(content) < LONGEST and b"\0" not in content[:8000]:
            found[path] = content.decode("utf-8", errors="replace")
    return found


def test_rules_are_documented_as_they_are() -> None:
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == document(), "python -m rules.document --write"


def test_access_is_documented_as_it_is() -> None:
    assert (DOCS / "access.md").read_text(encoding="utf-8") == markdown(), "python manage.py write_docs"


def test_all_generated_documents_are_fresh() -> None:
    """Raises ``CommandError`` that names the stale ones, ``import_nominals.md`` among them."""
    call_command("write_docs", check=True)


@pytest.mark.parametrize("what", FOREIGN)
def test_the_project_speaks_of_itself_alone(what: str) -> None:
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1} {match.group()}"
        for path, text in texts().items()
        if path not in SPEAKS_OF_THEM
        for match in FOREIGN[what].finditer(text)
    ]
    assert not found, f"{what}: " + "; ".join(found[:20])


def test_no_secret_is_tracked() -> None:
    assert not [path for path, text in texts().items() if path not in SPEAKS_OF_THEM and SECRETS.search(text)]
    assert not {".env", "db.sqlite3"} & set(files())


def test_nothing_that_is_made_is_tracked() -> None:
    made = ("static/build/", ".data/", ".venv/", "node_modules/")
    assert not [path for path in files() if path.startswith(made) or path.endswith((".pyc", ".orig", ".rej"))]


def test_the_readme_leads_to_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in DOCS.glob("*.md"))])
def test_every_link_and_picture_leads_somewhere(name: str) -> None:
    path = ROOT / name
    targets = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (path.parent / target).exists()]


def test_every_command_that_documents_name_exists() -> None:
    """``make x`` and ``manage.py x`` in what people read are there to be typed."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    commands = {found.stem for found in ROOT.glob("*/management/commands/*.py")} | {
        "migrate", "makemigrations", "check", "shell", "runserver", "createcachetable", "test",
    }  # fmt: skip
    wrong = []
    for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md"):
        path = ROOT / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        wrong += [f"{name}: make {found}" for found in re.findall(r"`make ([a-z-]+)", text) if found not in rules]
        wrong += [f"{name}: {found}" for found in re.findall(r"manage\.py (\w+)", text) if found not in commands]
    assert not wrong, "\n".join(wrong)


def test_words_unfinished_stand_nowhere() -> None:
    """What is not done is not there."""
    unfinished = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|NotImplementedError|INTERIM)\b")
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1} {match.group()}"
        for path, text in texts().items()
        if Path(path).suffix in (".py", ".html", ".js", ".scss", ".md", ".sql", ".toml")
        and path not in SPEAKS_OF_THEM
        and not path.startswith("docs/adr")
        for match in unfinished.finditer(text)
    ]
    assert not found, "; ".join(found)


def test_the_interface_describes_itself_whole_and_by_lasting_names() -> None:
    """A set of words without a name of its own is called by a digest, and a client breaks with the next new word."""
    GENERATOR_STATS.reset()
    described = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, sorted(GENERATOR_STATS._warn_cache)
    methods = sum(method != "parameters" for each in described["paths"].values() for method in each)
    assert methods == sum(len(each.actions) or 1 for each in addresses() if each.is_interface)
