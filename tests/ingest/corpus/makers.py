"""One faithful file of every layout, with the faults that it is known for.

The names of the makers are those that the files in ``ingest/layouts`` give as their fixture. Names,
numbers and units are invented.
"""

from __future__ import annotations

import datetime as dt

from tests.ingest.corpus.sheets import NIPS, text, xls, xlsx, zipped

ANSWERS = [f"{value}{n}" for value in ("BP", "AK", "KO", "HA", "LO", "AD", "KL") for n in (1, 2, 3)]


def _listed(names: str) -> list[str]:
    return names.split("|")


def attlog() -> bytes:
    """Padded and alphanumeric PINs, five and six columns, garbage, disorder, clock resets."""
    return (
        b"        1\t2026-10-03 08:59:01\t1\t0\t1\t0\r\n"
        b"       A7\t2026-10-02 16:01:00\t1\t1\t1\r\n"
        b"\r\n"
        b"garbage \x7f\r\n"
        b"        1\t2000-01-01 00:00:01\t1\t0\t1\t0\r\n"
        b"        2\t2031-10-03 08:59:01\t1\t0\t1\t0\r\n"
        b"         \t2026-10-03 09:10:00\t1\t0\t1\t0\r\n"
        b"        1\t2026-10-03 08:59:01\t1\t0\t1\t0\r\n"
    )


def device_log() -> bytes:
    """GLG_001.TXT: zeros before the PIN, no names, slashes and two blanks, every punch twice."""
    header = "No\tTMNo\tEnNo\tName\t\tGMNo\tMode\tDateTime\r\n"
    rows = [(1, "00000012", "07:29:10"), (2, "00000007", "07:31:44"), (3, "00000012", "16:02:00")]
    punches = [
        f"{2 * n + copy:06d}\t1\t{pin}\t          \t\t1\t0\t2026/10/05  {time}\r\n"
        for n, pin, time in rows
        for copy in (0, 1)
    ]
    return ("# DeviceModel = X100\r\n" + header + "".join(punches)).encode()


def standard_report() -> bytes:
    """StandardReport.xls: two rows per person, times glued together, other sheets beside it."""
    report = [
        ["Laporan Log Absen"],
        [],
        ["Tanggal", "", "2026-10-30 ~ 2026-11-02"],
        [30.0, 31.0, 1.0, 2.0],
        ["ID:", "", 12.0, "", "Nama:", "", "PEGAWAI A", "Dept.:", "KANTOR"],
        ["06:1017:00", "", "07:0916:1716:17", "07:31\n16:00"],
        ["ID: 7 Nama: PEGAWAI B Dept.: KANTOR"],
        ["07:1x", "", "25:99", ""],
        ["ID: 9 Nama: PEGAWAI C Dept.: KANTOR"],
        [],
    ]
    return xls({"Lap. Statistik": [["Statistik"], [1.0, 2.0]], "Lap. Log Absen": report})


_LAPORAN = _listed(
    "Emp No.|No. ID|NIK|Nama|Auto-Assign|Tanggal|Jam Kerja|Jam Masuk|Jam Pulang|Scan Masuk|"
    "Scan Pulang|Normal|Riil|Terlambat|Plg. Cepat|Absent|Lembur|Jml Jam Kerja|Pengecualian|"
    "Harus C/In|Harus C/Out|Departemen|NDays|Akhir Pekan|Hari Libur|Jml Kehadiran|NDays_OT|"
    "Lembur Akhir Pekan|Lembur Hari Libur|Kolom 30|Kolom 31|Kolom 32"
)


def _laporan_row(pin: object, nik: object, day: str, scan_in: str, scan_out: str) -> list[object]:
    row: list[object] = [""] * len(_LAPORAN)
    row[:6] = ["1", pin, nik, "PEGAWAI YANG NAMANY", "", day]
    row[9:11] = [scan_in, scan_out]
    return row


def fingerspot() -> bytes:
    """Laporan .xls: 32 columns, dates of the day first, a night shift, damaged and missing NIK."""
    rows = [
        _laporan_row(101.0, NIPS[0], "14/10/2025", "07:25", "16:05"),
        _laporan_row(102.0, 1.98609262015051e17, "05/10/2025", "21:55", "07:02"),
        _laporan_row(103.0, "", "14/10/2025", "", ""),
        _laporan_row(104.0, "", "14/10/2025", "07:40", ""),
        _laporan_row("", "", "14/10/2025", "07:41", ""),
        _laporan_row(105.0, "", "31/02/2025", "07:41", ""),
    ]
    return xls({"Laporan": [_LAPORAN, *rows]})


