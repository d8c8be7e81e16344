"""Makes `docs/rules.md` from the catalogue, the citations of the code, and the parameters.

python -m rules.document --check    compares the file with what the code says
python -m rules.document            writes it anew
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import rules
from rules.catalogue import RULES
from rules.offences import listed_offences
from rules.parameters import ALWAYS, PARAMETERS, Parameter, Value

DOCUMENT = Path("docs/rules.md")

STRENGTHS = """\
- **LAW**: read in the statute; no area can change its numbers.
- **DOC**: stated in a published report or in guidance; an area can only be stricter.
- **SET**: reconstructed from practice; a setting, to be confirmed locally.
- **DES**: a design decision that guards against a known failure; an area can only be stricter.
"""


# Rules about who may see and change what: no function here decides them.
ABOVE = "access and services"


# Rules that are written and tested, and that nothing asks yet, each with what will. tests/meta holds the list.
NOT_YET_ASKED = {
    "actions.action_status": "one action: lists ask the database, held to it by a test",
    "calendar.next_working_day": "the dates of meetings",
    "calendar.working_days_between": "the dates of meetings",
    "sittings.resets_clock": "the record of a meeting",
    "counting.years_touched": "returns that have been published",
    "deadlines.review_trigger": "one person's present clock: the ledger reckons every day it was counted from",
    "endings.may_record_supervision": "post-sentence supervision, of which no record is kept",
}


def cited_functions() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Every function that cites a rule: its name with its module, the rules, the parameters. Sorted by name."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for info in iter_modules(rules.__path__):
        module = import_module(f"rules.{info.name}")
        for name, thing in vars(module).items():
            if getattr(thing, "__module__", "") == module.__name__ and hasattr(thing, "__cites__"):
                found[f"{info.name}.{name}"] = (thing.__cites__, thing.__params__)
    return [(name, *found[name]) for name in sorted(found)]


def document() -> str:
    """The whole text. It holds no date of its making, so that the same code gives the same text."""
    return "\n".join(
        [
            "# Rules",
            "",
            "Made from the code by `make docs`. Do not edit.",
            "",
            STRENGTHS,
            "## What the code applies",
            "",
            *_rule_rows(),
            "",
            "## Stated, not yet asked",
            "",
            "Written and tested; nothing in the system asks them yet.",
            "",
            *_waiting_rows(),
            "",
            "## Numbers and choices",
            "",
            "The value in force on the day of the trigger decides.",
            "",
            *_parameter_rows(),
            "",
            "## Offences that can carry Category 2",
            "",
            "Data, not code: `rules/data/schedule_15.json`, to be compared with the live statute before use.",
            "",
            *_offence_rows(),
            "",
        ]
    )


def _rule_rows() -> Iterator[str]:
    functions = cited_functions()
    yield "| Rule | Says | Strength | Check | Source | Applied by |"
    yield "|---|---|---|---|---|---|"
    for rule in RULES.values():
        asked = [name for name, cited, _ in functions if rule.id in cited and "._" not in name]
        users = ", ".join(f"`{name}`" for name in asked if name not in NOT_YET_ASKED)
        if asked and not users:
            users = "not yet asked"
        yield f"| {rule.id} | {rule.title} | {rule.strength} | {rule.check} | {rule.source} | {users or ABOVE} |"


def _waiting_rows() -> Iterator[str]:
    yield "| Function | Rules | Waits for |"
    yield "|---|---|---|"
    for name, cited, _ in cited_functions():
        if name in NOT_YET_ASKED:
            yield f"| `{name}` | {', '.join(cited)} | {NOT_YET_ASKED[name]} |"


def _parameter_rows() -> Iterator[str]:
    yield "| Key | Meaning | Value | Unit | Strength | Stricter is | Rule | Holds from |"
    yield "|---|---|---|---|---|---|---|---|"
    for known in PARAMETERS:
        since = "always" if known.holds_from == ALWAYS else known.holds_from.isoformat()
        yield (
            f"| `{known.key}` | {known.label} | {_value(known.default)} | {known.unit} | {known.strength} "
            f"| {_stricter(known)} | {known.rule} | {since} |"
        )


def _stricter(known: Parameter) -> str:
    return "" if known.stricter == "none" else known.stricter.value


def _value(value: Value) -> str:
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _offence_rows() -> Iterator[str]:
    yield "| Code | Offence | Provision | Part | Convictions |"
    yield "|---|---|---|---|---|"
    for row in listed_offences().values():
        valid = "any" if row.valid.starts_on == ALWAYS and row.valid.ends_on is None else str(row.valid)
        yield f"| `{row.code}` | {row.title} | {row.provision} | {row.part} | {valid} |"


def main(arguments: Sequence[str]) -> int:
    """Writes the document, or compares it with `--check`; the result is the exit status."""
    text = document()
    if not arguments:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if list(arguments) == ["--check"]:
        if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{DOCUMENT} is not what the code says: run make docs\n")
        return 1
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
