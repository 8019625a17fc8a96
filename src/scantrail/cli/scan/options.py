"""What the scan commands have in common: their options, and a command that takes negative numbers as arguments."""

import click

from scantrail.cli.components import component_options
from scantrail.cli.options import PATH, address_options, options


class Signed(click.Command):
    """A command whose arguments may be negative numbers; what looks like an option and is none, `numbers` refuses."""

    ignore_unknown_options = True


way = click.argument("way", nargs=-1, required=True, type=click.UNPROCESSED, metavar="MOTOR START STOP STEPS")
"""MOTOR START STOP STEPS, once or several times."""

snake_option = click.option("--snake", is_flag=True, help="Turn round at the end of each row instead of flying back.")
relative_option = click.option("--relative", is_flag=True, help="Positions count from where the motors stand.")
preview_option = click.option("--preview", is_flag=True, help="Show the points and the expected time; move nothing.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
config_option = click.option("--config", type=PATH, help="Station file. Default: the one in force.")

counting_options = options(
    click.option("--det", "detectors", multiple=True, required=True, metavar="PV", help="Detector; may be repeated."),
    click.option("--dwell", type=float, help="Counting time at each point [s]. Default: 0.1."),
)
order_options = options(
    config_option,
    address_options,
    click.option("--sim", is_flag=True, help="Use a simulated beamline in this process."),
    click.option(
        "--baseline",
        multiple=True,
        metavar="PV",
        help="Read before and after the scan: a PV, or a name of the station file; may be repeated.",
    ),
    click.option(
        "--on-error",
        type=click.Choice(["nan", "retry", "abort"]),
        default="nan",
        show_default=True,
        help="When a detector fails at a point: no value, two more tries, or the end.",
    ),
    click.option("--output", type=PATH, help="New CSV file of the points."),
    click.option("--db-path", help="Database of the catalogue: a file or an SQLAlchemy URL."),
    component_options,
    preview_option,
    click.option("--plot", is_flag=True, help="Draw the readings in the terminal, live while scanning."),
    json_option,
)
