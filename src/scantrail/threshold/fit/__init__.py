"""The fit of counting curves: thresholds with an error bar and a reason.

Counts are Poisson around a noise edge on a plateau; the likelihood is maximised, never squares of rates. See
`fit_curve`.
"""

from scantrail.threshold.fit.answers import answers
from scantrail.threshold.fit.curve import Bars, poisson_bars
from scantrail.threshold.fit.fit import fit_curve
from scantrail.threshold.fit.models import Family
from scantrail.threshold.fit.recommend import Accidentals
from scantrail.threshold.fit.result import Estimate, Fit, Status

__all__ = [
    "Accidentals",
    "Bars",
    "Estimate",
    "Family",
    "Fit",
    "Status",
    "answers",
    "fit_curve",
    "poisson_bars",
]
