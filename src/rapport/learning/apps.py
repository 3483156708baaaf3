from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "rapport.learning"
    label = "learning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the modules that hold jobs and readers, so that the worker knows them by name."""
        import rapport.learning.second.looking
        import rapport.learning.training  # noqa: F401
