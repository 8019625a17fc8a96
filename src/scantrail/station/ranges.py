"""What the detector takes: its channels, thresholds and steps."""

CHANNELS = (1, 2, 3)
"""The channels of the detector, from top to bottom."""

LABELS = {1: "top", 2: "mid", 3: "btm"}
"""Where each channel stands."""

THRESHOLDS = (1, 1023)
"""Lowest and highest threshold [DAC]: 10 bits, 0 is reserved."""

STEPS = (1, THRESHOLDS[1] - THRESHOLDS[0])
"""Smallest and largest number of steps, and size of one [DAC]: a single step of 1022 spans the whole range."""
