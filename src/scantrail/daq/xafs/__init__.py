"""A quick look at absorption spectra: mu(E), E0, edge step, normalisation, chi(k) and |chi(R)|."""

from scantrail.daq.xafs.figure import mu_figure, spectrum_figure
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.spectrum import Spectrum, judge_spectrum

__all__ = ["Missing", "Spectrum", "judge_spectrum", "mu_figure", "spectrum_figure"]
