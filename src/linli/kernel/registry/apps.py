from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "linli.kernel.registry"
    label = "registry"