def fingerspot_again() -> bytes:
    """What offices make of it: semicolons, a hyphen for nothing, a row of totals."""
    return text(
        [
            _listed("No|Emp Num|No ID|NIK|Nama|Tanggal|Scan Masuk|Scan Pulang"),
            (1, 1, 101, NIPS[0], "A", "14/10/2025", "07:25", "16:05"),
            (2, 2, "00102", "-", "B", "14/10/2025", "07:30", "-"),
            (3, 3, 103, "-", "C", "14/10/2025", "-", "-"),
            ("JUMLAH", "", "", "", "", "", "", ""),
        ]
    )


def google_forms() -> bytes:
    """Grid questions, an e-mail column, the timestamps of an Indonesian sheet, words of a scale."""
    header = ["Stempel waktu", "Alamat Email", "Nama lengkap", "Unit kerja Anda"]
    header += [f"Seberapa setuju Anda? [{code}. Pernyataan, {code}]" for code in ANSWERS]
    rows = [
        ["17/07/2023 9:05:01", "a@contoh.invalid", "A", "Dinas A", *["Setuju"] * 21],
        ["05/07/2023 13:00:00", "b@contoh.invalid", "B", "Dinas A", *["SS"] * 20, ""],
        ["05/07/2023 13:00:00", "c@contoh.invalid", "C", "Dinas A", *["7"] * 21],
        ["06/07/2023 13:00:00", "d@contoh.invalid", "D", "", *["5"] * 21],
    ]
    return "".join(",".join(f'"{c}"' for c in row) + "\n" for row in [header, *rows]).encode()


def google_forms_english() -> bytes:
    header = ["Timestamp", "Email Address", "Unit Kerja", *ANSWERS]
    return text(
        [
            header,
            ["7/17/2023 9:05:01", "a@contoh.invalid", "Dinas A", *[4] * 21],
            ["7/5/2023 9:05:01", "b@contoh.invalid", "Dinas A", *[4] * 21],
        ],
        ",",
    )


def google_forms_zipped() -> bytes:
    """The CSV of a zip says its zone: here nine hours ahead, and once at seven."""
    header = ["Timestamp", "Username", "Unit Kerja", *ANSWERS]
    rows = [
        ["2023/07/17 9:05:01 AM GMT+9", "a@contoh.invalid", "Dinas A", *[4] * 21],
        ["2023/07/17 9:05:01 PM GMT+7", "b@contoh.invalid", "Dinas A", *[4] * 21],
    ]
    return zipped({"Survei Budaya Kerja.csv": text([header, *rows], ",")})


def kobotoolbox() -> bytes:
    """Group names in headers, times in UTC, the columns that Kobo adds."""
    header = ["start", "end", "profil/unit_kerja", *[f"budaya/{code}" for code in ANSWERS]]
    header += ["_id", "_uuid", "_submission_time", "_index"]
    rows = [
        ["2023-07-17T08:00:00.000+09:00", "x", "Dinas A", *[3] * 21, 9, "u-9", t, 1]
        for t in ("2023-07-17T22:05:01", "2023-07-18T00:05:01", "kemarin")
    ]
    return text([header, *rows])


def limesurvey() -> bytes:
    """Question codes as headers; the second response was never finished."""
    header = ["id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp"]
    header += ["Unit kerja", *[f"Q[{code}]" for code in ANSWERS]]
    done = "2023-07-17 09:05:01"
    return text(
        [
            header,
            [1, done, 3, "id", done, done, "Dinas A", *[5] * 21],
            [2, "", 1, "id", done, done, "Dinas A", 5, *[""] * 20],
            [3, done, 3, "id", done, done, "", *[5] * 21],
        ],
        ",",
    )


_SIASN = _listed(
    "PNS ID|NIP BARU|NIP LAMA|NAMA|GELAR DEPAN|GELAR BELAKANG|TEMPAT LAHIR ID|"
    "TEMPAT LAHIR NAMA|TANGGAL LAHIR|JENIS KELAMIN|AGAMA ID|AGAMA NAMA|JENIS KAWIN ID|"
    "JENIS KAWIN NAMA|NIK|NOMOR HP|EMAIL|EMAIL GOV|ALAMAT|NPWP NOMOR|BPJS|JENIS PEGAWAI ID|"
    "JENIS PEGAWAI NAMA|KEDUDUKAN HUKUM ID|KEDUDUKAN HUKUM NAMA|STATUS CPNS PNS|"
    "KARTU ASN VIRTUAL|NOMOR SK CPNS|TANGGAL SK CPNS|TMT CPNS|NOMOR SK PNS|TANGGAL SK PNS|"
    "TMT PNS|GOL AWAL ID|GOL AWAL NAMA|GOL AKHIR ID|GOL AKHIR NAMA|TMT GOLONGAN|MK TAHUN|"
    "MK BULAN|JENIS JABATAN ID|JENIS JABATAN NAMA|JABATAN ID|JABATAN NAMA|TMT JABATAN|"
    "TINGKAT PENDIDIKAN ID|TINGKAT PENDIDIKAN NAMA|PENDIDIKAN ID|PENDIDIKAN NAMA|TAHUN LULUS|"
    "KPKN ID|KPKN NAMA|LOKASI KERJA ID|LOKASI KERJA NAMA|UNOR ID|UNOR NAMA|INSTANSI INDUK ID|"
    "INSTANSI INDUK NAMA|INSTANSI KERJA ID|INSTANSI KERJA NAMA|SATUAN KERJA INDUK ID|"
    "SATUAN KERJA INDUK NAMA|SATUAN KERJA KERJA ID|SATUAN KERJA KERJA NAMA|IS VALID NIK|"
    "NAMA SEKOLAH|FLAG IKD|ESELON ID|ESELON NAMA"
)


