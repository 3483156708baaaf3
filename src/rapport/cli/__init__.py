"""The command ``rapport``: verbs of the product. Nothing is decided here."""

from __future__ import annotations

import click

from rapport import __version__


class Commands(click.Group):
    """The commands in the order in which a newcomer needs them, and every known error as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        from rapport.config.environment import Unusable
        from rapport.config.folder import Busy

        try:
            return super().invoke(ctx)
        except (Unusable, Busy) as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            from rapport.core.trouble import trouble

            if sentence := trouble(error):
                raise click.ClickException(f"{sentence} What was accepted is safe.") from error
            raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rapport")
def main() -> None:
    """Rapport: relationship management that works both ways.

    Everything is kept in RAPPORT_DATA (default ./rapport-data). Start with `rapport demo`, then `rapport up`.
    """


def _register() -> None:
    from rapport.cli import (
        backfill,
        backup,
        check,
        evaluate,
        exporting,
        forgetting,
        importing,
        imports,
        reprocessing,
        sample,
        train,
        up,
    )

    daily = (up.up, up.demo, importing.import_, imports.imports, backfill.backfill, reprocessing.reprocess)
    care = (sample.sample, evaluate.evaluate, train.train, up.link, check.check)
    memory = (exporting.export, forgetting.forget, backup.backup, backup.restore)
    for command in (*daily, *care, *memory):
        main.add_command(command)


_register()
