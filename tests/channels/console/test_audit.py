"""`linli audit` and `linli rebuild` on the scratch district."""

from datetime import UTC, datetime

from click.testing import CliRunner

from linli.channels.console.audit import audit
from linli.channels.console.rebuild import rebuild
from linli.kernel import consumers
from linli.kernel.audit import seal_day
from linli.kernel.consumers import Projection
from linli.kernel.models import Seal
from linli.kernel.registry import tenants
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
    answer = CliRunner().invoke(audit, ["--district", empty_district])
    assert answer.exit_code == 1
    assert "broken_seal" in answer.output


def test_every_projection_is_rebuilt(empty_district: str) -> None:
    answer = CliRunner().invoke(rebuild, ["--district", empty_district])
    assert answer.exit_code == 0, answer.output
    projections = [each for each in consumers.registered() if isinstance(each, Projection)]
    assert len(answer.output.splitlines()) == len(projections)


def test_an_unknown_projection_is_a_sentence(empty_district: str) -> None:
    answer = CliRunner().invoke(rebuild, ["nothing", "--district", empty_district])
    assert answer.exit_code == 1
    assert "there is no projection nothing" in str(answer.exception)
