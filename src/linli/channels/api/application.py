"""The API, version 1."""

from ninja import NinjaAPI

api = NinjaAPI(title="Linli", version="1")
