import pytest
from rich.console import Console

from scantrail.cli.answers import answers_table, by_channel, print_answers, sentences, with_error
from scantrail.runs import Result


def answer(channel: str, value: float | None = 312.44, error: float | None = 0.61, status: str = "OK") -> list[Result]:
    return [
        Result(f"{channel} threshold", value, error, "DAC", status, f"Set it to {value}."),
        Result(f"{channel} plateau middle", 320.0, 2.0, "DAC", status, "half way"),
        Result(f"{channel} mu", 300.1234, 0.0617, "DAC", status, "erfc edge"),
        Result(f"{channel} plateau", 4.3e-05, None, "1/s", status, "erfc edge"),
        Result(f"{channel} deviance", 15.02, None, "", status, "17 degrees of freedom, chance 0.6"),
    ]


def shown(results: list[Result], width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(answers_table(results))
    return captured.get()


@pytest.mark.parametrize("names", [("ch1", "ch2"), ("top layer", "btm"), ("a", "a"), ("a", "a b"), ("[red]", "")])
def test_every_channel_keeps_its_answer_whatever_it_is_called(names):
    results = [result for name in names for result in answer(name)]
    found = by_channel(results)
    assert [channel for channel, _ in found] == [*names]
    assert all([*quantities] == ["threshold", "plateau middle", "mu", "plateau", "deviance"] for _, quantities in found)
    assert sentences(results) == [f"{name}: Set it to 312.44." for name in names]
    rows = [line for line in shown(results).splitlines() if "312.4 ± 0.6" in line]
    assert [row[: len(name)] for row, name in zip(rows, names, strict=True)] == [*names]


def test_a_row_holds_the_main_quantities_with_their_errors():
    (row,) = (line for line in shown(answer("ch1")).splitlines() if line.startswith("ch1"))
    assert row.split() == ["ch1", "312.4", "±", "0.6", "300.12", "±", "0.06", "–", "–", "15.0", "/", "17", "OK"]


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (312.44, 0.61, "312.4 ± 0.6"),
        (312.44, 0.351, "312.44 ± 0.35"),
        (312.44, 0.36, "312.4 ± 0.4"),
        (312.44, 1.0, "312.4 ± 1.0"),
        (312.44, 9.7, "312 ± 10"),
        (312.44, 12.0, "312 ± 12"),
        (0.000123, 0.0000456, "0.00012 ± 0.00005"),
        (1e6, 5e5, "1000000 ± 500000"),
        (-0.5, 0.1, "-0.50 ± 0.10"),
        (None, None, "–"),
        (312.44, None, "–"),
        (312.44, 0.0, "–"),
        (312.44, float("nan"), "–"),
    ],
)
def test_as_many_digits_as_the_error_bears(value, error, text):
    assert with_error(Result("x", value, error, "", "OK", "")) == text


def test_no_number_no_table(capsys):
    print_answers([Result("ch1 threshold", None, None, "DAC", "NO_EDGE", "No count at all.")])
    assert capsys.readouterr().out == "ch1: No count at all.\n"
    print_answers([])
    assert capsys.readouterr().out == ""


def test_the_table_fits_into_80_columns_with_numbers_of_any_size():
    results = answer("ch1", 1022.99, 0.003, "OUT_OF_RANGE") + answer("ch2", 3.4, 251.0, "NO_PLATEAU")
    assert max(map(len, shown(results).splitlines())) <= 80
    assert "…" not in shown(results)
