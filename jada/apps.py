from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class JadaConfig(AppConfig):
    """The wiring's own commands: `sweep` and `welcome`."""

    name = "jada"


class JadaAdminConfig(AdminConfig):
    """Django's admin with our site as the default one."""

    default_site = "jada.admin.JadaAdminSite"
