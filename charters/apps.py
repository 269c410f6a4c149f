from django.apps import AppConfig


class ChartersConfig(AppConfig):
    name = "charters"
    verbose_name = "Charters"

    def ready(self) -> None:
        """Register our checks."""
        import charters.checks  # noqa: F401
