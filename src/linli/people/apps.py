from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "linli.people"
    label = "people"

    def ready(self) -> None:
        from linli.people import commands, projections  # noqa: F401  (they register themselves with the kernel)
