import csv
import resource
from pathlib import Path

import pytest

from scantrail.errors import OutputError
from scantrail.threshold import ScanDataPoint, ThresholdOperation, check_workspace, write_audit_log, write_scan_results
from scantrail.threshold.files import RowFile, ScanFiles, begins_with, place_for

POINTS = [
    ScanDataPoint(timestamp="2025-10-27T10:23:45.123Z", channel=1, threshold=250, event_count=1234),
    ScanDataPoint(timestamp="2025-10-27T10:23:47.456Z", channel=1, threshold=240, event_count=1189),
]
WRITE = ThresholdOperation(
    timestamp="2025-10-27T10:23:45.100Z", channel=1, old_threshold=1023, new_threshold=250, status="success"
)


def test_the_results_of_the_seed(tmp_path):
    path = write_scan_results(1, POINTS, tmp_path / "20251027")
    assert path == str(tmp_path / "20251027" / "scan_results_ch1.csv")
    assert Path(path).read_bytes() == (
        b"timestamp,channel,threshold,event_count\n"
        b"2025-10-27T10:23:45.123Z,1,250,1234\n"
        b"2025-10-27T10:23:47.456Z,1,240,1189\n"
    )


def test_the_audit_log_of_the_seed(tmp_path):
    path = write_audit_log([WRITE], tmp_path)
    assert path == str(tmp_path / "threshold_operations.csv")
    assert Path(path).read_bytes() == (
        b"timestamp,channel,old_threshold,new_threshold,status\n2025-10-27T10:23:45.100Z,1,1023,250,success\n"
    )


def test_a_file_that_exists_is_never_touched(tmp_path):
    write_scan_results(1, POINTS, tmp_path)
    write_audit_log([WRITE], tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(FileExistsError, match=r"scan_results_ch1\.csv holds another scan's data"):
        write_scan_results(1, POINTS[:1], tmp_path)
    with pytest.raises(FileExistsError, match=r"threshold_operations\.csv holds another scan's data"):
        write_audit_log([], tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    write_scan_results(2, [], tmp_path)


def test_a_status_with_commas_and_quotes_comes_back_whole(tmp_path):
    strange = ThresholdOperation("2025-10-27T10:23:45.100Z", 1, 0, 250, 'heard "a, b"\nand more')
    path = write_audit_log([strange], tmp_path)
    with Path(path).open(newline="") as file:
        assert next(csv.DictReader(file))["status"] == strange.status


def test_a_place_that_is_a_file_is_named_as_one(tmp_path):
    (tmp_path / "notes").write_text("mine")
    for place in (tmp_path / "notes", tmp_path / "notes" / "deeper"):
        with pytest.raises(OutputError, match="notes") as refusal:
            write_scan_results(1, POINTS, place)
        assert not isinstance(refusal.value, FileExistsError)
        with pytest.raises(OutputError, match="notes"):
            check_workspace(place)
    with pytest.raises(OutputError, match="is a file, not a directory"):
        check_workspace(tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "mine"


def test_a_name_that_is_taken_by_a_directory(tmp_path):
    (tmp_path / "threshold_operations.csv").mkdir()
    with pytest.raises(OutputError, match=r"threshold_operations\.csv: Is a directory"):
        ScanFiles(tmp_path, replace=True)


def test_a_header_that_does_not_fit_leaves_no_file_open(tmp_path):
    (tmp_path / "threshold_operations.csv").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left on device"):
        ScanFiles(tmp_path, replace=True)


def test_a_workspace_is_made_and_left_empty(tmp_path):
    check_workspace(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_full_disk_is_told_and_nothing_stays_open(tmp_path):
    files = ScanFiles(tmp_path, replace=True)
    (tmp_path / "scan_results_ch1.csv").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"scan_results_ch1\.csv: No space left on device"):
        files.result(POINTS[0])
    files.operation(WRITE)
    files.close()


def test_a_row_that_does_not_fit_leaves_the_rows_before_it_whole(tmp_path):
    file = RowFile(tmp_path / "rows.csv", ScanDataPoint)
    file.append(POINTS[0])
    whole = file.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"rows\.csv: File too large"):
            file.append(POINTS[1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.path.read_bytes() == whole
    file.append(POINTS[1])
    file.close()
    assert file.path.read_bytes().count(b"\n") == 3


def test_a_workspace_with_files_gets_a_directory_a_run(tmp_path):
    run = tmp_path / "run"
    assert place_for(None, run, 7) == run
    workspace = tmp_path / "w"
    assert place_for(workspace, run, 7) == workspace
    write_scan_results(3, POINTS, workspace)
    assert place_for(workspace, run, 7) == workspace / "run-7"
    (workspace / "scan_results_ch3.csv").unlink()
    write_audit_log([], workspace)
    assert place_for(workspace, run, 7) == workspace / "run-7"


def test_an_audit_log_is_known_by_its_first_write(tmp_path):
    assert not begins_with(tmp_path, [WRITE])
    write_audit_log([WRITE, WRITE], tmp_path)
    assert begins_with(tmp_path, [WRITE])
    assert not begins_with(tmp_path, [])
    other = ThresholdOperation("2025-10-27T10:23:45.101Z", 1, 1023, 250, "success")
    assert not begins_with(tmp_path, [other, WRITE])
    (tmp_path / "threshold_operations.csv").write_bytes(b"\xff\xfe\n\xff")
    assert not begins_with(tmp_path, [WRITE])
