"""The shape of the file: encoding, header, cells."""

import io

import pytest

from exchange.problems import Kind, Problem
from exchange.reader import Row, rows

HEADER = b"pnc,family_name,date_of_birth,ground,ground_start\n"


def read(content: bytes) -> tuple[list[Row], list[Problem]]:
    problems: list[Problem] = []
    return list(rows(io.BytesIO(content), problems.append)), problems


@pytest.mark.parametrize(
    ("content", "line", "column", "kind"),
    [
        pytest.param(b"", 1, "", Kind.EMPTY_FILE, id="nothing"),
        pytest.param(b"\n\n", 1, "", Kind.EMPTY_FILE, id="empty lines"),
        pytest.param(HEADER[:-1] + b",grund_end\n", 1, "grund_end", Kind.COLUMN_UNKNOWN, id="a misspelt column"),
        pytest.param(HEADER[:-1] + b",pnc\n", 1, "pnc", Kind.COLUMN_TWICE, id="a column twice"),
        pytest.param(
            b"pnc,family_name,date_of_birth,ground\n", 1, "ground_start", Kind.COLUMN_MISSING, id="one missing"
        ),
        pytest.param(HEADER + b"1,Marl\n", 2, "", Kind.CELLS_TOO_FEW, id="too few cells"),
        pytest.param(HEADER + b"1,Marl, Anton,a,b,c\n", 2, "", Kind.CELLS_TOO_MANY, id="an unquoted comma"),
        pytest.param(HEADER + b'1,"Marl,a,b,c\n2,Shale,a,b,c\n', 2, "", Kind.QUOTE_OPEN, id="an open quotation mark"),
        pytest.param(HEADER + b"1,Marl,a,b,c\n2,Sch\xe4fer,a,b,c\n", 3, "", Kind.NOT_UTF8, id="Windows encoding"),
        pytest.param("pnc,family_name\n".encode("utf-16"), 1, "", Kind.NOT_UTF8, id="UTF-16"),
        pytest.param(HEADER + b"1,Ma\0rl,a,b,c\n", 2, "family_name", Kind.CHARACTER, id="a null character"),
    ],
)
def test_bad_shape(content: bytes, line: int, column: str, kind: Kind) -> None:
    _, problems = read(content)

    assert [(one.line, one.column, one.kind) for one in problems] == [(line, column, kind)]
    assert problems[0].reason
    assert problems[0].right


def test_a_file_without_header_shows_nobody() -> None:
    _, problems = read(b"2001/9000123K,Feldspar,1979-02-28,notification,2020-01-06\n")

    assert not any("eldspar" in str(one) or "9000123" in str(one) for one in problems)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with the mark of UTF-8"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_rows_and_lines(mark: bytes, end: bytes) -> None:
    content = mark + HEADER + '1, Ma\u00a0rl ,"a\nb",c,\n\n,,,,\n2,Šálek,a,b,c\n'.encode()

    found, problems = read(content.replace(b"\n", end))

    assert problems == []
    assert [row.line for row in found] == [2, 6]
    assert found[0].cells == {"pnc": "1", "family_name": "Ma rl", "date_of_birth": "a b", "ground": "c"}
    assert found[1].cells["family_name"] == "Šálek"
