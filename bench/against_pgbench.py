"""The same statements by pgbench: what the database alone can do, so that a share of it can be stated."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg import conninfo

from linli.channels.console import postgres
from linli.kernel.district import schema
from linli.kernel.registry import tenants
from tests.installation import DATA_DIR

_UUID = re.compile(r"'[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}'::uuid")


def transactions_per_second(statements: Sequence[str], matter: int, key: str, seconds: int) -> float:
    """One client, simple protocol, in one transaction. What was unique in the statements as they were sent (the
    matter's id, its number and subject, the event's id, the key) is made unique for each transaction."""
    script = _script(statements, matter, key)
    parameters = {k: str(v) for k, v in conninfo.conninfo_to_dict(tenants.database_address()).items()}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "same.sql"
        file.write_text(script, encoding="utf-8")
        command = [str(postgres.binaries(DATA_DIR) / "pgbench"), "-n", "-c", "1", "-M", "simple", "-T", str(seconds)]
        command += ["-f", str(file), "-h", parameters["host"], "-U", parameters["user"], parameters["dbname"]]
        search_path = f"-c search_path={schema()},public"
        environment = {"PGPASSWORD": parameters["password"], "PGOPTIONS": search_path}
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", answer.stdout)
    if answer.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {answer.stderr[-2000:]}")
    return float(found.group(1))


def _script(statements: Sequence[str], matter: int, key: str) -> str:
    lines = ["BEGIN;"]
    for statement in statements:
        if "nextval(" in statement:
            lines.append(
                "SELECT id, 'matter:' || id AS subject, 'b' || id AS number, 'k' || id AS key, "
                "gen_random_uuid() AS event "
                "FROM (SELECT nextval('matters_matter_id_seq') AS id) n \\gset"
            )
            continue
        unique = _UUID.sub("':event'::uuid", statement.replace("\n", " "))
        unique = unique.replace(f"'matter:{matter}'", "':subject'").replace(f"'{key}'", "':key'")
        unique = re.sub(rf"'\d{{8}}-0*{matter}'", "':number'", unique)
        unique = re.sub(rf"(VALUES \(){matter}(?=, )", r"\1:id", unique)
        unique = re.sub(rf", {matter}\)", ", :id)", unique)
        lines.append(unique + ";")
    # The key is looked up before the id is drawn: any key that is not there costs the same.
    first = next(number for number, line in enumerate(lines) if "\\gset" in line)
    lines[:first] = [line.replace("':key'", "'none'") for line in lines[:first]]
    return "\n".join([*lines, "COMMIT;"]) + "\n"
