import pytest

from scantrail.errors import InputError, OutputError
from scantrail.sim.osechi.names import make_link, remove_link

GONE = "/dev/pts/987654"


def test_a_link_is_made_and_removed(tmp_path):
    link = tmp_path / "osechi"
    make_link(link, "/dev/pts/7")
    assert str(link.readlink()) == "/dev/pts/7"
    remove_link(link, "/dev/pts/7")
    assert not link.is_symlink()
    remove_link(link, "/dev/pts/7")


@pytest.mark.parametrize("old", [GONE, "/dev/pts/7"])
def test_a_link_left_behind_is_replaced(tmp_path, old):
    link = tmp_path / "osechi"
    link.symlink_to(old)
    make_link(link, "/dev/pts/7")
    assert str(link.readlink()) == "/dev/pts/7"


def test_nothing_else_is_ever_replaced(tmp_path):
    file, folder, other = tmp_path / "file", tmp_path / "folder", tmp_path / "other"
    file.write_text("data")
    folder.mkdir()
    other.symlink_to(file)
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "missing")
    for place in (file, folder, other, dangling):
        with pytest.raises(InputError, match=place.name):
            make_link(place, "/dev/pts/7")
    assert file.read_text() == "data"
    assert other.readlink() == file
    assert dangling.is_symlink()


def test_the_link_of_another_simulator_is_neither_replaced_nor_removed(tmp_path):
    alive = tmp_path / "link"
    alive.symlink_to("/dev/pts/ptmx")
    with pytest.raises(InputError, match="already points to /dev/pts/ptmx"):
        make_link(alive, "/dev/pts/7")
    remove_link(alive, "/dev/pts/7")
    assert alive.is_symlink()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError, match="cannot be made"):
        make_link(tmp_path / "missing" / "osechi", "/dev/pts/7")
