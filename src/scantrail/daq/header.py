"""What the start document of a position scan says."""

import math
from typing import Any

from scantrail.daq.columns import dimensions, paced, told
from scantrail.daq.darks import KIND, newest_darks
from scantrail.daq.manner import Manner
from scantrail.daq.plans import ELAPSED, ScanConfig, XAFSScanConfig
from scantrail.daq.rig import Rig
from scantrail.daq.setting import Setting
from scantrail.runs import Header


def header_of(plan: ScanConfig, rig: Rig, setting: Setting, manner: Manner, done: int) -> Header:
    """Return the header of a run that takes `plan` but for the `done` points that earlier runs took."""
    return Header(
        kind=plan.kind,
        plan=plan.document(),
        num_points=math.prod(plan.shape) - done,
        motors=[axis.key for axis in rig.axes] or ([ELAPSED] if paced(plan) else []),
        detectors=[source.key for source in rig.detectors],
        dimensions=dimensions(plan, rig),
        shape=plan.shape,
        extents=plan.extents,
        columns=told(plan, rig),
        station=setting.station.document(),
        operator=setting.operator,
        components=setting.components,
        resumed_from=setting.earlier[-1].start["uid"] if setting.earlier else None,
        rig={
            **setting.rig,
            **_darks(plan, rig, setting),
            "urls": [client.url for client in rig.team.clients],
            **manner.document(),
        },
        extra=_xafs(plan, rig),
    )


def _darks(plan: ScanConfig, rig: Rig, setting: Setting) -> dict[str, Any]:
    """Return the newest dark readings of the detectors, to be subtracted from what is derived of them."""
    found = {} if plan.kind == KIND else newest_darks(setting.root, rig.detectors)
    return {"dark": {key: dark._asdict() for key, dark in found.items()}} if found else {}


def _xafs(plan: ScanConfig, rig: Rig) -> dict[str, Any]:
    if not isinstance(plan, XAFSScanConfig):
        return {}
    crystal = rig.station.crystal
    mono = {"mono": crystal.name, "d_spacing": crystal.d_spacing} if crystal else {}
    edge = plan.target
    return {"xafs": {"element": edge.element or None, "edge": edge.name or None, "e0": edge.energy, **mono}}
