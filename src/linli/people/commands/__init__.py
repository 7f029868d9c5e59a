"""Everything that changes people: parties, accounts and second factors, seats, absences, signing in and out."""

from linli.people.commands.absences import end_absence, report_absence
from linli.people.commands.accounts import close_account, open_account, set_password, unlock_account
from linli.people.commands.parties import Revealed, change_party, register_party, reveal
from linli.people.commands.seats import adopt_posts, appoint, dismiss
from linli.people.commands.second_factor import (
    TotpOffer,
    TotpSwitchedOn,
    offer_totp,
    switch_totp_off,
    switch_totp_on,
)
from linli.people.commands.sessions import Opened, end_sessions, forget_old_sign_ins, mark_used, sign_out
from linli.people.commands.sign_in import (
    change_my_phone,
    request_code,
    self_register,
    sign_in_with_code,
    sign_in_with_password,
    sign_in_with_totp,
)

__all__ = [
    "Opened",
    "Revealed",
    "TotpOffer",
    "TotpSwitchedOn",
    "adopt_posts",
    "appoint",
    "change_my_phone",
    "change_party",
    "close_account",
    "dismiss",
    "end_absence",
    "end_sessions",
    "forget_old_sign_ins",
    "mark_used",
    "offer_totp",
    "open_account",
    "register_party",
    "report_absence",
    "request_code",
    "reveal",
    "self_register",
    "set_password",
    "sign_in_with_code",
    "sign_in_with_password",
    "sign_in_with_totp",
    "sign_out",
    "switch_totp_off",
    "switch_totp_on",
    "unlock_account",
]
