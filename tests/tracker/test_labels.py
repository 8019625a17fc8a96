"""Labels: a reader of codes reads the id, on paper of any size, whatever letters it has."""

import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from scantrail.errors import ComponentNotFound, InputError, OutputError, Refused
from scantrail.tracker import Database, write_labels
from scantrail.tracker.labels import label

IDS = ["HPK-SN123456", "m", "12345", "$a$ Ünï-日本", "x" * 120, "🚀", "a b%c", "W" * 30]


@pytest.mark.parametrize("component", IDS)
def test_the_code_of_a_label_is_the_id(component: str) -> None:
    image = Image.open(io.BytesIO(label(component)))
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [component]
    small = image.resize((image.width // 2, image.height // 2))
    assert [code.text for code in zxingcpp.read_barcodes(small)] == [component]


@pytest.mark.parametrize("component", IDS)
def test_the_id_stands_beneath_and_touches_no_edge(component: str) -> None:
    image = Image.open(io.BytesIO(label(component))).convert("L")
    beneath = image.crop((0, image.width, image.width, image.height))
    black = beneath.point(lambda value: 255 * (value < 128)).getbbox()
    assert black is not None
    assert black[3] < beneath.height


def test_one_label_or_several(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert write_labels(db, ["m1"], tmp_path / "one.png") == [tmp_path / "one.png"]
    several = write_labels(db, ["M1", "s1", "m1"], tmp_path / "new" / "labels")
    assert [path.name for path in several] == ["M1.png", "S1.png"]
    monkeypatch.chdir(tmp_path)
    assert write_labels(db, ["M2"]) == [Path("M2.png")]
    assert (tmp_path / "M2.png").exists()


def test_nothing_is_overwritten_and_nothing_left_half_done(db: Database, tmp_path: Path) -> None:
    (tmp_path / "S1.png").write_bytes(b"mine")
    with pytest.raises(Refused, match=r"S1\.png exists"):
        write_labels(db, ["M1", "S1"], tmp_path)
    with pytest.raises(ComponentNotFound):
        write_labels(db, ["M1", "M9"], tmp_path)
    with pytest.raises(InputError, match="one file for 2 labels"):
        write_labels(db, ["M1", "M2"], tmp_path / "a.png")
    (tmp_path / "plain").write_text("")
    with pytest.raises(InputError, match="neither a directory"):
        write_labels(db, ["M1"], tmp_path / "plain")
    with pytest.raises(OutputError):
        write_labels(db, ["M1"], tmp_path / "plain" / "below")
    assert {path.name for path in tmp_path.glob("*.png")} == {"S1.png"}
