"""The profile that somebody starts their own from: whole and usable as it stands, with every key explained."""

import json


def example_profile(name: str) -> str:
    """Return a commented profile in TOML for an experiment of this name."""
    quoted = json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")  # the one sign that only TOML refuses
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return _EXAMPLE.replace("@NAME@", quoted).replace("@FILE@", shown)


_EXAMPLE = """\
# What an experiment tracks: its types of components, where they go, what is tested.
#
# A database takes its profile when it is made, and keeps it from then on:
#
#     svt --db-path @FILE@.db --profile @FILE@.toml init
#
# So change this file first. All below is an example, a telescope of six pixel planes: rename it, repeat it, or take
# it away. Only `name` and at least one type are needed.

# What it is called; the database remembers it.
name = @NAME@

# A step that should wait for tests, such as installing what is not qualified: "warn" does it, with a warning and a
# waiver on record; "enforce" does it only with --force and --reason.
policy = "warn"


# --- types of components: svt add --id PLANE-1 --type plane -----------------------------------------------------------

[types.plane]
description = "Planes of the telescope: a sensor on a readout chip"

# What is noted of each, with its unit ("" for none): svt add ... --attribute thickness=150
# An attribute that is not declared is kept all the same, with a notice.
attributes = { thickness = "µm", batch = "" }

# Slots for parts, each with the type of part it takes: svt assemble PLANE-1 --part sensor=S-1 --part chip=C-1
slots = { sensor = "sensor", chip = "chip" }

# Where it can be installed, one component a position: svt install PLANE-1 Telescope_3
# {0-5} stands for every number of a range, {left,right} for each of these words, {n} for any number.
# A type without positions takes any name that is in no pattern, such as a shelf's.
positions = ["Telescope_{0-5}", "Bench{n}_{left,right}"]

# Status = the tests that must have passed before it: svt blocks PLANE-1 tells which are missing.
required = { qualified = ["iv_curve", "threshold_scan"] }

# The bias in V at which it is run, marked in the plots of its sweeps: svt plot PLANE-1 iv_curve
operating_voltage = 90

[types.sensor]
description = "Pixel sensors"
attributes = { wafer = "" }
required = { qualified = ["iv_curve"] }
operating_voltage = 90

[types.chip]
description = "Readout chips"
required = { qualified = ["threshold_scan"] }

[types.cable]
description = "Data and power cables"
attributes = { length = "m" }

[types.other]
description = "Everything else"


# --- types of tests: svt test PLANE-1 --type iv_curve -----------------------------------------------------------------

# What a test measures, with units ("" for none): svt test ... --set temperature=20.1
# Limits do not stand here, for they change with time and are kept in versions:
#     svt limit plane iv_curve current --max 2e-6 --source "specification 1.2"
# A quantity that is not declared is kept all the same, with a notice.

[tests.iv_curve]
description = "Leakage current over bias voltage"
quantities = { voltage = "V", current = "A", temperature = "°C" }

[tests.threshold_scan]
description = "Thresholds and noise of the pixels"
# The unit "channels" is for a list of channel numbers: --set bad_pixels=[17,4093] counts two.
quantities = { threshold = "e-", noise = "e-", bad_pixels = "channels", temperature = "°C" }

[tests.visual]
description = "Looked at under the microscope"
quantities = {}


# --- runs that are tests: scantrail threshold parallel --component CHIP-1 ---------------------------------------------

[runs.thresholds]
# Kinds of runs (scantrail runs list names them), and the types of components that they measure.
kinds = ["threshold_serial", "threshold_parallel"]
types = ["plane", "chip"]
# The test that such a run is, and its quantities: what the run calls a number = what the test calls it.
test = "counting_scan"
results = { threshold = "threshold", sigma = "noise", plateau = "rate" }

[tests.counting_scan]
description = "Counts over threshold"
quantities = { threshold = "DAC", noise = "DAC", rate = "Hz" }
"""
