from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "rapport.ingest"
    label = "ingest"

    def ready(self) -> None:
        """Load the modules that hold jobs and readers, so that the worker knows them by name."""
        from rapport.inbox import replying
        from rapport.ingest import importing

        assert replying.send and importing.run  # noqa: S101 - imported for their registration
