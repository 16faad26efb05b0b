"""Removing listed people from the working file, so that their bytes are gone.

Belongs here: schema raw. Does not belong here: the generations
(``warehouse.erasure.generations``), who is listed (``warehouse.erasure.listed``) or the record that
it was done (``warehouse.erasure.erasing``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import duckdb

from warehouse.erasure.listed import (
    NIP_DIGITS,
    Erased,
    digest,
    mask_numbers,
    numbers,
    read_list,
    write_list,
)
from warehouse.files import PRIVATE_FILE
from warehouse.sql import literal
from warehouse.store import slices
from warehouse.store.home import Home


def sweep(home: Home, conn: duckdb.DuckDBPyConnection) -> tuple[Counter[str], set[str]]:
    """Delete everybody on the list from schema raw; rows by table, and the files they came from."""
    key, people = home.key(), {person.nip: person for person in read_list(home)}
    tables = tables_with(conn, "raw", "nip")
    _find(conn, key, people, tables)
    write_list(home, people.values())
    rows, deliveries = Counter[str](), set[int]()

    def delete(table: str, where: str, parameters: Sequence[object] = ()) -> None:
        gone = conn.execute(
            f"DELETE FROM raw.{table} WHERE {where} RETURNING delivery_id", parameters
        ).fetchall()
        rows[table] += len(gone)
        deliveries.update(row[0] for row in gone)

    for where, parameters in _punches_by_pin(conn, key, people.values()):
        delete("attendance", where, parameters)
    for table in tables:
        delete(table, "nip IN (SELECT nip FROM erased)")
    known = [[person.respondent for person in people.values()]]
    delete(
        "survey_answer",
        "(delivery_id, row_number) IN (SELECT (delivery_id, row_number) FROM raw.survey "
        "WHERE respondent_id IN (SELECT unnest(?)))",
        known,
    )
    delete("survey", "respondent_id IN (SELECT unnest(?))", known)
    files = set(
        column_of(
            conn,
            "SELECT file_sha256 FROM raw.delivery "
            "WHERE delivery_id IN (SELECT unnest(?::INTEGER[]))",
            [sorted(deliveries)],
        )
    )
    _blank_quarantine(conn, key, people, rows, files)
    _mask_paths(conn, key, people, rows, files)
    # Kept to compare the next publication with: people by NIP or by their survey digest.
    conn.execute(
        "DELETE FROM raw.published_contributor WHERE contributor IN (SELECT nip FROM erased) "
        "OR contributor IN (SELECT unnest(?))",
        known,
    )
    conn.execute("DROP TABLE erased")
    return Counter({table: count for table, count in rows.items() if count}), files


def _find(
    conn: duckdb.DuckDBPyConnection, key: bytes, people: dict[str, Erased], tables: Sequence[str]
) -> None:
    """Put the numbers that are there into table `erased`, and add to each person's PINs."""
    nips = sorted(
        nip
        for table in tables
        for nip in column_of(conn, f"SELECT DISTINCT nip FROM raw.{table} WHERE nip IS NOT NULL")
        if digest(key, nip) in people
    )
    conn.execute(
        "CREATE OR REPLACE TEMP TABLE erased AS SELECT unnest(?::VARCHAR[]) AS nip", [nips]
    )
    for nip in set(nips):
        person = people[digest(key, nip)]
        pins = {*person.pins, *_pins_of(conn, key, nip)}
        people[person.nip] = Erased(person.nip, person.respondent, tuple(sorted(pins)))


def compact(home: Home) -> None:
    """Write what is left of schema raw into a fresh file: deleted rows stay in an old one.

    What dbt computed is dropped whole; the next night, which the erasure makes due, builds it.
    """
    with home.connect() as conn:
        slices.forget(conn)
        for schema in column_of(
            conn, "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal"
        ):
            if schema not in {"raw", "main"}:
                conn.execute(f'DROP SCHEMA "{schema}" CASCADE')
    fresh = home.warehouse_file.with_name(".fresh.duckdb")
    fresh.unlink(missing_ok=True)
    with home.in_memory() as conn:
        conn.execute(f"ATTACH {literal(home.warehouse_file)} AS old (READ_ONLY)")
        conn.execute(f"ATTACH {literal(fresh)} AS fresh")
        conn.execute("COPY FROM DATABASE old TO fresh")
    fresh.chmod(PRIVATE_FILE)
    fresh.replace(home.warehouse_file)


