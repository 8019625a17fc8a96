"""What holds for every test that starts programs as a user does."""

import pytest


@pytest.fixture(autouse=True)
def measured_elsewhere(without_coverage: None) -> None:
    """Measure no coverage here: the rooms have tests of their own, and Ctrl-C at coverage's exit is no fault here."""