def siasn_row(nip: object, unit: str = "U1", **given: object) -> list[object]:
    """A row of Data ASN; ``given`` names columns in lower case with underscores."""
    values: dict[str, object] = {
        "NIP BARU": nip,
        "NAMA": "PEGAWAI",
        "UNOR ID": unit,
        "UNOR NAMA": f"Dinas {unit}",
        "JENIS PEGAWAI NAMA": "PNS Daerah",
        "KEDUDUKAN HUKUM NAMA": "Aktif",
        "STATUS CPNS PNS": "P",
        "JENIS JABATAN ID": "4",
        "TMT CPNS": 42125,  # 2015-05-01, as a spreadsheet counts days
        "TMT JABATAN": "01-02-2020",
    }
    values |= {name.upper().replace("_", " "): value for name, value in given.items()}
    return [values.get(column, "") for column in _SIASN]


def siasn_of(rows: list[list[object]]) -> bytes:
    return xlsx({"Data ASN": [_SIASN, *rows]})


def siasn() -> bytes:
    """69 columns, an apostrophe before the number, dates as serials and as text."""
    return siasn_of(
        [
            siasn_row(f"'{NIPS[0]}"),
            siasn_row(NIPS[1], status_cpns_pns="C", jenis_jabatan_id="2"),
            siasn_row(NIPS[2], kedudukan_hukum_nama="PPPK Aktif", status_cpns_pns=""),
            siasn_row(NIPS[8], kedudukan_hukum_nama="PPPK Paruh Waktu Aktif"),
            siasn_row(int(NIPS[3])),
            siasn_row(NIPS[4], kedudukan_hukum_nama="", jenis_pegawai_nama="", status_cpns_pns=""),
        ]
    )


def _banner() -> list[list[object]]:
    return [[line] for line in ("PEMERINTAH", "KOTA", "INDEKS", "PROFESIONALITAS", "ASN", "2024")]


_PIP = ["Nama", "Nama Jabatan", "Satuan Kerja", "Kualifikasi", "Kompetensi", "Kinerja", "Disiplin"]


def pip_asn() -> bytes:
    """Six rows of banner, no employee numbers, numbers as text with comma and point."""
    rows = [
        [*_PIP, "Total"],
        ["PEGAWAI SATU, S.Sos", "Analis", "Dinas A", "15", "21,5", 25, "5", "66,5"],
        ["PEGAWAI DUA", "Analis", "Dinas A", 15, 21.5, 25, 5, 66.5],
        ["", "Analis", "Dinas A", 15, 21.5, 25, 5, 66.5],
        ["PEGAWAI TIGA", "Analis", "Dinas A", 45, 21.5, 25, 5, 96.5],
        ["JUMLAH", "", "", 45, 43, 50, 10, ""],
    ]
    return xlsx({"PIP": [*_banner(), *rows]})


def pip_asn_with_numbers() -> bytes:
    rows = [["NIP", *_PIP], [f"'{NIPS[0]}", "A", "Analis", "Dinas A", 15, 21.5, 25, 5]]
    rows += [["1,98609E+17", "B", "Analis", "Dinas A", 15, 21.5, 25, 5]]
    return xlsx({"PIP": [*_banner(), *rows]})


EMPLOYEES: list[list[object]] = [
    ["nip", "name", "unit_code", "employee_type", "position_type", "valid_from"],
    [NIPS[0], "A", "11.10", "PNS", "Struktural", "17 Juli 2024"],
    [NIPS[1], "B", "11.2", "p3k", "", "2024-02-25"],
    ["1.98609262015051E+17", "C", "11.2", "PNS", "", ""],
]


def employees_csv() -> bytes:
    return text(EMPLOYEES)


def employees_xlsx() -> bytes:
    rows: list[list[object]] = [*EMPLOYEES]
    rows[1] = [*EMPLOYEES[1][:5], dt.date(2024, 7, 17)]
    return xlsx({"Data": rows})
