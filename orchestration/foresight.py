"""What a night would build again, and why, found by trying it on a copy: `budaya run --plan`.

Belongs here: which steps tell it, and what they told. Does not belong here: how far a change
spreads (`dbt_project/models/intermediate/slices`): the models that a night asks are asked here, so
that no second description of it can be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.arrivals.landing import Delivery
from ingest.arrivals.plan import REASONS, Plan, make_plan
from orchestration import dbt
from orchestration.clock import local_today
from orchestration.night import Night, Say
from orchestration.opening import require_landed
from orchestration.private import StepError, private_errors
from orchestration.words import sentence
from quality.checks.dbt_results import built_models
from warehouse.catalog.reader import load_catalog
from warehouse.faults import told
from warehouse.proof import ledger, working_file
from warehouse.store import begun, migrations, slices
from warehouse.store.home import Home, new_run_id
from warehouse.store.state import ensure_raw
from warehouse.store.trial import Trial, trial
from warehouse.version import code_version
from warehouse.vocabulary import SliceKey


@dataclass(frozen=True)
class Foreseen:
    """What a night would do now.

    ``months`` are those of the employee-days that would be built again, each with the inputs that
    differ (`int_slice.input`); None where all would be, whatever differs. ``held`` are the new
    files that would be held.
    """

    plan: Plan
    months: Mapping[SliceKey, tuple[str, ...]] | None = field(default_factory=dict)
    held: tuple[Delivery, ...] = ()


def foresee(home: Home, now: datetime, *, full_refresh: bool, say: Say) -> Foreseen:
    """Try a night as far as it shows which slices differ; the home stays as it is.

    Raises:
        HomeBusy: Another run holds the home, or another program its working file.
        UserError: What a night would be refused for: a rule file is wrong, the ledger can not be
            continued, files are gone that were counted, or a newer version made the home.
    """
    with told(home.warehouse_file), home.lock("run --plan"):
        migrations.require_known(home)
        ledger.require(home)
        home = home.with_settings()
        with trial(home) as tried:
            migrations.bring_up(tried)
            night = _night(home, tried, now, full_refresh=full_refresh, say=say)
            return _foreseen(tried, night)


def _night(home: Home, tried: Trial, now: datetime, *, full_refresh: bool, say: Say) -> Night:
    today = local_today(home, now)
    is_older = working_file.is_older(tried)
    plan = make_plan(home, today, full_refresh=full_refresh, is_older=is_older)
    if "working_file_lost" in plan.reasons:
        require_landed(home, plan, today)
    if begun.look(home.warehouse) is not None:  # the next night notes that one broke off
        due = {*plan.reasons, "former_run_blocked"}
        plan = replace(plan, reasons=tuple(code for code in REASONS if code in due))
    return Night(tried, new_run_id(now), now, today, full_refresh, plan, say)


def _foreseen(tried: Trial, night: Night) -> Foreseen:
    if not night.plan.due:
        return Foreseen(night.plan)
    with tried.connect() as conn:
        ensure_raw(conn)  # the first night has no tables yet
        goes_on = slices.goes_on(conn, code_version()) and not night.full_refresh
    if not goes_on:
        return Foreseen(night.plan, None)
    night.load_rules()
    for source in load_catalog().landing_sources:
        night.load_source(source)
    _find_slices(night)
    with tried.connect() as conn:
        months = slices.differing(conn)
    held = tuple(one for one in night.plan.deliveries if one.key in night.held)
    return Foreseen(night.plan, months, held)


@private_errors
def _find_slices(night: Night) -> None:
    """Let dbt build what tells which slices of the employee-days are built again, and why."""
    night.say(str(sentence("progress", "slices")))
    ran = dbt.invoke(night.home, "run", "--select", "+int_slice")
    built, _ = built_models(ran, dbt.manifest(night.home))
    if "int_slice" not in built:
        raise StepError(dbt.not_built(night.home, ["int_slice"]))
