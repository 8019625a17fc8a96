"""Names of measured quantities: one measured several times over, and the error of one.

A run that measures a component with several channels gives `threshold ch1`, `threshold ch2` …, each with its error in
`threshold_error ch1` …; one with several detectors gives `peak @I0`, `peak @IT` …. What is declared, and limited, is
`threshold` and `peak`. A name such as `dark current` is a quantity of its own.
"""

import re

ERROR = "_error"
_SERIES = re.compile(r"(?P<quantity>.+?) (?P<series>ch\d+|@.+)")


def parted(name: str) -> tuple[str, str]:
    """Part a name into its quantity and the channel or detector it was measured with, "" for none.

    >>> parted("threshold ch1"), parted("dark current")
    (('threshold', 'ch1'), ('dark current', ''))
    """
    match = _SERIES.fullmatch(name)
    return (match["quantity"], match["series"]) if match else (name, "")


def joined(quantity: str, series: str) -> str:
    """Return the name of a quantity that was measured with one channel, `ch1`, or detector, `@I0`.

    >>> joined("threshold", "ch1"), joined("threshold", "")
    ('threshold ch1', 'threshold')
    """
    return f"{quantity} {series}".rstrip()


def declared_name(name: str) -> str:
    """Return the quantity under which a name is declared.

    >>> declared_name("threshold_error ch1")
    'threshold'
    """
    return limited_by(name).removesuffix(ERROR)


def limited_by(name: str) -> str:
    """Return the quantity whose limit holds for a name: that of each channel, never that of an error.

    >>> limited_by("threshold ch1"), limited_by("threshold_error ch1"), limited_by("dark current")
    ('threshold', 'threshold_error', 'dark current')
    """
    return parted(name)[0]


def error_of(name: str) -> str:
    """Return the name of a quantity's error.

    >>> error_of("threshold ch1")
    'threshold_error ch1'
    """
    quantity, series = parted(name)
    return joined(f"{quantity}{ERROR}", series)
