"""The columns, their documentation and the example file say the same."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from exchange.columns import BY_NAME, COLUMNS, MUST_HAVE
from exchange.document import markdown
from exchange.problems import CellError
from rules.vocabulary import GroundKind

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_fresh() -> None:
    assert (DOCS / "import_nominals.md").read_text(encoding="utf-8") == markdown()


def test_write_docs_tells_that_all_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("write_docs", "--check")

    assert "up to date" in capsys.readouterr().out


def test_every_column_is_documented() -> None:
    page = markdown()

    assert [name for name in BY_NAME if f"| `{name}` |" not in page] == []
    assert all(f"`{kind.value}`" in page for kind in GroundKind)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.example], ids=lambda column: column.name)
def test_an_example_can_be_read(column: object) -> None:
    try:
        column.format.read(column.example)  # type: ignore[attr-defined]
    except CellError as error:
        pytest.fail(f"{column.name}: {error}")  # type: ignore[attr-defined]


def test_the_example_file_has_every_column() -> None:
    with (DOCS / "examples" / "import_nominals.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))

    assert header == [column.name for column in COLUMNS]
    assert set(MUST_HAVE) <= set(header)
