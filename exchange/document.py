"""The documentation of the import file, made from its columns."""

from rules.bounds import FIRST_DAY, LAST_DAY

from .columns import COLUMNS, IDENTIFIERS, MUST_HAVE, Block, Column, Needed, block

_INTRODUCTION = """\
# Bringing in a register: `import_nominals`

    python manage.py import_nominals FILE.csv --area AREA --dry-run
    python manage.py import_nominals FILE.csv --area AREA

The file comes in as a whole or not at all. When anything is wrong, nothing is changed, and every bad row is told with
its line, its column, the reason, the rule behind it and what would be right. `--dry-run` does all of it and keeps
nothing. Try it on `docs/examples/import_nominals.csv` (invented people).

## The file

- CSV with commas, in UTF-8 (in a spreadsheet: "CSV UTF-8"). The first line names the columns, in any order. Columns
  that are not needed can be left out; columns that are not listed here are refused, so that none is lost by a slip.
- These columns must be there: {must_have}.
- Every row names its person: by the column `person`, or else by its first identifier in the order {identifiers}.
- **Several rows a person.** A row carries up to five blocks: a ground, a level, whereabouts, a lead agency, a meeting.
  A person with two grounds has two rows. The rows of a person stand together. Names and the like are given once;
  repeated, they must agree.
- A block is either empty or has its first columns filled, as the tables below say.
- Dates are written `2023-03-31` or `31/03/2023`. The day comes before the month; two-figure years are not read, and
  every day lies in the years {years}.
- Codes can be written as listed or as the words that the pages show ("Level 2", "In custody"), in any case.
- Names of panel areas and agencies are those in the settings of the area; a misspelt one is told with what comes near.

## What the register works out by itself

- The category follows from the grounds and is never typed. A number whose check fails comes in, marked as unverified.
- Days of status before the first level are "level not yet set". A level holds to the day before the next one or to the
  end of the status; a file that leaves a gap, an overlap or a level outside the status is refused.
- Whereabouts and lead agencies last to the day before the next of their kind, unless they say otherwise.
- The level of a meeting is the level of its day; the review is due from the last one.

## The same file twice

People are recognised by their identifiers, within the area. An identifier alone is not enough: surname (the present
one, a former one or an alias) or date of birth must bear it out, or the row is bad. When one of the two differs, the
person is changed and a line "To look at" says so. Whoever is recognised is compared: nothing different means nothing
changed. What the file says differently is changed, what it says in addition is added, and nothing is taken
away: grounds, levels, whereabouts and meetings are matched by their first day (grounds also by their kind). What cannot
stand beside what the register holds is a bad row too.

People whom the importer may not see are not recognised. Without `--as` the command sees ordinary records only. With
`--as E-MAIL` it sees what that person may edit in the area. A hidden record with the same identifier stays as it is
and is not hinted at: the person comes in as a new record, and those who may see both are shown the likeness.
Category 4 grounds come in only with `--as` somebody cleared for Category 4.
"""

_HEAD = "| Column | Meaning | How to write it | Example | Needed | Rule |\n|---|---|---|---|---|---|\n"


def markdown() -> str:
    """The whole page, the same at every run."""
    introduction = _INTRODUCTION.format(
        must_have=", ".join(f"`{name}`" for name in MUST_HAVE),
        years=f"{FIRST_DAY.year} to {LAST_DAY.year}",
        identifiers=", ".join(f"`{name}`" for name in IDENTIFIERS),
    )
    tables = "".join(_table(name) for name in dict.fromkeys(column.block for column in COLUMNS))
    return f"{introduction}\n## The columns\n{tables}\n{len(COLUMNS)} columns in all.\n"


def _table(name: Block) -> str:
    return f"\n### {name.heading}\n\n{_HEAD}{''.join(_line(column) for column in block(name))}"


def _line(column: Column) -> str:
    example = f"`{column.example}`" if column.example else ""
    needed = "" if column.needed is Needed.NO else column.needed.value
    cells = (f"`{column.name}`", column.meaning, column.format.words, example, needed, column.rule)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"
