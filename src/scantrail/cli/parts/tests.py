"""`svt test`, `test-types`, `limit` and `blocks`."""

from pathlib import Path
from typing import Any

import click

from scantrail.cli.parts.completion import of, statuses
from scantrail.cli.parts.opening import by_option, component_argument, json_option, opened, pairs, print_json, tell

QUANTITIES = {"voltage": "voltage", "current": "current", "temp": "temperature", "noise": "noise"}
"""Option -> quantity."""

_path = click.Path(path_type=Path)


@click.command()
@component_argument
@click.option(
    "--type", "test_type", required=True, metavar="TYPE", shell_complete=of("test_type"), help="test-types lists them."
)
@click.option("--pass", "passed", is_flag=True, help="It passed.")
@click.option("--fail", "failed", is_flag=True, help="It failed.")
@click.option("--voltage", type=float, metavar="V", help="Bias voltage in V.")
@click.option("--current", type=float, metavar="A", help="Current in A.")
@click.option("--temp", type=float, metavar="°C", help="Temperature in °C.")
@click.option("--noise", type=float, metavar="e-", help="Noise in electrons.")
@click.option("--set", "others", multiple=True, metavar="NAME=VALUE", help="Any quantity; lists as JSON; repeatable.")
@click.option("--images", multiple=True, type=_path, help="Image to attach; repeatable.")
@click.option("--data", multiple=True, type=_path, help="Data file to attach; repeatable.")
@click.option("--notes", default="", metavar="TEXT", help="Anything else.")
@click.option("--date", metavar="DATE", help="When it was made; now if not given.")
@click.option("--supersedes", metavar="UUID", help="The test that this one corrects.")
@by_option("tested")
@json_option
def test(
    component_id: str,
    test_type: str,
    passed: bool,
    failed: bool,
    others: tuple[str, ...],
    images: tuple[Path, ...],
    data: tuple[Path, ...],
    notes: str,
    date: str | None,
    supersedes: str | None,
    by: str | None,
    as_json: bool,
    **quantities: float | None,
) -> None:
    """Record a test of component ID. A test never changes a status by itself."""
    from scantrail.tracker import TestResult, moment

    if passed and failed:
        raise click.UsageError("--pass and --fail exclude each other; give one of them, or neither")
    measured: dict[str, Any] = {QUANTITIES[option]: value for option, value in quantities.items() if value is not None}
    result = TestResult(
        component_id,
        test_type,
        True if passed else False if failed else None,
        {**measured, **pairs(others, "--set")},
        tested_by=by,
        notes=notes,
        tested=moment(date) if date else None,
        images=images,
        data_files=data,
        supersedes=supersedes,
    )
    with opened() as database:
        done = result.save(database)
    tell(done, as_json=as_json)


@click.command()
@json_option
def test_types(as_json: bool) -> None:
    """List the test types with their quantities, units and limits."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import in_words, list_test_types

    with opened() as database:
        found = list_test_types(database)
    if as_json:
        print_json(found)
        return
    from rich.console import Console

    rows = []
    for row in found:
        limits = [
            f"{limit['type']} {limit['quantity'] or ''} {in_words(limit['low'], limit['high'], limit['required_for'])}"
            for limit in row["limits"]
        ]
        required = [f"required for {each}" for each in row["required"]]
        units = [f"{name} [{unit}]" if unit else name for name, unit in row["quantities"].items()]
        rows.append((row["name"], ", ".join(units), "; ".join([*limits, *required]), row["description"]))
    Console(highlight=False, emoji=False).print(table(("test type", "quantities", "limits", "description"), rows))


@click.command()
@click.argument("component_type", metavar="TYPE", shell_complete=of("component_type"))
@click.argument("test_type", metavar="TEST", shell_complete=of("test_type"))
@click.argument("quantity", required=False, metavar="[QUANTITY]")
@click.option("--min", "low", type=float, help="The smallest good value.")
@click.option("--max", "high", type=float, help="The largest good value.")
@click.option("--required-for", metavar="STATUS", shell_complete=statuses, help="Status that needs this test passed.")
@click.option("--source", default="", metavar="TEXT", help="Where the limit comes from.")
@by_option("set")
@json_option
def limit(
    component_type: str,
    test_type: str,
    quantity: str | None,
    low: float | None,
    high: float | None,
    required_for: str | None,
    source: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Set what QUANTITY of a TEST of a component TYPE must lie between; without any bound, take the limit away."""
    from scantrail.tracker import set_limit

    with opened() as database:
        done = set_limit(
            component_type,
            test_type,
            quantity,
            low=low,
            high=high,
            required_for=required_for,
            source=source,
            set_by=by,
            db=database,
        )
    tell(done, as_json=as_json)


@click.command()
@component_argument
@json_option
def blocks(component_id: str, as_json: bool) -> None:
    """Tell what stands between component ID and the status qualified."""
    from scantrail.cli.parts.wording import line
    from scantrail.tracker import blocks as between

    with opened() as database:
        found = between(database, component_id)
    if as_json:
        print_json({"component": found.component, "status": found.status, "blocks": list(found.reasons)})
        return
    if found.status == "qualified":
        click.echo(f"{line(found.component)} is qualified.")
    elif not found.reasons:
        click.echo(f"Nothing stands between {line(found.component)} and qualified.")
    else:
        click.echo(f"Between {line(found.component)} ({found.status}) and qualified:")
    for reason in found.reasons:
        click.echo(f"  {line(reason)}")
