"""The asset graph of a night, from the files in landing to the publication.

Belongs here: which step follows which, and how results show in Dagster. What a step does is in
`orchestration.night`; nothing heavy is imported before a step runs, but dagster-dbt, which needs
the manifest to know the models.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Failure,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    asset,
    multi_asset,
)
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    build_dbt_asset_specs,
)

from orchestration.night import Night
from orchestration.words import sentence
from quality.checks.dbt_results import dbt_checks
from quality.checks.results import CheckResult, ExpectedCheck
from quality.checks.suites import batch_checks, mart_checks
from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog

LANDING = AssetKey(["landing"])
RULES = AssetKey(["raw", "rules"])
GATE = AssetKey(["gate"])
REPORT = AssetKey(["report"])

_SEVERITY = {"critical": AssetCheckSeverity.ERROR}


def check_name(check_id: str) -> str:
    """A check's name in Dagster, which allows letters, digits and underscores only."""
    return "".join(character if character.isalnum() else "_" for character in check_id)


def check_spec(check: ExpectedCheck, asset_key: AssetKey) -> AssetCheckSpec:
    """A check of ours as Dagster lists it before it runs, with its reason in both languages."""
    reason = f"{check.reason.id} / {check.reason.en}"
    return AssetCheckSpec(check_name(check.check_id), asset=asset_key, description=reason)


def mart_key(name: str) -> AssetKey:
    """The asset of a published table: dagster-dbt names a model after its schema and itself."""
    return AssetKey(["marts", name])


def shown(result: CheckResult, asset_key: AssetKey) -> AssetCheckResult:
    """A result of ours as Dagster shows it: counts only, never a value of a row."""
    return AssetCheckResult(
        asset_key=asset_key,
        check_name=check_name(result.check_id),
        passed=result.outcome == "passed",
        severity=_SEVERITY.get(result.severity, AssetCheckSeverity.WARN),
        metadata={
            "outcome": result.outcome,
            "observed": result.observed or "",
            "expected": result.expected or "",
            "failing_rows": result.failing_rows or 0,
        },
    )


@asset(key=LANDING, group_name="files")
def landing(night: ResourceParam[Night]) -> MaterializeResult[None]:
    """Look for what is new; the plan itself was made when the night began."""
    plan = night.plan
    return MaterializeResult(
        metadata={
            "new_or_retried": len(plan.deliveries),
            "in_landing": len(plan.scan.deliveries),
            "waiting": len(plan.scan.waiting),
            "because": ", ".join(plan.reasons) or "nothing new",
        }
    )


@asset(
    key=RULES,
    group_name="raw",
    deps=[LANDING],
)
def rules(night: ResourceParam[Night]) -> MaterializeResult[None]:
    """Load shipped and regional rules."""
    return MaterializeResult(metadata={"dagster/row_count": night.load_rules()})


def raw_asset(table: Table) -> AssetsDefinition:
    """The asset of one source: its new deliveries are parsed, checked and moved into raw."""
    key = AssetKey(["raw", table.name])
    checks = batch_checks(table.name)
    specs = [check_spec(check, key) for check in checks]

    # Without a new file there is nothing to check: its checks are then left out of the run, not
    # shown as passed. That needs a definition whose outputs may be left out.
    @multi_asset(
        name=f"raw_{table.name}",
        specs=[
            AssetSpec(key, deps=[LANDING, RULES], group_name="raw", description=table.description)
        ],
        check_specs=specs,
        can_subset=True,
    )
    def raw(night: ResourceParam[Night]) -> Iterator[MaterializeResult[None]]:
        balances, results = night.load_source(table.name)
        yield MaterializeResult(
            asset_key=key,
            metadata={
                "deliveries": len(balances),
                "rows_loaded": sum(b.rows_loaded for b in balances if b.outcome == "loaded"),
                "rows_quarantined": sum(b.rows_quarantined for b in balances),
                "rows_duplicate": sum(b.rows_duplicate for b in balances),
            },
            check_results=[shown(result, key) for result in results],
        )

    return raw


