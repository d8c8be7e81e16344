"""The three kinds of file that a list can become."""

from collections.abc import Mapping

from exchange.models import FileFormat

from .csv_file import write_csv
from .ods_file import write_ods
from .sheet import Writer
from .xlsx_file import write_xlsx

WRITERS: Mapping[str, Writer] = {FileFormat.ODS: write_ods, FileFormat.XLSX: write_xlsx, FileFormat.CSV: write_csv}
CONTENT_TYPES: Mapping[str, str] = {
    FileFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv; charset=utf-8",
}
