"""Data files of sweeps: the headers that instruments write, every bad cell told, and nothing that breaks the reader."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.tracker.sweeps import Sweep, SweepFile, read_sweeps


@pytest.fixture
def written(tmp_path: Path):
    """`written(text)`: what is read from a file with this text, or these bytes."""

    def read(content: str | bytes) -> SweepFile | None:
        path = tmp_path / "iv.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_sweeps(path)

    return read


def only(found: SweepFile | None) -> Sweep:
    assert found is not None
    assert found.problems == ()
    (sweep,) = found.sweeps
    return sweep


HEADERS = {
    "voltage_V,current_A,temperature_C": 1.0,
    "Voltage (V),Current (A),Temperature (C)": 1.0,
    "Voltage [V],I [uA],T [°C]": 1e-6,
    "bias_V,current_nA,temp_degC": 1e-9,
    "V,I,T": 1.0,
    "U / V,I / µA,T / °C": 1e-6,
    "Bias Voltage (V),Leakage current (μA),Temp (deg C)": 1e-6,
    '"Voltage, V","Current, pA","Temperature, °C"': 1e-12,
    "VBias [V],ILeak [mA],Temp [Celsius]": 1e-3,
    "HV [volts],Current [amps],Temperature {celsius}": 1.0,
    "reverse bias voltage [V],total current [pA],chuck temperature [C]": 1e-12,
}


@pytest.mark.parametrize("header", HEADERS)
def test_headers_name_quantity_and_unit(written, header):
    sweep = only(written(f"{header}\n10,2.5,20\n20,3.5,21\n"))
    assert list(sweep.voltage) == [10.0, 20.0]
    assert sweep.current == pytest.approx([2.5 * HEADERS[header], 3.5 * HEADERS[header]])
    assert list(sweep.temperature) == [20.0, 21.0]


@pytest.mark.parametrize("header", ["T [K]", "T / K", "Temp (Kelvin)", "temperature_K"])
def test_kelvin_becomes_celsius(written, header):
    sweep = only(written(f"V [V],I [A],{header}\n1,1,293.15\n2,2,264.15\n"))
    assert sweep.temperature == pytest.approx([20.0, -9.0])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " , ", "  ", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_endings(written, delimiter, ending):
    rows = [("voltage_V", "current_A"), ("0", "1e-12"), ("10", "2.5E-7"), ("20", "+3e-7")]
    sweep = only(written(ending.join(delimiter.join(row) for row in rows)))
    assert list(sweep.voltage) == [0.0, 10.0, 20.0]
    assert list(sweep.current) == [1e-12, 2.5e-7, 3e-7]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas(written, delimiter):
    text = f"Spannung{delimiter}Bias [V]{delimiter}I [nA]\n1{delimiter}-10,5{delimiter}-2,25E-01\n"
    sweep = only(written(text))
    assert (sweep.voltage[0], sweep.current[0]) == (-10.5, pytest.approx(-2.25e-10))


def test_a_decimal_comma_between_commas_is_not_guessed(written):
    found = written("voltage_V,current_A\n10,2e-7\n20,5,3e-7\n")
    assert [*found.sweeps[0].voltage] == [10.0, pytest.approx(np.nan, nan_ok=True)]
    assert found.problems == ("iv.csv line 3 has 3 cells under 2 headings and is left out",)


@pytest.mark.parametrize(
    "text",
    [
        "# Keithley 2410, S12\n# bias voltage to 300 V, current range 1 uA\n\n# V [V]\tI [uA]\n10\t1\n# pause\n20\t2\n",
        "Sensor,HPK-12\nOperator,Jane\n\nvoltage_V,current_uA\n10,1\n20,2\n",
        "% V_bias (V); I_leak (uA)\n10;1\n20;2\n",
        "Voltage,Current\n(V),(uA)\n10,1\n20,2\n",
        "Voltage;Current\nV;uA\n10;1\n20;2\n",
        "Voltage [V]   Current [uA]\n10   1\n20   2\n",
        "index,set voltage [V],measured voltage [V],current error [uA],current [uA],compliance [uA]\n"
        "0,11,10,9,1,100\n1,21,20,9,2,100\n",
        "i,bias current [uA],bias voltage [V],t [s]\n0,1,10,5\n1,2,20,6\n",
        "time,V [V],I [uA]\n10:31:05,10,1\n10:31:06,20,2\n",
        "voltage_V,current_uA,\n10,1,\n20,2,\n",
    ],
)
def test_words_around_the_table_are_no_trouble(written, text):
    sweep = only(written(text))
    assert list(sweep.voltage) == [10.0, 20.0]
    assert sweep.current == pytest.approx([1e-6, 2e-6])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings(written, encoding):
    sweep = only(written("voltage [V],current [µA],temperature [°C]\n10,1,20\n20,2,20\n".encode(encoding)))
    assert sweep.current == pytest.approx([1e-6, 2e-6])
    assert list(sweep.temperature) == [20.0, 20.0]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "10,1e-7\n20,2e-7\n",
        "channel,noise\n0,1500\n1,1510\n",
        "capacitance_pF,voltage_V\n1,2\n",
        b"\x89HDF\r\n\x1a\n\0\0\0",
        "voltage_V\n10\n",
        "the voltage, and the current of it\nwere not noted\n",
        "x" * 300_000,
    ],
)
def test_other_files_are_no_sweep(written, content):
    assert written(content) is None


def test_a_header_far_down_is_not_looked_for(written):
    table = "voltage_V,current_A\n10,1e-7\n"
    assert written("words\n" * 499 + table) is not None
    assert written("words\n" * 500 + table) is None
    assert written("1,2\n" * 200_000) is None


@pytest.mark.parametrize("cell", ["n/a", "OVER", "1e-7A", "--", "inf", "1_000", "9.9e37", "-9.91E+37"])
def test_a_bad_cell_is_told_by_line_and_column(written, cell):
    found = written(f"# test\nvoltage_V,current_A\n10,1e-7\n20,{cell}\n30,3e-7\n")
    (sweep,) = found.sweeps
    assert np.isnan(sweep.current[1])
    assert (list(sweep.voltage), sweep.current[2]) == ([10.0, 20.0, 30.0], 3e-7)
    (problem,) = found.problems
    assert problem.startswith(f"iv.csv line 4, column current_A: {cell!r} is ")


@pytest.mark.parametrize("cell", ["", "nan", "NaN", " "])
def test_an_empty_cell_is_a_hole_and_no_problem(written, cell):
    sweep = only(written(f"voltage_V,current_A,temperature_C\n10,1e-7,20\n20,{cell},20\n30,3e-7,\n"))
    assert np.isnan([sweep.current[1], sweep.temperature[2]]).all()


def test_a_torn_last_row_is_told(written):
    found = written("voltage_V,current_A\n10,1e-7\n20")
    assert found.problems == ("iv.csv line 3, column current_A: there is no cell",)


def test_many_bad_cells_are_told_in_short(written):
    found = written("voltage_V,current_A\n0,1e-9\n" + "".join(f"{v},x\n" for v in range(1, 31)))
    assert len(found.problems) == 11
    assert found.problems[-1] == "iv.csv has 20 more cells that cannot be read"


def test_a_thermometer_that_is_not_there_is_not_believed(written):
    found = written("voltage_V,current_A,temperature_C\n10,1e-7,20\n20,2e-7,999.9\n30,3e-7,-300\n")
    assert list(np.isnan(found.sweeps[0].temperature)) == [False, True, True]
    assert found.problems == ("iv.csv, column temperature_C: 999.9 °C is no temperature of a sensor (2 rows)",)


def test_a_file_without_a_single_point_says_so(written):
    assert written("voltage_V,current_A\n10,\n,1e-7\n") == SweepFile(
        (), ("iv.csv holds no point with a voltage and a current",)
    )


@pytest.mark.parametrize("header", ["voltage_V,current (A/cm2)", "V [mm],I [A]"])
def test_a_unit_of_something_else_is_refused(written, header):
    with pytest.raises(InputError, match="which is no unit of"):
        written(f"{header}\n10,1\n20,2\n")


def test_a_file_that_is_gone_or_too_large_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv cannot be read: No such file"):
        read_sweeps(tmp_path / "gone.csv")
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(InputError, match=r"scan\.csv is larger than 64 MB"):
        read_sweeps(tmp_path / "big.csv", "scan.csv")


UP, DOWN = "".join(f"{v},{v}e-9\n" for v in range(0, 110, 10)), "".join(f"{v},{v}e-9\n" for v in range(100, -10, -10))


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [
        (UP, [11]),
        (DOWN, [11]),
        (UP + DOWN, [22]),
        (UP + UP, [11, 11]),
        (DOWN + DOWN, [11, 11]),
        (UP + "\n" + UP, [11, 11]),
        (UP + "voltage_V,current_A\n" + UP, [11, 11]),
        (UP.replace("50,50e-9\n", "\n"), [10]),
        (UP + "0,1e-12\n", [12]),
        ("5,1e-9\n", [1]),
        ("".join(f"{-v},{-v}e-9\n" for v in range(5)) * 3, [5, 5, 5]),
    ],
)
def test_a_file_holds_a_sweep_for_every_way_from_the_start(written, rows, sizes):
    found = written(f"voltage_V,current_A\n{rows}")
    assert [len(sweep.voltage) for sweep in found.sweeps] == sizes
    assert found.problems == ()


# --- nothing that breaks the reader -----------------------------------------------------------------------------------

numbers = st.floats(-1e30, 1e30, allow_subnormal=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30), st.sampled_from([",", ";", "\t", "  "]))
def test_what_was_written_is_read(tmp_path, rows, delimiter):
    path = tmp_path / "iv.txt"
    lines = [f"voltage_V{delimiter}current_A", *(f"{v!r}{delimiter}{i!r}" for v, i in rows)]
    path.write_text("\n".join(lines))
    found = read_sweeps(path)
    assert found.problems == ()
    assert [tuple(row) for s in found.sweeps for row in zip(s.voltage, s.current, strict=True)] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="voltage_VcurrentA [](),;\t\n\r#\"'0123456789.eE+-/µ°nan\x85\u2028"))
def test_no_text_breaks_the_reader(tmp_path, text):
    path = tmp_path / "iv.txt"
    path.write_text(f"voltage_V,current_A\n1,2\n{text}", newline="")
    found = read_sweeps(path)
    assert found is not None
    assert all(len(sweep.voltage) == len(sweep.current) == len(sweep.temperature) for sweep in found.sweeps)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path, content):
    path = tmp_path / "iv.bin"
    path.write_bytes(content)
    try:
        found = read_sweeps(path)
    except InputError as error:
        assert "iv.bin" in str(error) or "unit" in str(error)
    else:
        assert found is None or isinstance(found, SweepFile)
