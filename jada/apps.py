from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class JadaConfig(AppConfig):
    """The wiring's own commands, `sweep` and `welcome`, and the Celery application that bells are rung through."""

    name = "jada"

    def ready(self) -> None:
        """Make ours the current Celery application. Not in `jada/__init__.py`: that is imported before the settings."""
        import jada.celery  # noqa: F401


class JadaAdminConfig(AdminConfig):
    """Django's admin with our site as the default one."""

    default_site = "jada.admin.JadaAdminSite"