class Translator(DagsterDbtTranslator):
    """dbt's models keep their folder as group; their names are keys as they are in dbt."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder below `models/`: staging, intermediate, marts, restricted."""
        return str(dbt_resource_props["fqn"][1])


def dbt_models(manifest: Mapping[str, Any]) -> AssetsDefinition:
    """All dbt models; they are built first and tested afterwards (see docs/decisions.md).

    Its tests are checks of ours, which stop nothing: as dagster-dbt shows them, one that fails
    would end the run before the gate could say why.
    """
    specs = build_dbt_asset_specs(
        manifest=manifest,
        dagster_dbt_translator=Translator(
            settings=DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
        ),
    )
    keys = {spec.key.path[-1]: spec.key for spec in specs}

    def subject_key(subject: str) -> AssetKey:
        return keys.get(subject, AssetKey(["raw", subject]))

    @multi_asset(
        name="dbt_models",
        specs=specs,
        check_specs=[check_spec(c, subject_key(c.subject)) for c in dbt_checks(manifest)],
        allow_arbitrary_check_specs=True,
    )
    def models(night: ResourceParam[Night]) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        for name in night.build_models():
            yield MaterializeResult(asset_key=keys[name])
        for result in night.test_models():
            yield shown(result, subject_key(result.subject))

    return models


def gate_asset(marts: list[AssetKey]) -> AssetsDefinition:
    """The gate: Great Expectations on the marts, then the decision. It never fails by itself."""
    checks = mart_checks()
    specs = [check_spec(check, mart_key(check.subject)) for check in checks]

    @multi_asset(
        name="gate",
        specs=[AssetSpec(GATE, deps=marts, group_name="publication")],
        check_specs=specs,
        allow_arbitrary_check_specs=True,
    )
    def gate(night: ResourceParam[Night]) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        for result in night.check_marts():
            yield shown(result, mart_key(result.subject))
        decision = night.decide()
        yield MaterializeResult(
            asset_key=GATE,
            metadata={
                "publish": decision.publish,
                "reasons": MetadataValue.md(
                    "\n".join(f"- {r.id} / {r.en}" for r in decision.reasons)
                ),
            },
        )

    return gate


@asset(
    key=REPORT,
    group_name="publication",
    deps=[GATE],
)
def report(night: ResourceParam[Night]) -> MaterializeResult[None]:
    """Write the night's report, whatever the gate decided."""
    return MaterializeResult(metadata={"report": MetadataValue.path(str(night.write_report()))})


@asset(
    key=AssetKey(["publication"]),
    group_name="publication",
    deps=[GATE, REPORT],
)
def publication(night: ResourceParam[Night]) -> MaterializeResult[None]:
    """Publish what passed; refuse, visibly, what did not."""
    refused = night.refusal()
    if refused:
        raise Failure(
            description="\n".join(f"{r.id} / {r.en}" for r in refused), allow_retries=False
        )
    return MaterializeResult(metadata={"generation": night.publish()})


def all_assets(manifest: Mapping[str, Any]) -> list[AssetsDefinition]:
    """Every asset of a night, for a dbt manifest."""
    catalog = load_catalog()
    marts = [mart_key(name) for name in catalog.marts]
    marts += [AssetKey(["restricted", name]) for name in catalog.restricted]
    sources = [raw_asset(catalog.sources[name]) for name in catalog.landing_sources]
    own = [described(one) for one in (landing, rules, gate_asset(marts), report, publication)]
    return [*own, *sources, dbt_models(manifest)]


def described(own: AssetsDefinition) -> AssetsDefinition:
    """An asset of the night itself with what its sentence says of it; a table has the catalog's."""
    return own.map_asset_specs(
        lambda spec: spec.replace_attributes(description=str(sentence("asset", spec.key.path[-1])))
    )
