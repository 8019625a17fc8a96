"""`scantrail scan xafs`: an energy scan around an absorption edge."""

from typing import Any

import click

from scantrail.cli.scan.numbers import edge_or_energy, regions
from scantrail.cli.scan.options import counting_options, order_options
from scantrail.cli.scan.plans import carry_out, planned


@click.command()
@click.option("--edge", required=True, metavar="EDGE", help='Edge, such as "Fe K", or its energy [eV].')
@click.option("--regions", "spans", required=True, metavar="START:STOP:STEP …", help="Regions, counted from the edge.")
@click.option("--energy", metavar="MOTOR", help="Energy of the monochromator. Default: BL02:MONO:ENERGY.")
@click.option("--k-weight", type=float, default=0.0, metavar="N", help="Dwells in k grow by (k / k of the first)^N.")
@click.option("--repeats", type=int, default=1, metavar="N", help="Measure all energies N times.")
@click.option("--descending", is_flag=True, help="From the highest energy down.")
@counting_options
@order_options
def xafs(
    edge: str,
    spans: str,
    energy: str | None,
    k_weight: float,
    repeats: int,
    descending: bool,
    detectors: tuple[str, ...],
    dwell: float | None,
    **given: Any,  # noqa: ANN401 - options, handed on
) -> int:
    """Scan the energy region by region.

    A bare number in --regions is eV from the edge, one with the suffix k is 1/angstrom above it; the step's unit is the
    region's: --edge "Fe K" --regions "-150:-20:5 -20:30:0.5 30:12k:0.05k".
    """
    plan = planned(
        {
            "type": "xafs",
            "energy_pv": energy,
            "edge": edge_or_energy(edge),
            "regions": regions(spans, k_weight),
            "repeats": repeats,
            "descending": descending,
            "detectors": list(detectors),
            "dwell_time": dwell,
        }
    )
    return carry_out(plan, **given)
