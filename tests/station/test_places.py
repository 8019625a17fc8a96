import errno
import os
from pathlib import Path

import pytest

from scantrail.errors import ConfigError
from scantrail.station import data_root, find_station


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_data_root_is_an_absolute_path_of_the_environment_or_the_home(monkeypatch, isolated_home, here):
    monkeypatch.setenv("SCANTRAIL_HOME", "data")
    assert data_root() == here / "data"
    monkeypatch.setenv("SCANTRAIL_HOME", "~/elsewhere")
    assert data_root() == isolated_home / "elsewhere"
    for unset in (lambda: monkeypatch.setenv("SCANTRAIL_HOME", ""), lambda: monkeypatch.delenv("SCANTRAIL_HOME")):
        unset()
        assert data_root() == isolated_home / ".scantrail"


def test_a_home_that_is_not_known_is_refused(monkeypatch):
    monkeypatch.setenv("SCANTRAIL_HOME", "~nobody-of-this-name/x")
    with pytest.raises(ConfigError, match="SCANTRAIL_HOME"):
        data_root()


def test_the_station_file_is_looked_for_in_order(monkeypatch, here):
    assert find_station() is None
    data_root().mkdir(parents=True)
    in_root = data_root() / "station.toml"
    in_root.touch()
    assert find_station() == in_root
    Path("station.toml").touch()
    assert find_station() == Path("station.toml")
    monkeypatch.setenv("SCANTRAIL_STATION", "bench.toml")
    assert find_station() == here / "bench.toml"
    assert find_station("other.toml") == Path("other.toml")


def test_an_empty_variable_and_a_directory_of_that_name_count_for_nothing(monkeypatch):
    monkeypatch.setenv("SCANTRAIL_STATION", "")
    Path("station.toml").mkdir()
    assert find_station() is None


def test_a_directory_that_may_not_be_looked_into_holds_no_station_file(monkeypatch):
    """As after `sudo -u` from one's own home: the file of the data root still counts."""
    stat = os.stat

    def denied(path, **options):
        if os.fspath(path) == "station.toml":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", denied)
    assert find_station() is None
    data_root().mkdir(parents=True)
    (data_root() / "station.toml").touch()
    assert find_station() == data_root() / "station.toml"
