"""Attendance as devices and their programs are known to write it in public, made up here.

A shape of a layout that we promise gives its known answer; any other is set aside as unknown, and
never read as something that it is not.
"""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Office

PUNCHES = "SELECT pin, timestamp::VARCHAR FROM raw.attendance ORDER BY row_number"
A, B = ("1001", "2026-08-17 07:05:12"), ("A7", "2026-08-17 16:02:00")

READ = {
    "four cells": "1001\t2026-08-17 07:05:12\t1\t0\nA7\t2026-08-17 16:02:00\t1\t1\n",
    "six cells, padded, CRLF": "     1001\t2026-08-17 07:05:12\t1\t0\t15\t0\r\n"
    "       A7\t2026-08-17 16:02:00\t1\t1\t15\t0\r\n",
    "seven cells and a mark": "\ufeff1001\t2026-08-17 07:05:12\t1\t0\t1\t0\t0\n"
    "A7\t2026-08-17 16:02:00\t1\t1\t1\t0\t0\n",
    "zeros before the number": "000001001\t2026-08-17 07:05:12\t1\t0\t1\t0\n"
    "A7\t2026-08-17 16:02:00\t1\t1\t1\t0\n",
    "with a header": "No\tTMNo\tEnNo\tName\tMode\tDateTime\n"
    "1\t1\t1001\t\t1\t2026/08/17  07:05:12\n2\t1\tA7\t\t1\t2026/08/17  16:02:00\n",
}
UNKNOWN = {
    "what a device pushes, ten cells": "1001\t2026-08-17 07:05:12\t0\t25\t0\t0\t0\t0\t0\t0\n",
    "blanks between the cells": "1001 2026-08-17 07:05:12 1 0\n",
    "date and time apart, commas": "1001,2026-08-17,07:05:12,Check-In,Fingerprint\n",
    "a list of a program, month first": "Department,Name,No.,Date/Time,Status,Location ID\n"
    "OUR COMPANY,A,1001,8/17/2026 7:05:12 AM,C/In,1\n",
    "seconds since 1970": "deviceTime;userId;recordTime;recordStatus\n1;1;1755390312;1\n",
}


@pytest.mark.parametrize("name", READ)
def test_a_shape_that_we_know_gives_its_punches(office: Office, name: str) -> None:
    office.put("attendance", READ[name], "1_attlog.dat")
    (balance,) = office.load("attendance")
    assert (balance.outcome, balance.rows_quarantined) == ("loaded", 0)
    assert office.rows(PUNCHES) == [A, B]


@pytest.mark.parametrize("name", UNKNOWN)
def test_any_other_shape_is_set_aside(office: Office, name: str) -> None:
    office.put("attendance", UNKNOWN[name], "1_attlog.dat")
    (balance,) = office.load("attendance")
    assert (balance.outcome, balance.reason_code) == ("set_aside", "layout_unknown")
