"""`scantrail scan xafs`: an energy scan around an absorption edge."""

from typing import Any

import click

from scantrail.cli.scan.numbers import edge_energy, regions
from scantrail.cli.scan.options import counting_options, order_options
from scantrail.cli.scan.plans import carry_out, planned


@click.command()
@click.option("--edge", required=True, metavar="EV", help="Energy of the edge [eV].")
@click.option("--regions", "spans", required=True, metavar="START:STOP:STEP …", help="Regions in eV from the edge.")
@click.option("--energy", metavar="MOTOR", help="Energy of the monochromator. Default: BL02:MONO:ENERGY.")
@counting_options
@order_options
def xafs(
    edge: str,
    spans: str,
    energy: str | None,
    detectors: tuple[str, ...],
    dwell: float | None,
    **given: Any,  # noqa: ANN401 - options, handed on
) -> int:
    """Scan the energy region by region, such as --edge 7112 --regions "-150:-20:5 -20:30:0.5 30:800:3"."""
    fields = {"type": "xafs", "energy_pv": energy, "edge": edge_energy(edge), "regions": regions(spans)}
    return carry_out(planned({**fields, "detectors": list(detectors), "dwell_time": dwell}), **given)
