"""`svt assemble` and `disassemble`."""

import click

from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import by_option, component_argument, json_option, opened, tell, words


@click.command()
@component_argument
@click.option("--sensor", metavar="ID", shell_complete=of("component"), help="Part for the slot sensor.")
@click.option("--hybrid", metavar="ID", shell_complete=of("component"), help="Part for the slot hybrid.")
@click.option("--part", "parts", multiple=True, metavar="SLOT=ID", help="Part for any slot; repeatable.")
@click.option("--replace", is_flag=True, help="Take out what sits in the slot.")
@click.option("--notes", default="", metavar="TEXT", help="Kept in the logs of all of them.")
@by_option("assembled")
@json_option
def assemble(
    component_id: str,
    sensor: str | None,
    hybrid: str | None,
    parts: tuple[str, ...],
    replace: bool,
    notes: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Attach parts to component ID. A part that sits there already changes nothing."""
    from scantrail.tracker import assemble_module

    others = words(parts, "--part")
    with opened() as database:
        done = assemble_module(
            component_id, sensor, hybrid, parts=others, replace=replace, assembled_by=by, notes=notes, db=database
        )
    tell(done, as_json=as_json)


@click.command()
@component_argument
@click.option("--slot", "slots", multiple=True, metavar="SLOT", help="Only this slot; repeatable.")
@click.option("--notes", default="", metavar="TEXT", help="Kept in the logs of all of them.")
@by_option("disassembled")
@json_option
def disassemble(component_id: str, slots: tuple[str, ...], notes: str, by: str | None, as_json: bool) -> None:
    """Detach the parts of component ID; they are free for others then."""
    from scantrail.tracker import disassemble_module

    with opened() as database:
        done = disassemble_module(component_id, slots=slots, disassembled_by=by, notes=notes, db=database)
    tell(done, as_json=as_json)
