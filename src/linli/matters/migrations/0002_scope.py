"""Who sees matters: posts above the place, the reporter, and whoever once held it; and what hangs on a matter, with it."""

from django.db import migrations

from linli.kernel.security import PARTY, REACH, ROLE, Protect

_MACHINE = f"{ROLE} IN ('clock', 'policy', 'system')"
_MATTER = "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id)"


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]

    operations = [
        Protect("matters_matter", f"path <@ {REACH} OR reporter_id = {PARTY} OR {PARTY} = ANY (readers)"),
        Protect("matters_note", _MATTER),
        Protect("matters_token", _MATTER),
        Protect("matters_photo", f"uploaded_by_id = {PARTY} OR {_MACHINE} OR {_MATTER}"),
        Protect("matters_follow", f"party_id = {PARTY} OR {_MACHINE}"),
    ]
