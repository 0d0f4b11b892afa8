"""Sheets as files: XLSX, and CSV in the encodings that spreadsheets write in China and elsewhere."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

LARGEST = 10_000_000  # bytes of a file
LARGEST_UNPACKED = 100_000_000  # bytes of all that an XLSX unpacks to
MOST_ROWS, MOST_COLUMNS = 50_000, 200
ENCODINGS = ("utf-8-sig", "gb18030")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that spreadsheets take for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
_WIDTH = 30


class BadFile(Exception):
    """The file can't be read as a sheet; the message says why."""


def read_sheet(content: bytes, name: str) -> list[list[str]]:
    """Reads all rows of a file; of an XLSX those of its first sheet.

    Args:
        content: of the file.
        name: of the file; its ending tells the format.

    Returns:
        The cells as texts, rows of any length; the first row is the headers.

    Raises:
        BadFile: it is too large, or no sheet.
    """
    if len(content) > LARGEST:
        raise BadFile(f"the file has {len(content) // 1_000_000} MB; {LARGEST // 1_000_000} MB is the most.")
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsx":
        rows = _read_xlsx(content)
    elif ending == ".csv":
        rows = _read_csv(content)
    else:
        raise BadFile(f"{ending or 'a file without an ending'} can't be read; save it as .xlsx or .csv.")
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise BadFile(f"the sheet is larger than {MOST_ROWS} rows or {MOST_COLUMNS} columns.")
    return [[_unguarded(cell) for cell in row] for row in rows]


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Writes rows as CSV in UTF-8 with a byte order mark, which spreadsheets need to read Chinese."""
    text = io.StringIO()
    csv.writer(text).writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """Writes rows as XLSX: all cells are texts, the headers stay in view."""
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a new workbook has one
        raise RuntimeError("no sheet")
    sheet.title = title
    for row in rows:
        sheet.append([_guarded(cell) for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = _WIDTH  # type: ignore[union-attr]
    sheet.freeze_panes = "B2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _read_xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise BadFile("the file unpacks to more than is taken.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise BadFile(f"it is no XLSX file ({type(error).__name__}).") from None
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what it says of its size may be anything
        rows = []
        for cells in sheet.iter_rows(values_only=True):
            rows.append(_trimmed([_text(cell) for cell in cells]))
            if len(rows) > MOST_ROWS:
                break
        return rows
    except (IndexError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
        raise BadFile(f"its first sheet can't be read ({type(error).__name__}).") from None
    finally:
        book.close()


def _read_csv(content: bytes) -> list[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise BadFile(f"it is no CSV file ({error}).") from None
    raise BadFile("its letters can't be read; save it as CSV in UTF-8.")


def _trimmed(cells: list[str]) -> list[str]:
    """Leaves out the empty cells at the end; spreadsheets add them freely."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def _guarded(cell: str) -> str:
    """Makes sure that a spreadsheet takes a cell for a text; :func:`_unguarded` takes it back."""
    return f"'{cell}" if cell.startswith((*_DANGEROUS, "'")) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_DANGEROUS, "'")) else cell
