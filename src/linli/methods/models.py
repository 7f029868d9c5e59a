"""Which methods a district has adopted, and from when."""

from django.db import models

from linli.kernel.models import Chained


class Adoption(Chained):
    """采用: a method that this district runs. `content` is the package as it was read, so that it can be shown and
    compared after the folder it came from has changed."""

    method = models.TextField(unique=True)
    release = models.TextField()
    inputs = models.JSONField(default=dict)
    content = models.JSONField()
    adopted_at = models.DateTimeField()
