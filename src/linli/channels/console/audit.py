"""`linli audit`: has anybody touched the history?"""

import json
import sys
from dataclasses import asdict

import click

from linli.channels.console.district import language
from linli.kernel import audit as history
from linli.kernel.audit import Finding
from linli.kernel.registry import tenants
from linli.kernel.words import has, say


@click.command()
@click.option("--district", "code", help="The code of one district; by default all.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON, for other programs.")
def audit(code: str | None, as_json: bool) -> None:
    """Walk every chain of history and say whether it is whole; exit code 1 when it is not."""
    reports = []
    for each in [code] if code else [one.code for one in tenants.all_districts()]:
        with tenants.district(each) as district:
            report = history.audit()
        reports.append({"code": each, "name": district.name, **asdict(report)})
        if not as_json:
            _say(report, each, district.name)
    if as_json:
        click.echo(json.dumps({"districts": reports}, ensure_ascii=False, indent=2))
    sys.exit(1 if any(report["findings"] for report in reports) else 0)


def _say(report: history.Report, code: str, name: str) -> None:
    counts = {"chains": report.chains, "events": report.events, "texts": report.texts, "seals": report.seals}
    verdict = "broken" if report.findings else "whole"
    click.echo(say(f"console.audit.{verdict}", language(), name=name, code=code, **counts))
    for finding in report.findings:
        click.echo(f"  {finding.fault} {finding.where}: {_meaning(finding)}".rstrip(": "))


def _meaning(finding: Finding) -> str:
    """What a fault means, in words; a room's own fault may have none."""
    key = f"audit.{finding.fault}"
    return say(key, language()) if has(key) else ""
