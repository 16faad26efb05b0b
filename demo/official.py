"""Published figures: those of the nation and other regions as printed, and each government's own.

Belongs here: figures with their parts and words, errors of the print included. Does not belong
here: any opinion about them; the product compares them with their own rules.
"""

from __future__ import annotations

from demo.sheets import Row

HEADER: Row = ("index_code", "year", "population", "value", "category", "parts", "source_document")

# As published: the disagreements are theirs, and where no word was printed there is none here.
NATIONAL: tuple[Row, ...] = (
    ("berakhlak", 2022, "Nasional (442 instansi)", "60,9", "Cukup Sehat",
     "57,9;74,1;56,7;63,8;65,8;38,9;69,4", "Publikasi KemenPANRB 2022"),
    ("berakhlak", 2023, "Nasional", "61,1", "Cukup Sehat", "", "Publikasi KemenPANRB 2023"),
    ("berakhlak", 2022, "Kemendikbudristek (n = 7.819)", "58,5", "",
     "59,6;64,1;58,3;53,7;62,7;43,5;67,7", "Publikasi Kemendikbudristek 2022"),
    ("berakhlak", 2022, "Provinsi Kalimantan Tengah", "59,5", "", "",
     "Publikasi Provinsi Kalimantan Tengah 2022"),
    ("ip_asn", 2024, "Provinsi Maluku Utara", "53,77", "Cukup", "",
     "Publikasi Provinsi Maluku Utara 2024"),
    ("ip_asn", 2024, "Provinsi Maluku Utara (target)", "70", "Sehat", "",
     "Publikasi Provinsi Maluku Utara 2024"),
    ("ip_asn", 2023, "Kota Bima, PNS", "78,41", "", "21,19;26;25,75;5",
     "Publikasi Kota Bima 2023"),
    ("ip_asn", 2023, "Kota Bima, PPPK", "75,18", "", "24,82;20,2;25,15;5",
     "Publikasi Kota Bima 2023"),
    ("ip_asn", 2023, "Kota Bima, ASN", "78.25", "Sedang", "21.37;26.16;25.72;5",
     "Publikasi Kota Bima 2023"),
)  # fmt: skip


def own_figures(name: str, year: int) -> tuple[Row, ...]:
    """Figures of the example's own governments; they are examples, and their document says so."""
    source = f"Contoh: laporan kinerja {name} {year}"
    return (
        ("berakhlak", year, "", "62,4", "Cukup Sehat", "60,2;73,9;58,8;64,4;67,1;42,3;70,1",
         source),
        ("ip_asn", year, "PNS", "76,81", "Sedang", "14,90;31,10;25,90;4,91", source),
        ("skm", year, "", "84,15", "B", "", source),
    )  # fmt: skip
