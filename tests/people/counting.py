"""A password hasher that tells how often it worked."""

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    worked = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).worked += 1
        return str(super().encode(password, salt))
