from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "linli.indicators"
    label = "indicators"

    def ready(self) -> None:
        from linli.indicators import policies, projections  # noqa: F401  (they register themselves with the kernel)
