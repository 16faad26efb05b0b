"""Governments and their units: names, tree, time machines, and how many people work where.

Belongs here: the blueprint of an organisation and its scaling to a number of people. Does not
belong here: the people themselves (`people`) and files (`exports`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

SMALL_STAFF = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A government as the example knows it.

    ``style`` tells two ways of working apart: ``devices`` (every office has a ZKTeco machine, the
    survey is a Google Form) or ``portal`` (offices record presence on a web portal and the survey
    arrives as a table with an instrument file). Its PINs begin with ``pin_prefix``; ``hamlets`` are
    its districts with two villages each.
    """

    code: str
    name: str
    style: str
    pin_prefix: str
    hamlets: dict[str, tuple[str, str]]
    small_opd: str
    tiny_opds: tuple[tuple[str, int], ...]
    reformed_opd: tuple[str, str]


PLACES = {
    place.code: place
    for place in (
        Place(
            "82.71", "Kota Ternate", "devices", "71",
            {"Ternate Utara": ("Dufa-Dufa", "Sango"), "Ternate Selatan": ("Kalumata", "Jambula")},
            "Dinas Kearsipan dan Perpustakaan",
            (("Badan Kesatuan Bangsa dan Politik", 7), ("Badan Penanggulangan Bencana Daerah", 8)),
            ("Dinas Pariwisata", "Dinas Pariwisata, Pemuda dan Olahraga"),
        ),
        Place(
            "35.75", "Kota Pasuruan", "portal", "57",
            {"Gadingrejo": ("Petahunan", "Karangketug"), "Purworejo": ("Pohjentrek", "Wirogunan")},
            "Dinas Perpustakaan dan Kearsipan",
            (("Badan Penanggulangan Bencana Daerah", 8),),
            ("Dinas Koperasi", "Dinas Koperasi, Usaha Mikro dan Perdagangan"),
        ),
        Place(
            "82.72", "Kota Tidore Kepulauan", "devices", "72",
            {"Tidore": ("Soasio", "Gamtufkange"), "Oba Utara": ("Sofifi", "Guraping")},
            "Dinas Perpustakaan dan Kearsipan",
            (("Badan Kesatuan Bangsa dan Politik", 7), ("Badan Penanggulangan Bencana Daerah", 8)),
            ("Dinas Kebudayaan", "Dinas Kebudayaan dan Pariwisata"),
        ),
        Place(
            "72.71", "Kota Palu", "portal", "27",
            {"Palu Timur": ("Besusu Barat", "Lolu Utara"), "Palu Barat": ("Ujuna", "Baru")},
            "Dinas Perpustakaan dan Kearsipan",
            (("Badan Kesatuan Bangsa dan Politik", 8),),
            ("Dinas Pariwisata", "Dinas Pariwisata dan Ekonomi Kreatif"),
        ),
    )
}  # fmt: skip

