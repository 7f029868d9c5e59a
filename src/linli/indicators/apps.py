from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "linli.indicators"
    label = "indicators"

    def ready(self) -> None:
        from linli.indicators import projections  # noqa: F401  (registers itself with the kernel)
