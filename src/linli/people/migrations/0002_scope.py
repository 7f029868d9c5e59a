from django.db import migrations

from linli.kernel.security import PARTY, REACH, ROLE, Protect

_DISTRICT = f"0::bigint <@ {REACH}"  # posts of the whole district, and the machine
_SELF_OR_DISTRICT = f"party_id = {PARTY} OR {_DISTRICT}"
_IN_ANY_SCOPE = f"{ROLE} IS NOT NULL"  # who fills a seat is public by office
_MACHINE = f"{ROLE} = 'system'"  # signing in, before it is known who does


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        Protect("people_party", f"id = {PARTY} OR path <@ {REACH}"),
        Protect("people_partytext", _SELF_OR_DISTRICT),
        Protect("people_account", _SELF_OR_DISTRICT),
        Protect("people_session", f"account_id = {PARTY} OR {_MACHINE}"),
        Protect("people_signincode", _MACHINE),
        Protect("people_signinfailure", _DISTRICT),
        Protect("people_holding", _IN_ANY_SCOPE),
        Protect("people_absence", _IN_ANY_SCOPE),
    ]
