import numpy as np

from scantrail.threshold.fit import answers, fit_curve


def test_the_verdict_comes_first_and_names_the_channel(channel, grid):
    fit = fit_curve(grid, channel().counts(grid), np.full(21, 10.0))
    rows = answers(fit, "ch1")
    assert rows[0].name == "ch1 threshold"
    assert rows[0].value == fit.advice.value
    assert rows[0].status == "OK"
    assert rows[0].sentence.startswith("Set the threshold to")
    names = [row.name for row in rows]
    assert names[1:7] == [f"ch1 {n}" for n in ("mu+3sigma", "mu+5sigma", "noise=1%", "plateau middle", "b+3c", "mu")]
    three = rows[1]
    assert (three.unit, type(three.status)) == ("DAC", str)
    assert "erfc edge" in three.sentence
    assert "68 %" in three.sentence
    assert names[-1] == "ch1 deviance"


def test_what_cannot_be_answered_has_a_row_without_a_number(grid):
    rows = answers(fit_curve(grid, np.zeros(21), np.full(21, 10.0)), "ch2")
    assert [(row.name, row.value, row.error, row.status) for row in rows] == [("ch2 threshold", None, None, "NO_EDGE")]
    assert "dead" in rows[0].sentence


def test_an_open_end_is_said_to_be_open(channel, grid):
    fit = fit_curve(grid, channel(sigma=0.1, mu=301.0).counts(grid), np.full(21, 10.0))
    sigma = next(row for row in answers(fit, "ch1") if row.name == "ch1 sigma")
    assert sigma.error is None
    assert "open to" in sigma.sentence
