"""One night: what each step does, in the order in which the graph calls it.

Belongs here: calling ingest, quality and warehouse, and handing what one step found to the next. It
imports no Dagster, so that a step reads as what it does. Does not belong here: parsing, formulas,
the decision (`quality.gate`) or how a generation is written (`warehouse.publication.generation`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingest.arrivals.plan import Plan
from ingest.loading import load
from ingest.loading.balance import Balance
from ingest.reasons import REASONS
from ingest.rules import resolving as rule_files
from ingest.senders import waiting
from ingest.senders.returns import write_returns
from orchestration import dbt
from orchestration.private import StepError, private_errors
from orchestration.words import sentence
from quality import gate
from quality.checks.dbt_results import Ran, built_models, dbt_checks, dbt_results
from quality.checks.results import CheckResult
from quality.checks.suites import expected_checks
from quality.checks.validation import file_names, judge, run_mart_checks, waivers
from quality.report import facts
from quality.report import pages as report
from quality.report.rules import keep_seen, waivers_in_force
from warehouse.erasure import erasing as erasure
from warehouse.errors import UserError
from warehouse.faults import explain
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.publication import generation
from warehouse.store import access, begun, migrations, runs, slices, told
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw
from warehouse.store.told import Reach
from warehouse.version import code_version, lock_sha256
from warehouse.vocabulary import DeliveryKey, Text

Say = Callable[[str], None]


@dataclass
class Night:
    """The state of one run of one home; made by `begin`, which holds the home's lock."""

    home: Home
    run_id: str
    started_at: datetime
    as_of_date: date
    full_refresh: bool
    plan: Plan
    say: Say
    rules_sha256: str = ""
    held: dict[DeliveryKey, str] = field(default_factory=dict)
    judged_sources: list[str] = field(default_factory=list)
    decision: gate.Decision | None = None
    report: dict[str, str] = field(default_factory=dict)
    failure: Text | None = None
    busy: bool = False
    config: Mapping[str, str] = field(default_factory=dict)
    concluded: bool = False

    def begin(self) -> None:
        """Note that the night has begun, until it has its line in the ledger."""
        started_at = self.started_at.isoformat(timespec="seconds")
        try:
            begun.note(
                self.home.warehouse,
                begun.Begun(self.run_id, started_at, self.as_of_date.isoformat()),
            )
        except OSError as error:
            known = explain(error, self.home.warehouse_file)
            if known is None:
                raise
            self.failure = self.failure or known.text

    @private_errors
    def load_rules(self) -> int:
        """Write the resolved rules into raw and open the run there; returns the number of rows."""
        self.say(str(sentence("progress", "rules")))
        with self.home.connect() as conn:
            ensure_raw(conn)
            loaded = rule_files.write_rules(conn, self.plan.rules)
            self.rules_sha256 = loaded.sha256
            run = runs.Run(
                self.run_id, self.started_at, self.as_of_date, code_version(), loaded.sha256
            )
            runs.open_run(conn, run)
            runs.set_baseline(conn, publication.published_line(ledger.entries(self.home)))
        return sum(loaded.rows.values())

    @private_errors
    def load_source(self, source: str) -> tuple[list[Balance], list[CheckResult]]:
        """Load a source's deliveries of this night; those that fail critically are held."""
        deliveries = [d for d in self.plan.standing if d.source == source]
        fresh = sum(delivery.source == source for delivery in self.plan.deliveries)
        if fresh:
            self.say(str(sentence("progress", "source", source=source, files=fresh)))
        results: list[CheckResult] = []

        def judge_batch(conn: duckdb.DuckDBPyConnection, name: str) -> Mapping[DeliveryKey, str]:
            verdict = judge(self.home, conn, name, self.run_id)
            self.judged_sources.append(name)
            results.extend(verdict.results)
            self.held |= verdict.held
            return verdict.held

        with self.home.connect() as conn:
            balances = load.load_source(
                conn,
                self.home,
                self.run_id,
                self.started_at,
                source,
                deliveries,
                judge_batch,
                vouched=publication.vouched_run_ids(ledger.entries(self.home)),
            )
            erasure.keep_erased(self.home, conn)
            runs.record_results(conn, self.run_id, results)
        return balances, results

    @private_errors
    def build_models(self) -> list[str]:
        """Let dbt build every model; returns their names in the order of building."""
        self.say(str(sentence("progress", "models")))
        with self.home.connect() as conn:
            goes_on = slices.begin(conn, code_version()) and not self.full_refresh
        ran = dbt.invoke(self.home, "run", *([] if goes_on else ["--full-refresh"]))
        built, missing = built_models(ran, dbt.manifest(self.home))
        if missing:
            raise StepError(dbt.not_built(self.home, missing))
        with self.home.connect() as conn:
            slices.name_origins(conn, self.run_id, all_anew=not goes_on)
            slices.keep(conn, code_version())
        return built

    @private_errors
    def test_models(self) -> list[CheckResult]:
        """Let dbt test what it has built; a test that fails stops nothing, the gate decides."""
        return self.keep_tests(
            dbt.invoke(self.home, "test", "--exclude-resource-type", "unit_test")
        )

    def keep_tests(self, ran: Iterable[Ran]) -> list[CheckResult]:
        """Store what one invocation of dbt said of its tests."""
        results = dbt_results(ran, dbt.manifest(self.home))
        with self.home.connect() as conn:
            runs.record_results(conn, self.run_id, results)
        return results

    @private_errors
    def check_marts(self) -> list[CheckResult]:
        """Run Great Expectations on the marts, as they would be published now."""
        self.say(str(sentence("progress", "marts")))
        with self.home.connect() as conn:
            runs.stamp_publication(conn, self.run_id, datetime.now(UTC))
            results = run_mart_checks(conn, self.home, self.run_id)
            runs.record_results(conn, self.run_id, results)
        return results

    @private_errors
    def decide(self) -> gate.Decision:
        """Let the gate decide on what is stored in the working file, not on what is in memory."""
        with self.home.connect() as conn:
            self.decision = self._decision(conn)
            runs.record_results(conn, self.run_id, self.decision.results)
            if self.refusal():
                runs.stamp_publication(conn, self.run_id, None)
        self.say(str(self.decision.reasons[0]))
        return self.decision

    def _decision(self, conn: duckdb.DuckDBPyConnection) -> gate.Decision:
        stored = [CheckResult(**row) for row in runs.stored_results(conn, self.run_id)]
        return gate.decide(
            expected_checks(self.judged_sources, dbt_checks(dbt.manifest(self.home))),
            [result for result in stored if result.outcome != "missing"],
            self.held,
            waivers(conn),
            file_names=file_names(conn, self.held),
            as_of=self.as_of_date,
            now=datetime.now(UTC),
            only_news=[d.key for d in self.plan.deliveries] if self.plan.reads_files_only else None,
        )

    def refusal(self) -> tuple[Text, ...]:
        """Why this night may not be published; empty if it may."""
        return (self.decision or gate.undecided()).refusal

    @private_errors
    def write_report(self) -> Path:
        """Write the night's report, whatever was decided."""
        self.say(str(sentence("progress", "report")))
        with self.home.connect() as conn:
            sent = write_returns(conn, self.home, self.as_of_date)
            if sent.files:
                said = sentence("progress", "returns", files=sent.files, rows=sent.rows)
                self.say(str(said))
            waits = waiting.told(self.home, waiting.write_waiting(conn, self.home))
            for one in waits:
                self.say(str(sentence("progress", "waiting", what=Text(**one["text"]))))
            found = self._facts(conn, waits)
            keep_seen(conn, found["rules"])
        content = tuple(Reach(**one) for one in found["content"])
        told.keep(
            self.home, told.Told(self.run_id, content, tuple(Text(**w["text"]) for w in waits))
        )
        self.report = report.write_report(self.home, self.run_id, found)
        return self.home.reports / self.run_id / "index.html"

    @private_errors
    def publish(self) -> str:
        """Ask the gate once more, write the generation, record it, swap; returns the run_id."""
        self.say(str(sentence("progress", "publishing")))
        with self.home.connect() as conn:
            self.decision = self._decision(conn)
            found, origins = self._found(conn), slices.origins(conn)
        if self.refusal():
            said = sentence("trouble", "refused_later")
            raise StepError(said)
        manifest = generation.write_generation(
            self.home,
            self.run_id,
            waivers=found["waivers"],
            origins=origins,
            earlier=publication.newest_slices(self.home),
        )
        with self.home.connect() as conn:
            runs.keep_published_contributors(conn, self.run_id)
        generation.stage(self.home, self.run_id)  # what can refuse a link refuses it here
        self._record("published", found, manifest.sha256)
        generation.swap(self.home, self.run_id)
        migrations.remove_copies(self.home)
        return self.run_id

    def conclude(self) -> None:
        """Give a night that did not publish its line in the ledger, and renew the index.

        The index of a night whose links did not move stays as it was: it says that they had.
        """
        begun.give_room(self.home.warehouse)
        if self.concluded:
            access.open_to_readers(self.home)
            if publication.is_finished(self.home):
                report.write_index(self.home)
            return
        outcome = gate.ended(self.decision, is_reported=bool(self.report))
        found = self._found_unpublished()
        if outcome == "failed":
            self.failure = self.failure or sentence("trouble", "between_steps")
            self.report = self._report_of_failure()
        access.open_to_readers(self.home)
        self._record(outcome, found, None)
        report.write_index(self.home)

    def _facts(
        self, conn: duckdb.DuckDBPyConnection, waits: Sequence[dict[str, Any]] = ()
    ) -> dict[str, Any]:
        """What the report says of this night."""
        return facts.collect(
            conn,
            self.home,
            self.run_id,
            self.decision,
            failure=self.failure,
            reasons=REASONS,
            arrived={**self.plan.told, "waits": waits},
            head=ledger.head(self.home),
            standing=[delivery.key for delivery in self.plan.standing],
        )

    def _report_of_failure(self) -> dict[str, str]:
        """The digests of the night's report; none where the disk refuses it: the line matters."""
        try:
            return report.write_report(self.home, self.run_id, self._facts_of_failure())
        except OSError:
            return {}

    def _facts_of_failure(self) -> dict[str, Any]:
        """What was read before the night stopped; only why it did, where that can't be known."""
        try:
            with self.home.connect() as conn:
                return self._facts(conn)
        except (UserError, OSError, duckdb.Error, LookupError):
            return facts.of_failure(
                self.home, self.run_id, self.started_at, self.as_of_date, self.failure
            )

    def _found_unpublished(self) -> dict[str, Any]:
        """What the working file says of a night that ends without a publication.

        The ledger has its line in any case: a file that can't be read says nothing.
        """
        try:
            with self.home.connect() as conn:
                ensure_raw(conn)
                runs.stamp_publication(conn, self.run_id, None)
                return self._found(conn)
        except Exception as error:
            known = explain(error, self.home.warehouse_file)
            if known is None:
                raise
            self.failure = self.failure or known.text
            return {"inputs": [], "results_sha256": {}, "waivers": [], "wakes_on": []}

    def _landed(self) -> dict[str, str]:
        """The digests of landed files that the ledger does not know yet, by that of their path."""
        key, known = self.home.key(), ledger.landed(ledger.entries(self.home))
        found = {
            ledger.path_digest(key, path): digest for path, digest in self.plan.scan.digests.items()
        }
        return {path: digest for path, digest in found.items() if digest not in known.get(path, ())}

    def _found(self, conn: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        """What the ledger's line takes from the working file."""
        keys = [delivery.key for delivery in self.plan.deliveries]
        return {
            "inputs": runs.ledger_inputs(conn, self.run_id, keys),
            "results_sha256": runs.result_digests(conn, self.run_id),
            "waivers": waivers_in_force(conn, self.as_of_date),
            "wakes_on": [day.isoformat() for day in runs.silent_wave_dates(conn)],
        }

    def _record(
        self,
        outcome: gate.Outcome,
        found: Mapping[str, Any],
        files: Mapping[str, str] | None,
    ) -> None:
        held = any(given["outcome"] == "held" for given in found["inputs"])
        reasons = self.refusal() or (self.decision.reasons if self.decision else ())
        if outcome == "failed":
            reasons = (self.failure,) if self.failure else ()
        ledger.append(
            self.home,
            {
                "kind": "run",
                "run_id": self.run_id,
                "started_at": self.started_at.isoformat(timespec="seconds"),
                "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "as_of_date": self.as_of_date.isoformat(),
                "because": list(self.plan.reasons),
                "outcome": outcome,
                "exit_code": gate.exit_code(outcome, needs_somebody=held, is_busy=self.busy),
                "reasons": [asdict(reason) for reason in reasons],
                "code_version": code_version(),
                "lock_sha256": lock_sha256(),
                "rules_digest": self.plan.rules_digest,
                "config": dict(self.config),
                "rules_sha256": self.rules_sha256,
                "landed": self._landed(),
                "report_sha256": self.report,
                "generation": files,
                **found,
            },
        )
        begun.clear(self.home.warehouse)
        self.concluded = True