def in_service(conn: duckdb.DuckDBPyConnection, nips: Sequence[str], today: date) -> set[str]:
    """Return which of these people are in service on a day, as the newest files tell it.

    A spell counts as the newest delivery gives it, and a "Data ASN" file as its newest date does.
    """
    return set(
        column_of(
            conn,
            """
            WITH told AS (
              SELECT nip, valid_from, valid_to, row_number() OVER (
                PARTITION BY given.government_code, nip, valid_from
                ORDER BY modified_at DESC, path DESC, row_number DESC) AS age
              FROM raw.employees JOIN raw.delivery AS given USING (delivery_id)
              WHERE outcome = 'loaded' AND file_sha256 NOT IN (
                SELECT file_sha256 FROM raw.rule_withdrawals
                WHERE row_number IS NULL AND file_sha256 IS NOT NULL)
            ), newest AS (
              SELECT government_code, max(snapshot_date) AS snapshot_date
              FROM raw.employee_snapshot GROUP BY government_code
            )
            SELECT nip FROM told WHERE age = 1 AND nip IN (SELECT unnest($1))
              AND $2 BETWEEN coalesce(valid_from, DATE '0001-01-01')
                     AND coalesce(valid_to, DATE '9999-12-31')
            UNION
            SELECT nip FROM raw.employee_snapshot SEMI JOIN newest
              USING (government_code, snapshot_date) WHERE nip IN (SELECT unnest($1))""",
            [list(nips), today],
        )
    )


def _pins_of(
    conn: duckdb.DuckDBPyConnection, key: bytes, nip: str
) -> Iterator[tuple[str, str, str]]:
    rows = conn.execute(
        "SELECT government_code, coalesce(device_id, ''), pin, "
        "coalesce(valid_from::VARCHAR, ''), coalesce(valid_to::VARCHAR, '') "
        "FROM raw.devices WHERE nip = ?",
        [nip],
    ).fetchall()
    return ((digest(key, *row[:3]), row[3], row[4]) for row in rows)


def _punches_by_pin(
    conn: duckdb.DuckDBPyConnection, key: bytes, people: Iterable[Erased]
) -> Iterator[tuple[str, Sequence[object]]]:
    """Conditions for punches that name only a PIN, while it was one of these people's."""
    spells: dict[str, list[tuple[str, str]]] = {}
    for pin_digest, first, last in (pin for person in people for pin in person.pins):
        spells.setdefault(pin_digest, []).append((first or "1900-01-01", last or "9999-12-31"))
    if not spells:
        return
    known = conn.execute(
        "SELECT DISTINCT government_code, device_id, pin FROM raw.attendance WHERE pin IS NOT NULL"
    ).fetchall()
    where = (
        "government_code = ? AND device_id IS NOT DISTINCT FROM ? AND pin = ? "
        "AND timestamp::DATE BETWEEN ?::DATE AND ?::DATE"
    )
    for government, device, pin in known:
        # A list of PINs may leave the device out: then it is the PIN on every device.
        for named in sorted({device or "", ""}):
            for days in spells.get(digest(key, government, named, pin), ()):
                yield where, [government, device, pin, *days]


def _blank_quarantine(
    conn: duckdb.DuckDBPyConnection,
    key: bytes,
    people: Collection[str],
    rows: Counter[str],
    files: set[str],
) -> None:
    """Empty the text of quarantined rows that name one of the people; their count stays."""
    for rowid, file_sha256, _ in _naming(conn, "quarantine", "raw_text", key, people):
        conn.execute("UPDATE raw.quarantine SET raw_text = NULL WHERE rowid = ?", [rowid])
        rows["quarantine"] += 1
        files.add(file_sha256)


def _mask_paths(
    conn: duckdb.DuckDBPyConnection,
    key: bytes,
    people: Collection[str],
    rows: Counter[str],
    files: set[str],
) -> None:
    """Mask the numbers in the paths of deliveries that are named after one of the people."""
    for rowid, file_sha256, path in _naming(conn, "delivery", "path", key, people):
        # Masked and not emptied: the path decides between files of one time.
        conn.execute(
            "UPDATE raw.delivery SET path = ? WHERE rowid = ?", [mask_numbers(path), rowid]
        )
        rows["delivery"] += 1
        files.add(file_sha256)


def _naming(
    conn: duckdb.DuckDBPyConnection, table: str, column: str, key: bytes, people: Collection[str]
) -> list[tuple[int, str, str]]:
    """The rows of a raw table whose text names one of the people: rowid, file and text."""
    found = conn.execute(
        f"SELECT rowid, file_sha256, {column} FROM raw.{table} WHERE {column} IS NOT NULL"
    ).fetchall()
    return [row for row in found if names_one(row[2], key, people)]


def names_one(text: str, key: bytes, people: Collection[str]) -> bool:
    """Whether a text holds the number of somebody whose digest is among ``people``."""
    windows = (
        digits[start : start + NIP_DIGITS]
        for digits in numbers(text)
        for start in range(len(digits) - NIP_DIGITS + 1)
    )
    return any(digest(key, window) in people for window in windows)


def tables_with(conn: duckdb.DuckDBPyConnection, schema: str, column: str) -> list[str]:
    """The tables of a schema, views among them, that have a column."""
    return column_of(
        conn,
        "SELECT table_name FROM duckdb_columns() WHERE schema_name = ? AND column_name = ? "
        "ORDER BY table_name",
        [schema, column],
    )


def column_of(
    conn: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> list[str]:
    """The texts that a query of one column answers with."""
    return [row[0] for row in conn.execute(query, list(parameters)).fetchall()]
