"""The registry of districts, in the schema `public`: who is here, under which host names."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class District(TenantMixin):  # type: ignore[misc]
    """A tenant: a county-level district with its 6-digit code, or the hub of the province."""

    auto_create_schema = False
    kind = models.TextField(default="district")
    code = models.TextField(unique=True)
    name = models.TextField()
    zone = models.TextField(default="Asia/Shanghai")
    gas_company = models.TextField(default="")  # whom to call when it smells of gas, shown before anything else
    gas_phone = models.TextField(default="")

    def __str__(self) -> str:
        return self.code


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name of a district."""
