import pytest

from scantrail.links import simulator


def test_a_simulator_is_found_by_its_name():
    assert hasattr(simulator("osechi"), "OsechiMachine")


def test_there_is_no_such_simulator():
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        simulator("nowhere")
