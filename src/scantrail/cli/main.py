"""The roots of the command lines; a command's module is imported only when the command is called."""

import importlib
import io
import sys
from collections.abc import Sequence
from typing import Any

import click

from scantrail import __version__
from scantrail.errors import ScantrailError

# name -> (module below scantrail.cli, its click command, one line of help): what `--help` needs without an import
Commands = dict[str, tuple[str, str, str]]

SCANTRAIL: Commands = {
    "demo": ("demo", "demo", "Scan a simulated detector, from the first command to its record."),
    "device": ("device", "device", "Look at single devices of a beamline, and move them."),
    "parts": ("main", "_parts", "Components, their tests, positions and history; the same as svt."),
    "runs": ("runs", "runs", "List, show, follow, export and control runs."),
    "scan": ("scan", "scan", "Scan positions: move, count, record."),
    "sim": ("sim", "sim", "Simulated instruments that speak the true protocol."),
    "station": ("station", "station", "Check or start the file that describes your bench."),
    "threshold": ("threshold", "threshold", "Scan and write the thresholds of a counting detector."),
    "web": ("web", "web", "Serve the page that shows runs, components, positions and tests."),
}
HANIWERS: Commands = {
    "threshold": ("haniwers", "threshold", "Threshold scans with the options of haniwers v1."),
}
PARTS: Commands = {
    "adopt": ("parts.adopt", "adopt", "Take over a database of the hps-svt-tracker."),
    "add": ("parts.components", "add", "Add a component, or change one that exists."),
    "assemble": ("parts.assemble", "assemble", "Attach parts to a module."),
    "at": ("parts.past", "at", "Tell how everything stood at a date."),
    "backup": ("parts.keep", "backup", "Copy the database and its files while others write."),
    "blocks": ("parts.tests", "blocks", "Tell what stands between a component and qualified."),
    "comment": ("parts.logs", "comment", "Add a comment to a component."),
    "connect": ("parts.connect", "connect", "Connect two components."),
    "connections": ("parts.connect", "connections", "List what is connected."),
    "disassemble": ("parts.assemble", "disassemble", "Detach the parts of a module."),
    "disconnect": ("parts.connect", "disconnect", "Close a connection."),
    "export": ("parts.transfer", "export", "Write everything to tables for other programs."),
    "findings": ("parts.adopt", "findings", "List what an adopted database held against the rules."),
    "history": ("parts.past", "history", "List everything that happened to a component."),
    "import": ("parts.transfer", "import_", "Import a table of components, tests, installations, connections."),
    "init": ("parts.keep", "init", "Make the database and the directory of attached files."),
    "install": ("parts.positions", "install", "Put a component into a position."),
    "label": ("parts.labels", "label", "Write QR codes of ids, to print and to stick on."),
    "limit": ("parts.tests", "limit", "Set what a measured quantity must lie between."),
    "list": ("parts.lists", "list_", "List components."),
    "locations": ("parts.lists", "locations", "List locations and what is there."),
    "log": ("parts.logs", "log", "Log an issue, a repair, an observation."),
    "move": ("parts.components", "move", "Note that a component is at another location."),
    "new-profile": ("parts.new_profile", "new_profile", "Write a commented profile for your own experiment."),
    "plot": ("parts.plot", "plot", "Plot tests: sweeps, channels, trends, distributions."),
    "positions": ("parts.positions", "positions", "List positions and who sits in them."),
    "record": ("parts.record", "record", "Record a run as a test of the components it measured."),
    "remove": ("parts.positions", "remove", "Take a component out of its position."),
    "restore": ("parts.keep", "restore", "Bring a backup into a new database."),
    "search": ("parts.search", "search", "Find components by any text that is kept of them."),
    "show": ("parts.show", "show", "Show all that is known of a component."),
    "summary": ("parts.lists", "summary", "Count components, tests and free positions."),
    "sync": ("parts.record", "sync", "Record the runs that components are owed."),
    "test": ("parts.tests", "test", "Record a test with its measurements and files."),
    "test-types": ("parts.tests", "test_types", "List the test types, their quantities and limits."),
    "undo": ("parts.past", "undo", "Take back your newest command."),
    "update": ("parts.components", "update", "Change fields of a component."),
    "update-profile": (
        "parts.update_profile",
        "update_profile",
        "Let the database follow its profile's newer version.",
    ),
    "verify": ("parts.keep", "verify", "Check the chain of events, every row and every file."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def __init__(self, commands: Commands, **kwargs: Any) -> None:  # noqa: ANN401 - click's own keywords
        super().__init__(**kwargs)
        self.table = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, sorted."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, None if there is none of this name."""
        if cmd_name not in self.table:
            return None
        module, attribute, _ = self.table[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"scantrail.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table alone, so that help imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.table[name][2]) for name in self.list_commands(ctx)])


def run(root: click.Group, args: Sequence[str] | None = None) -> None:
    """Run a command line and exit: errors of ours as one sentence on stderr, with their exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what the terminal's encoding lacks is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    try:
        code = root.main(args=args, standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ScantrailError as error:
        from scantrail.cli.parts.wording import visible  # a message may hold what anybody once typed

        click.echo(f"Error: {visible(str(error), '')}", err=True)
        for note in getattr(error, "__notes__", ()):
            click.echo(f"       {visible(note)}", err=True)
        code = error.exit_code
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        code = 130
    except OSError as error:
        click.echo(f"Error: {error.filename or 'the output'}: {error.strerror or error}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


_root = LazyGroup(
    SCANTRAIL, name="scantrail", help="Detector scans that lose nothing, and the trail of every component."
)
_root = click.version_option(__version__, prog_name="scantrail")(_root)
_haniwers = LazyGroup(HANIWERS, name="haniwers-v1", help="The command line of haniwers v1, on Scantrail's engine.")
_haniwers = click.version_option(__version__, prog_name="haniwers-v1")(_haniwers)


def _tracker(name: str) -> LazyGroup:
    """Make the tree of the component tracker; its database and profile are chosen before the command."""
    options: list[click.Parameter] = [
        click.Option(["--db-path"], metavar="PATH", help="Database: a file or an SQLAlchemy URL; made if missing."),
        click.Option(
            ["--profile"], metavar="NAME", help="What a new database tracks: hps-svt, osechi, or a TOML file."
        ),
    ]

    @click.pass_context
    def choose(context: click.Context, db_path: str | None, profile: str | None) -> None:
        context.obj = (db_path, profile)

    help_ = "Track components: what sits where, since when, with which tests, done by whom."
    return LazyGroup(PARTS, name=name, params=options, callback=choose, help=help_)


_parts = _tracker("parts")
_svt = click.version_option(__version__, prog_name="svt")(_tracker("svt"))


def scantrail() -> None:
    """Entry point of `scantrail`."""
    run(_root)


def haniwers() -> None:
    """Entry point of `haniwers-v1`."""
    run(_haniwers)


def svt() -> None:
    """Entry point of `svt`."""
    run(_svt)
