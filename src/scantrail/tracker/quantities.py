"""Names of measured quantities: one measured several times over, and the error of one.

A run that measures a component with several channels gives `threshold ch1`, `threshold ch2` …, each with its error in
`threshold_error ch1` …; what is declared, and limited, is `threshold`.
"""

ERROR = "_error"


def declared_name(name: str) -> str:
    """Return the quantity under which a name is declared.

    >>> declared_name("threshold_error ch1")
    'threshold'
    """
    return name.partition(" ")[0].removesuffix(ERROR)


def limited_by(name: str) -> str:
    """Return the quantity whose limit holds for a name: that of each channel, never that of an error.

    >>> limited_by("threshold ch1"), limited_by("threshold_error ch1")
    ('threshold', 'threshold_error')
    """
    return name.partition(" ")[0]


def error_of(name: str) -> str:
    """Return the name of a quantity's error.

    >>> error_of("threshold ch1")
    'threshold_error ch1'
    """
    quantity, space, series = name.partition(" ")
    return f"{quantity}{ERROR}{space}{series}"