MORE_OPDS = (
    "Dinas Sosial", "Dinas Perhubungan", "Dinas Lingkungan Hidup",
    "Dinas Kependudukan dan Pencatatan Sipil", "Dinas Pekerjaan Umum dan Penataan Ruang",
    "Dinas Komunikasi dan Informatika", "Dinas Pertanian dan Ketahanan Pangan",
    "Badan Pendapatan Daerah", "Badan Pengelolaan Keuangan dan Aset Daerah",
    "Badan Perencanaan Pembangunan Daerah", "Satuan Polisi Pamong Praja",
    "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a government.

    ``machine`` is the number of the time machine at which its people punch; ``weight`` its share of
    the people that are not in units of a fixed ``staff``. Dates are included; None is open.
    """

    code: str
    name: str
    kind: str
    parent: str
    machine: int
    weight: float
    staff: int = 0
    successor: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def opd(self) -> str:
        """The code of the OPD at the top of this unit's branch."""
        return self.parent or self.code


class _Tree:
    """Collects units in order and numbers them: OPDs 1.01 to 1.99, sub-units 1.04.01 to 1.04.99."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.machines = 0

    def opd(self, name: str, kind: str, weight: float, *, staff: int = 0, own: bool = True) -> str:
        """Add an OPD and return its code; without a machine of its own it uses the last one."""
        self.machines += own
        code = f"1.{sum(not unit.parent for unit in self.units) + 1:02d}"
        self.units.append(Unit(code, name, kind, "", self.machines, weight, staff))
        return code

    def sub(self, opd: str, name: str, kind: str, weight: float, *, own: bool = False) -> None:
        """Add a sub-unit of an OPD."""
        self.machines += own
        number = sum(unit.parent == opd for unit in self.units) + 1
        self.units.append(Unit(f"{opd}.{number:02d}", name, kind, opd, self.machines, weight))


def make_units(place: Place, people: int, reform_day: date) -> tuple[Unit, ...]:
    """The units of a government with so many people, their ``staff`` adding up to it.

    Schools, Puskesmas and OPDs grow in number with the people. On ``reform_day`` one OPD and one
    kelurahan give way to a successor, which has no staff of its own before.
    """
    tree = _Tree()
    _add_offices(tree, place)
    _add_services(tree, place, people)
    _add_districts(tree, place)
    _add_small_offices(tree, place)
    for name in MORE_OPDS[: max(0, people - 300) // 100]:
        tree.opd(name, name.split()[0], 15)
    return _reform(_staffed(tree.units, people), place, reform_day)


def _add_offices(tree: _Tree, place: Place) -> None:
    setda = tree.opd(f"Sekretariat Daerah {place.name}", "Setda", 6)
    for name, weight in (("Organisasi", 7), ("Hukum", 6), ("Umum", 8)):
        tree.sub(setda, f"Bagian {name}", "Bagian", weight)
    tree.opd("Sekretariat DPRD", "Setwan", 18, own=False)
    tree.opd("Inspektorat Daerah", "Inspektorat", 19)
    tree.opd("Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "Badan", 18, own=False)


def _add_services(tree: _Tree, place: Place, people: int) -> None:
    town = place.name.removeprefix("Kota ")
    education = tree.opd("Dinas Pendidikan", "Dinas", 10)
    for number in range(1, max(3, people // 60) + 1):
        level = "SMP" if number % 3 == 0 else "SD"
        tree.sub(education, f"{level} Negeri {number} {town}", "Sekolah", 9, own=True)
    health = tree.opd("Dinas Kesehatan", "Dinas", 10)
    districts = tuple(place.hamlets)
    for number in range(max(2, people // 150)):
        name = districts[number] if number < len(districts) else f"{town} {number + 1}"
        tree.sub(health, f"Puskesmas {name}", "Puskesmas", 15, own=True)


def _add_districts(tree: _Tree, place: Place) -> None:
    for district, villages in place.hamlets.items():
        code = tree.opd(f"Kecamatan {district}", "Kecamatan", 9)
        for village, weight in zip(villages, (6, 4), strict=True):
            tree.sub(code, f"Kelurahan {village}", "Kelurahan", weight)


def _add_small_offices(tree: _Tree, place: Place) -> None:
    tree.opd(place.reformed_opd[0], "Dinas", 18)
    tree.opd(place.small_opd, "Dinas", 0, staff=SMALL_STAFF, own=False)
    for name, staff in place.tiny_opds:
        tree.opd(name, "Badan", 0, staff=staff, own=False)


def _staffed(units: list[Unit], people: int) -> list[Unit]:
    """Share out the people by weight, whole persons, at least two per unit."""
    free = people - sum(unit.staff for unit in units) - 2 * sum(unit.weight > 0 for unit in units)
    total = sum(unit.weight for unit in units)
    staffed: list[Unit] = []
    given, passed = 0, 0.0
    for unit in units:
        passed += unit.weight
        upto = round(free * passed / total)
        staffed.append(replace(unit, staff=unit.staff or 2 + upto - given))
        given = upto
    return staffed


def _reform(units: list[Unit], place: Place, day: date) -> tuple[Unit, ...]:
    """Replace one OPD and the last kelurahan by successors that begin on ``day``."""
    village = max(unit.code for unit in units if unit.kind == "Kelurahan")
    old_opd, new_opd = place.reformed_opd
    reformed: list[Unit] = []
    for unit in units:
        if unit.name == old_opd:
            code, name = "1.90", new_opd
        elif unit.code == village:
            code, name = f"{unit.code[:-2]}09", f"{unit.name} Baru"
        else:
            reformed.append(unit)
            continue
        reformed.append(replace(unit, successor=code, valid_to=day - timedelta(days=1)))
        reformed.append(replace(unit, code=code, name=name, staff=0, valid_from=day))
    return tuple(reformed)
