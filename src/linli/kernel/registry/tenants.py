"""Finding and making districts. Each is a schema of its own; the hub of the province is one too."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, transaction
from django_tenants.utils import schema_context, tenant_context
from psycopg import conninfo

from linli.kernel import relay
from linli.kernel.district import schema
from linli.kernel.refusal import Missing
from linli.kernel.registry.models import District, Domain

HUB = "hub"
_KEEP = 30.0  # seconds that a process trusts what it read of the registry
_MOST = 1000  # answers kept: whoever asks under ever new host names must not fill the memory
_cache: dict[str, tuple[float, District]] = {}


@contextmanager
def district(code: str) -> Iterator[District]:
    """Work in the district with this code (or in the hub), then go back to where this was called from."""
    with schema_context("public"):
        found = _remembered(f"code:{code}", District.objects.filter(code=code).first)
    if found is None:
        raise Missing("district.unknown", district=code)
    with tenant_context(found):
        yield found


def enter(found: District) -> None:
    """Turn this process's connection to a district; nothing is sent when it is there already."""
    if schema() != found.schema_name:
        connection.set_tenant(found)  # type: ignore[attr-defined]  # django-tenants adds it


def schema_of(code: str) -> str:
    return HUB if code == HUB else f"d{code}"


def all_districts() -> list[District]:
    """Every district, without the hub, in the order of their codes."""
    with schema_context("public"):
        return list(District.objects.filter(kind="district").order_by("code"))


def by_host(host: str) -> District | None:
    """The district that answers on this host name. An installation with a single district answers on any."""
    return _remembered(f"host:{host}", lambda: _find_host(host))


def create_district(code: str, name: str, kind: str = "district", zone: str = "Asia/Shanghai") -> District:
    """Register a district and build its schema. Needs the owner login. Does nothing to one that is there."""
    with schema_context("public"):
        found: District = District.objects.get_or_create(
            code=code, defaults={"schema_name": schema_of(code), "name": name, "kind": kind, "zone": zone}
        )[0]
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{found.schema_name}"')
    call_command("migrate_schemas", schema_name=found.schema_name, interactive=False, verbosity=0)
    grant(found.schema_name)
    forget()
    if found.kind == "district":
        with tenant_context(found):
            relay.introduce()
    return found


def answer_on(code: str, host: str) -> None:
    """Let a district answer on a host name. Needs the owner login."""
    with schema_context("public"):
        district = District.objects.get(code=code)
        Domain.objects.update_or_create(domain=host, defaults={"tenant": district, "is_primary": False})
    forget()


def name_gas_company(code: str, company: str, phone: str) -> None:
    """Who comes when it smells of gas: named on the first screen of the district. Needs the owner login."""
    with schema_context("public"):
        District.objects.filter(code=code).update(gas_company=company, gas_phone=phone)
    forget()


def drop_district(code: str) -> None:
    """Remove a district with all that it holds. Needs the owner login."""
    with schema_context("public"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{schema_of(code)}" CASCADE')
        District.objects.filter(code=code).delete()
    forget()


def grant(schema: str, login: str = "linli") -> None:
    """What the application login may do in a schema: everything to rows, but history is read and appended only.
    All at once, or it might change history in between."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO {login}')
        cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{schema}" TO {login}')
        cursor.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "{schema}" TO {login}')
        if schema == "public":
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM {login}")
        else:
            cursor.execute(f'REVOKE UPDATE, DELETE ON "{schema}".kernel_event, "{schema}".kernel_seal FROM {login}')


def forget() -> None:
    _cache.clear()


def database_address() -> str:
    """How to reach the database beside Django, for listening to it."""
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return conninfo.make_conninfo(**{name: parameters[name] for name in names if parameters.get(name)})


def _find_host(host: str) -> District | None:
    with schema_context("public"):
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        if domain is not None:
            return domain.tenant  # type: ignore[no-any-return]
        districts = District.objects.filter(kind="district").order_by("code")[:2]
        return districts[0] if len(districts) == 1 else None


def _remembered(key: str, find: Callable[[], District | None]) -> District | None:
    """Only what is there is remembered: what is not may be made any moment."""
    kept = _cache.get(key)
    if kept is None or kept[0] < time.monotonic():
        found = find()
        if found is None:
            return None
        if len(_cache) >= _MOST:
            _cache.clear()
        kept = _cache[key] = (time.monotonic() + _KEEP, found)
    return kept[1]
