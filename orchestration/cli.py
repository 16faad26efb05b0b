"""`budaya`, the one command: what each command does is elsewhere, what it says is here.

Belongs here: arguments, exit codes and plain words. Heavy imports (Dagster, dbt, Great
Expectations) happen inside the commands that need them.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration import say
from orchestration.words import sentence
from quality.gate import EXIT_BUSY, EXIT_FAILED
from warehouse.errors import HomeBusy, UserError
from warehouse.faults import explain, stop_behind, told
from warehouse.proof import ledger
from warehouse.store import access
from warehouse.store.home import Home

EXIT_TAMPERED, EXIT_USAGE = 3, 64

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Gudang data budaya kerja BerAKHLAK. The warehouse of the BerAKHLAK culture scores.",
)

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="BUDAYA_HOME", help="Folder rumah data / the home.")
]
HOME = Path("home")
DEMO_HOME = Path("demo-home")  # never the region's own


@app.command()
def init(
    home: HomeOption = HOME,
    government: Annotated[
        list[str] | None,
        typer.Option(
            "--government",
            help="Kode pemerintah daerah, mis. 72.71; boleh berulang / may be repeated.",
        ),
    ] = None,
) -> None:
    """Buat rumah data baru, atau lengkapi: folder, aturan, templat. Make or complete a home."""
    from ingest.new_home import open_home

    target = Home(home.absolute())
    opened = open_home(target, government or ())
    access.close_to_others(target)
    access.open_to_readers(target)
    say.created(target, opened)


@app.command()
def run(
    home: HomeOption = HOME,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Hitung ulang semuanya / rebuild all.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Hanya rencana dan sebabnya / what would be done, why.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ringkasan JSON / as JSON.")] = False,
) -> None:
    """Satu pemrosesan: baca yang baru, hitung, periksa, terbitkan, laporkan. One night."""
    target = Home(home.absolute())
    target.require()
    if plan:
        from orchestration.foresight import foresee

        found = foresee(target, datetime.now(UTC), full_refresh=full_refresh, say=say.progress)
        return say.foreseen(found, as_json=as_json)
    from orchestration.launch import run_night

    ended = run_night(target, say.progress, full_refresh=full_refresh)
    raise typer.Exit(say.outcome(ended, as_json=as_json))


@app.command()
def demo(home: HomeOption = DEMO_HOME) -> None:
    """Tulis contoh Ternate dan Pasuruan, lalu jalankan satu pemrosesan. The example world."""
    from demo.exports import write_demo
    from orchestration.launch import run_night

    target = Home(home.absolute())
    say.kept(target, write_demo(target).kept)
    raise typer.Exit(say.outcome(run_night(target, say.progress, command="demo"), as_json=False))


@app.command()
def rules(
    names: Annotated[
        list[str] | None, typer.Argument(help="Nama aturan, mis. targets / names of rules.")
    ] = None,
    government: Annotated[
        str, typer.Option("--government", help="Kode pemerintah daerah, mis. 72.71.")
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Semua baris, yang bawaan juga / shipped rows too.")
    ] = False,
    home: HomeOption = HOME,
) -> None:
    """Aturan yang berlaku hari ini: milik daerah di samping bawaan. The rules that hold today."""
    from ingest.arrivals.governments import known_government, present_governments
    from ingest.rules.view import in_force
    from orchestration.clock import local_today

    target = Home(home.absolute())
    target.require()
    today = local_today(target, datetime.now(UTC))
    asked = [known_government(target, government)] if government else present_governments(target)
    for one in asked:
        say.rules_of(
            one, today, in_force(target, one.code, today, names or ()), everything=everything
        )
    if not asked:
        say.no_government(target)


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="Berkas, atau 'config' / a file, or 'config'.")],
    source: Annotated[
        str, typer.Option("--source", help="Mis. attendance, survey/2025-S1, ip_asn/2024.")
    ] = "",
    government: Annotated[
        str, typer.Option("--government", help="Kode pemerintah daerah, mis. 82.71.")
    ] = "",
    home: HomeOption = HOME,
    as_json: Annotated[bool, typer.Option("--json", help="Hasil JSON / as JSON.")] = False,
) -> None:
    """Periksa berkas sebelum dikirim; tidak mengubah apa pun. What would be set aside."""
    target = Home(home.absolute())
    if file == "config":
        from ingest.arrivals.governments import present_governments, zone_notices
        from ingest.rules.resolving import read_rules

        target.require()
        here = present_governments(target)
        found = read_rules(target, [one.code for one in here])
        say.rules_are_right(found, here, zone_notices(target, here))
        return
    if not source or not government:
        raise typer.BadParameter(str(sentence("usage", "whose_file")))
    from ingest.arrivals.places import Place
    from ingest.loading.check import check_file
    from quality.checks.forecast import forecast

    place = Place.named(government, source)
    report = check_file(Path(file), **place._asdict(), home=target, forecast=forecast(target))
    raise typer.Exit(say.checked(report, as_json=as_json))


@app.command()
def status(
    home: HomeOption = HOME,
    as_json: Annotated[bool, typer.Option("--json", help="Sebagai JSON / as JSON.")] = False,
) -> None:
    """Pemrosesan terakhir, publikasi, umur sumber, yang ditahan, jadwal. Where things stand."""
    from ingest.arrivals.plan import make_plan
    from orchestration.standing import standing
    from warehouse.local_time import local_day

    target = Home(home.absolute())
    target.require()
    now = datetime.now(UTC)
    plan = make_plan(target, local_day(now, target.settings().time_zone), only_looking=True)
    raise typer.Exit(say.status(standing(target, plan, now), as_json=as_json))


@app.command()
def verify(
    home: HomeOption = HOME,
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            help="Sidik terakhir rantai catatan yang pernah dicatat / a head noted earlier.",
        ),
    ] = None,
) -> None:
    """Hitung ulang rantai dan sidik semua publikasi, laporan, berkas. Recompute every digest."""
    from warehouse.proof.verify import verify as prove

    # An empty one, of a variable that was never set, must not pass for a comparison.
    noted = None if head is None else head.strip().lower()
    if noted is not None and not re.fullmatch(r"[0-9a-f]{64}", noted):
        raise typer.BadParameter(str(sentence("usage", "no_head")))
    target = Home(home.absolute())
    if not target.reports.is_dir():  # a copy for an auditor has no key
        target.require()
    proof = prove(target, head=noted)
    raise typer.Exit(say.verified(proof))


@app.command()
def trace(
    table: Annotated[str, typer.Argument(help="Tabel terbit / a published table.")],
    key: Annotated[
        list[str], typer.Argument(help="Kunci baris, lalu kolom / the row's key, then a column.")
    ],
    people: Annotated[
        bool, typer.Option("--people", help="Dengan barisnya orang; dicatat / with people; logged.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Sebagai JSON / as JSON.")] = False,
    home: HomeOption = HOME,
) -> None:
    """Model, aturan, berkas dan baris di balik satu sel. What stands behind a published cell."""
    from warehouse.proof import trace as tracing

    target = Home(home.absolute())
    target.require()
    traced = tracing.trace(target, table, key)
    if not people:
        say.traced(traced, as_json=as_json)
        return
    from quality.report.pages import write_index

    with target.lock("trace"):
        traced, rows = tracing.people_behind(target, traced, datetime.now(UTC))
        write_index(target)
    say.traced(traced, rows, head=ledger.head(target), as_json=as_json)


@app.command()
def erase(
    reason: Annotated[
        str, typer.Option("--reason", help="Alasan, dicatat di rantai catatan / why; recorded.")
    ],
    nip: Annotated[
        list[str] | None,
        typer.Argument(
            help="NIP; bila tidak ada, dari --from atau stdin / else from --from or stdin."
        ),
    ] = None,
    given: Annotated[
        typer.FileText | None,
        typer.Option("--from", help="Berkas NIP, satu per baris; '-' = stdin / one NIP a line."),
    ] = None,
    in_service: Annotated[
        bool,
        typer.Option("--in-service", help="Juga yang masih bertugas / those in service too."),
    ] = False,
    home: HomeOption = HOME,
) -> None:
    """Hapus data seseorang sesudah masa simpan. Erase a person after retention."""
    from orchestration.clock import local_today
    from quality.report.pages import write_index
    from warehouse.erasure import erasing as erasure

    if not reason.strip():
        raise typer.BadParameter(str(sentence("usage", "no_reason")))
    if nip and given:
        raise typer.BadParameter(str(sentence("usage", "two_lists")))
    target = Home(home.absolute())
    target.require()
    nips = erasure.read_nips(nip or given or sys.stdin)
    now = datetime.now(UTC)
    with told(target.warehouse_file), target.lock("erase"):
        today = None if in_service else local_today(target, now)
        done = erasure.erase(target, nips, now, reason, in_service_on=today)
        write_index(target)
    say.erased(target, done)


@app.command()
def rollback(
    run_id: Annotated[str, typer.Argument(help="Publikasi tujuan / the generation.")] = "",
    home: HomeOption = HOME,
) -> None:
    """Kembalikan publikasi ke generasi sebelumnya. Point the publication at an earlier one."""
    from orchestration.launch import run_rollback

    target = Home(home.absolute())
    target.require()
    say.rolled_back(run_rollback(target, run_id, say.progress))


@app.command()
def dev(
    home: HomeOption = HOME,
    port: Annotated[int, typer.Option("--port", help="Porta / port.")] = 3000,
) -> None:
    """Antarmuka Dagster di 127.0.0.1 dengan jadwal dan pengamat. Dagster's UI and daemon."""
    from orchestration.launch import dev_command

    target = Home(home.absolute())
    target.require()
    command, environment = dev_command(target, port)
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every mistake of a user ends in one message and its exit code."""
    access.deny_writing_to_all()
    # Who stops a night by its process id stops it like Ctrl-C: it has its line in the ledger.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(args=arguments, prog_name="budaya", standalone_mode=False)
    except typer.TyperException as error:
        say.wrong_usage(error.format_message())
        sys.exit(EXIT_USAGE)
    except typer.Abort:
        say.stopped()
        sys.exit(EXIT_FAILED)
    except HomeBusy as error:
        say.problem(error)
        sys.exit(EXIT_BUSY)
    except UserError as error:
        say.problem(error)
        sys.exit(EXIT_FAILED)
    except OSError as error:
        known = explain(error, Home(HOME).warehouse_file)
        say.problem(known) if known else say.cannot_touch(error)
        sys.exit(EXIT_FAILED)
    except Exception as error:
        if stop_behind(error) is None:
            raise
        say.stopped()
        sys.exit(EXIT_FAILED)
    sys.exit(code if isinstance(code, int) else 0)
