"""What happens to people, accounts and seats. Bodies hold ids, kinds and instants: never a name, a phone or a word."""

# of a party

PARTY_REGISTERED = "people.party.registered"
"""{kind, home: place or null}"""

PARTY_CHANGED = "people.party.changed"
"""{fields: [name, phone, home, language], home?: place}: which of them changed; the values stand sealed in the row"""

PARTY_REVEALED = "people.party.revealed"
"""{field: name or phone}, with a commitment to the reason: somebody looked at it"""

ACCOUNT_OPENED = "people.account.opened"
"""{}"""

ACCOUNT_CLOSED = "people.account.closed"
"""{}: it can no longer sign in, its sessions are ended; until opened again"""

ACCOUNT_UNLOCKED = "people.account.unlocked"
"""{}: after too many failures it may be tried again at once"""

PASSWORD_SET = "people.password.set"
"""{}: all sessions but the one it was set in are ended"""

SESSION_OPENED = "people.session.opened"
"""{session, channel: web or api, with: password or code, totp: whether a second factor was given}"""

SESSION_ENDED = "people.session.ended"
"""{sessions: [id]}"""

TOTP_OFFERED = "people.totp.offered"
"""{}: a new secret, which counts only once it is confirmed"""

TOTP_SWITCHED_ON = "people.totp.switched_on"
"""{}"""

TOTP_SWITCHED_OFF = "people.totp.switched_off"
"""{}"""

RECOVERY_CODE_USED = "people.recovery_code.used"
"""{left}: how many are left"""

# of a seat

HOLDER_APPOINTED = "people.holder.appointed"
"""{party, post, place, from_at, until_at or null}; the first one of a seat makes the seat"""

HOLDER_DISMISSED = "people.holder.dismissed"
"""{party, post, place, until_at}: of all that they held or were to hold of it"""

# of an absence

ABSENCE_REPORTED = "people.absence.reported"
"""{party, from_at, until_at or null, substitute: party or null, reason: leave, duty, training or other}"""

ABSENCE_ENDED = "people.absence.ended"
"""{party, until_at}"""
