"""`linli audit` and `linli rebuild` on the scratch district."""

import json
from datetime import UTC, datetime

from click.testing import CliRunner

from linli.channels.console.audit import audit
from linli.channels.console.rebuild import rebuild
from linli.kernel import consumers
from linli.kernel.audit import seal_day
from linli.kernel.consumers import Projection
from linli.kernel.models import Seal
from linli.kernel.registry import tenants
from linli.kernel.words import say
from tests.installation import owner_login


def test_a_whole_history_is_said_to_be_whole(empty_district: str) -> None:
    seal_day(datetime(2026, 10, 1, tzinfo=UTC))
    answer = CliRunner().invoke(audit, ["--district", empty_district])
    assert answer.exit_code == 0, answer.output
    assert len(answer.output.splitlines()) == 1 and empty_district in answer.output


def test_a_changed_history_is_named_and_fails(empty_district: str) -> None:
    seal_day(datetime(2026, 10, 1, tzinfo=UTC))
    with owner_login(), tenants.district(empty_district):
        Seal.objects.update(root=bytes(32))
    answer = CliRunner(env={"LC_ALL": "C"}).invoke(audit, ["--district", empty_district])
    assert answer.exit_code == 1
    assert "broken_seal" in answer.output
    assert say("audit.broken_seal", "en") in answer.output
    answer = CliRunner(env={"LC_ALL": "zh_CN.UTF-8"}).invoke(audit, ["--district", empty_district])
    assert say("audit.broken_seal", "zh") in answer.output


def test_other_programs_read_the_report_as_json(empty_district: str) -> None:
    seal_day(datetime(2026, 10, 1, tzinfo=UTC))
    answer = CliRunner().invoke(audit, ["--json", "--district", empty_district])
    assert answer.exit_code == 0
    (report,) = json.loads(answer.output)["districts"]
    assert (report["code"], report["seals"], report["findings"]) == (empty_district, 1, [])
    with owner_login(), tenants.district(empty_district):
        Seal.objects.update(root=bytes(32))
    answer = CliRunner().invoke(audit, ["--json", "--district", empty_district])
    assert answer.exit_code == 1
    assert [each["fault"] for each in json.loads(answer.output)["districts"][0]["findings"]] == ["broken_seal"]


def test_every_projection_is_rebuilt(empty_district: str) -> None:
    answer = CliRunner().invoke(rebuild, ["--district", empty_district])
    assert answer.exit_code == 0, answer.output
    projections = [each for each in consumers.registered() if isinstance(each, Projection)]
    assert len(answer.output.splitlines()) == len(projections)


def test_an_unknown_projection_is_a_sentence(empty_district: str) -> None:
    answer = CliRunner().invoke(rebuild, ["nothing", "--district", empty_district])
    assert answer.exit_code == 1
    assert "there is no projection nothing" in str(answer.exception)
