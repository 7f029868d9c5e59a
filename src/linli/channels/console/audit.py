"""`linli audit`: has anybody touched the history?"""

import sys

import click

from linli.channels.console.district import language
from linli.kernel import audit as history
from linli.kernel.registry import tenants
from linli.kernel.words import say


@click.command()
@click.option("--district", "code", help="The code of one district; by default all.")
def audit(code: str | None) -> None:
    """Walk every chain of history and say whether it is whole; exit code 1 when it is not."""
    codes = [code] if code else [one.code for one in tenants.all_districts()]
    whole = True
    for each in codes:
        with tenants.district(each) as district:
            report = history.audit()
        counts = {"chains": report.chains, "events": report.events, "texts": report.texts, "seals": report.seals}
        verdict = "broken" if report.findings else "whole"
        click.echo(say(f"console.audit.{verdict}", language(), name=district.name, code=each, **counts))
        for finding in report.findings:
            click.echo(f"  {finding.fault} {finding.where}")
        whole = whole and not report.findings
    sys.exit(0 if whole else 1)
