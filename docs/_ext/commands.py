"""The directive `command`: the help of a command and of all below it, as the command line itself prints it."""

from collections.abc import Iterator

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from scantrail.cli import main

ROOTS = {"scantrail": main._root, "haniwers-v1": main._haniwers, "svt": main._svt}
WIDTH = 100


def tree(context: click.Context) -> Iterator[click.Context]:
    """Yield the context of a command and of every visible one below it, as they are listed."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None and not command.hidden:
                yield from tree(click.Context(command, info_name=name, parent=context, terminal_width=WIDTH))


class Command(SphinxDirective):
    """`{command} scantrail` documents the whole command line `scantrail`, a section a command."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        root = click.Context(ROOTS[name], info_name=name, terminal_width=WIDTH)
        return [self.section(context) for context in tree(root)]

    def section(self, context: click.Context) -> nodes.section:
        path = context.command_path
        section = nodes.section(ids=[nodes.make_id(path)], names=[path])
        section += nodes.title(path, "", nodes.literal(path, path))
        section += nodes.literal_block(text := context.get_help(), text, language="text")
        return section


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("command", Command)
    return {"parallel_read_safe": True}
