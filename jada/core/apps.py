from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "jada.core"
    label = "core"
    verbose_name = "Runs"
