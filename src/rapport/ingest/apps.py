from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "rapport.ingest"
    label = "ingest"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the modules that hold jobs and readers, so that the worker knows them by name."""
        import rapport.inbox.acting
        import rapport.inbox.bulk
        import rapport.inbox.forgetting
        import rapport.inbox.notices.announcing
        import rapport.inbox.notices.digest
        import rapport.inbox.notices.pushing
        import rapport.inbox.remembering
        import rapport.inbox.reporting
        import rapport.inbox.sending
        import rapport.inbox.straining
        import rapport.inbox.telling
        import rapport.ingest.comparing
        import rapport.ingest.exports
        import rapport.ingest.importing
        import rapport.ingest.looking
        import rapport.ingest.memory.returning
        import rapport.ingest.pretending
        import rapport.ingest.reprocessing  # noqa: F401
