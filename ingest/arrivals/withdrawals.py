"""What an office took back, as SQL over the loader's tables.

Belongs here: the one condition by which a row of a government's file is taken back on a day. Does
not belong here: who may take back and when (`config/withdrawals.csv`), or the marts, which ask
`stg_withdrawal` the same.
"""

from __future__ import annotations

from datetime import date


def taken_back(table: str, today: date, row_number: str = "NULL") -> str:
    """Return SQL that is true where a file, or the row of it that is asked for, is taken back.

    Args:
        table: The name of a relation with government_code and file_sha256.
        today: The local date; a withdrawal counts from its first day to its last.
        row_number: SQL of the row; without it only withdrawals of the whole file are meant.
    """
    return f"""EXISTS (
        SELECT 1 FROM raw.rule_withdrawals withdrawal
        WHERE withdrawal.government_code = {table}.government_code
          AND withdrawal.file_sha256 = {table}.file_sha256
          AND DATE '{today}' BETWEEN withdrawal.valid_from AND withdrawal.valid_to
          AND (withdrawal.row_number IS NULL OR withdrawal.row_number = {row_number}))"""
