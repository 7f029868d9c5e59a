"""Who sees matters: posts above the place, the reporter, whoever holds or once held it; what hangs on one, with it."""

from django.db import migrations

from linli.kernel.security import PARTY, REACH, ROLE, SEATS, Protect

_MACHINE = f"{ROLE} IN ('clock', 'policy', 'system')"
_READ = f"ARRAY (SELECT matter_id FROM matters_reader WHERE party_id = {PARTY})"
_MATTER = "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id)"


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]

    operations = [
        Protect(
            "matters_matter",
            f"path <@ {REACH} OR reporter_id = {PARTY} OR seat_id = ANY ({SEATS}) OR id = ANY ({_READ})",
        ),
        Protect("matters_reader", f"party_id = {PARTY} OR {_MACHINE}", check="true"),
        Protect("matters_note", _MATTER),
        Protect("matters_token", _MATTER),
        Protect("matters_photo", f"uploaded_by_id = {PARTY} OR {_MACHINE} OR {_MATTER}"),
        Protect("matters_follow", f"party_id = {PARTY} OR {_MACHINE}"),
    ]
