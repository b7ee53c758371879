"""The rows of a CSV or a Parquet file that nobody has checked, as texts within limits.

Owns the delimiter and the letters of a CSV, and which columns of a Parquet file are plain.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from cnn.data.errors import DataError
from cnn.data.files import megabytes
from cnn.data.own.limits import Limits
from cnn.data.own.reading import MOST_COLUMNS
from cnn.network.errors import shown

DELIMITERS = ",;\t|"
_SNIFFED = 100  # rows that the delimiter is told by

Row = tuple[str, ...]


def rows_of_csv(content: bytes, limits: Limits) -> list[Row]:
    text = _text(content)
    few = list(filter(str.strip, text[: 100 * 1_000].splitlines()[:_SNIFFED]))
    if not few:
        raise DataError("is empty")
    try:
        read = {one: list(csv.reader(few, delimiter=one)) for one in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda one: _fit_of(read[one]))
        width = _usual_width(read[delimiter])
        return _even(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), width, limits)
    except csv.Error as error:
        raise DataError(f"cannot be read as a table: {error}") from error


def _text(content: bytes) -> str:
    """The letters of a file, as Excel and others write them."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError("is no text; save it as CSV in UTF-8")


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    (width, _), *_ = Counter(map(len, rows)).most_common(1)
    return width


def _fit_of(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """How well a delimiter fits: in how many rows it makes the same, more than one, cells."""
    width = _usual_width(rows)
    return (sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0), width


def _even(rows: Iterator[list[str]], width: int, limits: Limits) -> list[Row]:
    """All rows with the usual number of cells; another is refused by its number."""
    if not 2 <= width <= MOST_COLUMNS:
        raise DataError(
            f"has {width} column{'s' * (width > 1)}; wanted are 2 to {MOST_COLUMNS}: the names of "
            "the files and their labels"
        )
    found: list[Row] = []
    for number, row in enumerate(rows, start=1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != width:
            raise DataError(
                f"has {len(row)} cells in row {number:,}, and {width} in most: {shown(row[:4])}. "
                "Put cells that hold the delimiter into quotes"
            )
        _check_many(len(found) + 1, limits)
        found.append(tuple(row))
    if not found:
        raise DataError("is empty")
    return found


def _check_many(rows: int, limits: Limits) -> None:
    if rows > 3 * limits.files:
        raise DataError(f"has more than {3 * limits.files:,} rows")


def rows_of_parquet(content: bytes, limits: Limits) -> list[Row]:
    """The columns of plain values, as text, under their names; what is nested is left out."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # comes with Streamlit
        from pyarrow import parquet
    except ImportError as error:
        raise DataError("needs pyarrow to be read; save it as CSV") from error
    try:
        with parquet.ParquetFile(io.BytesIO(content), memory_map=False) as file:
            sizes = (file.metadata.row_group(one) for one in range(file.metadata.num_row_groups))
            size = sum(one.total_byte_size for one in sizes)
            if size > limits.file_bytes:
                raise DataError(
                    f"unpacks to {megabytes(size)}; {megabytes(limits.file_bytes)} is the limit"
                )
            _check_many(file.metadata.num_rows, limits)
            plain = [one.name for one in file.schema_arrow if _is_plain(one.type)][:MOST_COLUMNS]
            columns: list[list[str]] = [[] for _ in plain]
            for batch in file.iter_batches(batch_size=4_096, columns=plain):
                _check_many(len(columns[0]) + len(batch) if columns else 0, limits)
                for cells, column in zip(columns, batch.columns, strict=True):
                    cells.extend("" if one is None else str(one) for one in column.to_pylist())
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError("is damaged, or no Parquet file; save it again, or as CSV") from error
    if len(columns) < 2:
        raise DataError(f"has {len(columns)} columns of words or numbers; wanted are 2 or more")
    return [tuple(plain), *zip(*columns, strict=True)]


def _is_plain(kind: object) -> bool:
    from pyarrow import types

    inner = kind.value_type if types.is_dictionary(kind) else kind  # type: ignore[attr-defined]
    return bool(
        types.is_string(inner)
        or types.is_large_string(inner)
        or types.is_integer(inner)
        or types.is_boolean(inner)
    )
