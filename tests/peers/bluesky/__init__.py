"""Bluesky's own servers, run for the tests: PLC, PDS and (with PostgreSQL and Redis) the AppView."""
