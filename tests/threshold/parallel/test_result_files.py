"""ADR-020: the files of a parallel scan."""

from pathlib import Path

from fake_detector import FakeDetector

from scantrail.errors import ThresholdRefused
from scantrail.threshold import run_parallel_threshold_scan


def test_csv_files_created_per_channel(scan_config, tmp_path):
    result = run_parallel_threshold_scan(scan_config(), FakeDetector())
    assert result.files == [str(tmp_path / "scan" / f"scan_results_ch{channel}.csv") for channel in (1, 2, 3)]
    for path in result.files:
        assert Path(path).read_text().startswith("timestamp,channel,threshold,event_count\n")


def test_csv_append_mode(scan_config, tmp_path):
    seen = []
    file = tmp_path / "scan" / "scan_results_ch1.csv"
    detector = FakeDetector(on_count=lambda window: seen.append(file.read_text() if file.exists() else ""))
    run_parallel_threshold_scan(scan_config(), detector)
    text = file.read_text()
    assert text.count("timestamp,") == 1
    assert [part.count("\n") for part in seen] == [0, 2, 3, 4, 5]
    assert text.count("\n") == 6
    for part in seen:
        assert text.startswith(part)


def test_audit_log_created(scan_config, tmp_path, rows):
    def refuse(channel, value, attempt):
        return ThresholdRefused("detector refused") if (channel, value) == (2, 308) else None

    detector = FakeDetector(refuse)
    run_parallel_threshold_scan(scan_config(), detector)
    audit = rows(tmp_path / "scan" / "threshold_operations.csv")
    assert [*audit[0]] == ["timestamp", "channel", "old_threshold", "new_threshold", "status"]
    assert [(int(row["channel"]), int(row["new_threshold"])) for row in audit] == detector.attempts
    assert {row["status"] for row in audit} == {"success", "detector refused"}
    assert [row["old_threshold"] for row in audit[:4]] == ["0", "0", "0", "290"]


def test_a_second_scan_in_the_same_place_gets_a_directory_of_its_own(scan_config, tmp_path):
    first = run_parallel_threshold_scan(scan_config(), FakeDetector())
    before = {path: Path(path).read_bytes() for path in first.files}
    second = run_parallel_threshold_scan(scan_config(), FakeDetector())
    assert {path: Path(path).read_bytes() for path in first.files} == before
    assert {Path(path).parent for path in second.files} == {tmp_path / "scan" / f"run-{second.run}"}
    assert (tmp_path / "scan" / f"run-{second.run}" / "threshold_operations.csv").exists()


def test_without_a_workspace_the_files_stand_beside_the_journal(scan_config, record):
    config = scan_config()
    config = config.model_copy(update={"sampler": config.sampler.model_copy(update={"workspace": None})})
    result = run_parallel_threshold_scan(config, FakeDetector())
    directory = record(result.run).directory
    assert {Path(path).parent for path in result.files} == {directory}
    assert (directory / "threshold_operations.csv").exists()
