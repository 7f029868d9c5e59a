from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "linli.matters"
    label = "matters"

    def ready(self) -> None:
        from linli.matters import audit, policies, projections  # noqa: F401  (they register themselves with the kernel)
