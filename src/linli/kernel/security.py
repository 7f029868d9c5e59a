"""Row level security as a step of a migration, and the SQL by which policies read the scope."""

from typing import Any

from django.db.migrations.operations import RunSQL

ROLE = "(SELECT nullif(current_setting('linli.role', true), ''))"
PARTY = "(SELECT nullif(current_setting('linli.party', true), '')::bigint)"
SEATS = "(SELECT nullif(current_setting('linli.seats', true), ''))::bigint[]"  # for = ANY (...)
REACH = "(SELECT nullif(current_setting('linli.reach', true), '')::int8multirange)"


class Protect(RunSQL):
    """Force row level security on a table: rows are seen where `using` holds, written where `check` holds.

    The sub-selects of the scope are planned once a statement (an InitPlan), not once a row.
    """

    def __init__(self, table: str, using: str, check: str | None = None) -> None:
        self.table, self.using, self.check = table, using, check
        super().__init__(
            sql=f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY scope ON {table} USING ({using}) WITH CHECK ({check or using})",
            reverse_sql=f"DROP POLICY scope ON {table}; "
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "Protect", [self.table, self.using, self.check], {}
