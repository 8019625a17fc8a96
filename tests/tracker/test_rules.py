"""What the commands refuse, with the reason and the occupant named; and what they do."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scantrail.errors import AlreadyExists, ComponentNotFound, ConflictError, InputError, Refused, ScantrailError
from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    assemble_module,
    at,
    blocks,
    connect_components,
    detail,
    disassemble_module,
    disconnect_components,
    history,
    install_component,
    list_positions,
    move_component,
    page_at,
    remove_component,
    set_limit,
    summary,
    undo,
    update_component,
    verify,
)

P1, P2 = "Layer1_top_axial", "Layer2_top_axial"
Step = Callable[[Database], object]


def install(component: str, position: str = P1, **more: object) -> Step:
    return lambda db: install_component(component, position, db=db, **more)  # type: ignore[arg-type]


def become(component: str, status: str) -> Step:
    return lambda db: update_component(component, {"status": status}, db=db)


def attach(module: str, sensor: str) -> Step:
    return lambda db: assemble_module(module, sensor, db=db)


def join(a: str, b: str, cable: str | None = None) -> Step:
    return lambda db: connect_components(a, b, cable=cable, db=db)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
REFUSED: dict[str, tuple[list[Step], Step, type[ScantrailError], str]] = {
    "taken": ([install("M1")], install("M2"), Refused, "Layer1_top_axial is taken: M1 sits there since"),
    "installed already": ([install("M1")], install("M1", P2), Refused, "M1 is already installed in Layer1_top_axial"),
    "no such position": ([], install("M1", "Layer1_top_axal"), Refused, "nearest: Layer1_top_axial"),
    "another type": ([], install("S1"), Refused, "takes a module; S1 is a sensor"),
    "retired": ([become("M1", "retired")], install("M1"), Refused, "M1 is retired and cannot be installed"),
    "lost": ([become("M1", "lost")], install("M1"), Refused, "M1 is lost and cannot be installed"),
    "failed": ([become("M1", "failed")], install("M1"), Refused, "M1 is failed and cannot be installed"),
    "repair": (
        [become("M1", "failed"), become("M1", "repair")],
        install("M1"),
        Refused,
        "M1 is in repair and cannot be installed",
    ),
    "a part": ([attach("M1", "S1")], install("S1", "shelf 3"), Refused, "S1 is part of M1"),
    "in another assembly": ([attach("M1", "S1")], attach("M2", "S1"), Refused, "S1 is part of M1"),
    "slot taken": ([attach("M1", "S1")], attach("M1", "S2"), Refused, "S1 is attached to M1 as sensor; --replace"),
    "wrong slot": ([], attach("M1", "H1"), Refused, "takes a sensor; H1 is a hybrid"),
    "installed module": (
        [install("M1")],
        attach("M1", "S1"),
        Refused,
        "M1 is installed in Layer1_top_axial; remove it",
    ),
    "no parts": ([], lambda db: disassemble_module("M1", db=db), Refused, "M1 has no parts"),
    "cable": ([join("M1", "M2", "C1")], join("S1", "S2", "C1"), Refused, "the cable C1 connects M1 with M2"),
    "port": ([join("M1:1", "M2")], join("S1", "M1:1"), Refused, "M1:1 is connected with M2"),
    "itself": ([], join("M1", "m1"), Refused, "M1 cannot be connected with itself"),
    "status installed": ([], become("M1", "installed"), Refused, "svt install M1 POSITION"),
    "before another one left": (
        [install("M1"), lambda db: remove_component("M1", db=db)],
        install("M2", date=LONG_AGO),
        Refused,
        "M1 sat in Layer1_top_axial until",
    ),
    "in two places at a time": (
        [install("M1"), lambda db: remove_component("M1", db=db)],
        install("M1", P2, date=LONG_AGO),
        Refused,
        "M1 sat in Layer1_top_axial until",
    ),
    "a test of the future": (
        [],
        lambda db: TestResult("M1", "iv_curve", tested=datetime(2999, 1, 1, tzinfo=UTC)).save(db),
        InputError,
        "the test is of 2999-01-01T00:00:00+00:00, which has not come yet",
    ),
    "a limit on nothing": (
        [],
        lambda db: set_limit("module", "iv_curve", high=1, db=db),
        InputError,
        "a bound is for a quantity of iv_curve; name it",
    ),
    "case beyond ASCII": (
        [lambda db: Component("É-1", "feb").save(db)],
        lambda db: Component("é-1", "feb").save(db),
        AlreadyExists,
        "É-1 exists already",
    ),
    "new and installed": (
        [],
        lambda db: Component("N", "module", "installed").save(db),
        Refused,
        "N is new, and so not installed",
    ),
    "case": ([], lambda db: Component("m1", "module").save(db), AlreadyExists, "M1 exists already"),
    "slash": ([], lambda db: Component("a/b", "module").save(db), InputError, "slash"),
    "dot": ([], lambda db: Component("..", "module").save(db), InputError, "dot"),
    "NaN": (
        [],
        lambda db: TestResult("M1", "iv_curve", measurements={"current": float("nan")}).save(db),
        InputError,
        "'current' is nan; it must be a finite number",
    ),
    "missing file": (
        [],
        lambda db: TestResult("M1", "iv_curve", images=["none.png"]).save(db),
        InputError,
        "there is no file none.png",
    ),
    "before it was installed": (
        [install("M1")],
        lambda db: remove_component("M1", date=LONG_AGO, db=db),
        Refused,
        "it is not removed before that",
    ),
    "not installed": ([], lambda db: remove_component("M1", db=db), Refused, "M1 is not installed; it is spare"),
    "move of a part": (
        [attach("M1", "S1")],
        lambda db: move_component("S1", "Lab", db=db),
        Refused,
        "S1 is part of M1 and moves with it",
    ),
    "move of an installed one": (
        [install("M1")],
        lambda db: move_component("M1", "Lab", db=db),
        Refused,
        "M1 is installed in Layer1_top_axial",
    ),
    "unknown": ([], install("M9"), ComponentNotFound, "there is no component 'M9'"),
    "no such step": ([become("M1", "retired")], become("M1", "spare"), Refused, "may become testing"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(case: str, db: Database) -> None:
    before, step, kind, words = REFUSED[case]
    for each in before:
        each(db)
    with pytest.raises(kind) as refused:
        step(db)
    assert words in str(refused.value)
    assert verify(db) == []


def test_the_life_of_a_module(any_db: Database) -> None:
    db = any_db
    assemble_module("M1", "S1", "H1", db=db)
    assert assemble_module("M1", "S1", db=db).event is None
    done = install_component("M1", P1, run_period="2025", installed_by="John", db=db)
    assert done.notices == ()
    assert detail(db, "S1")["via"] == "M1"
    assert [row["component"] for row in list_positions(db, run_period="2025")] == ["M1"]
    assert summary(db)["positions"]["module"] == {"taken": 1, "free": 47}
    remove_component("M1", reason="end", location="Lab", db=db)
    assert detail(db, "S1")["place"] == "Lab"
    assert detail(db, "M1")["status"] == "spare"
    disassemble_module("M1", db=db)
    assert detail(db, "S1")["part_of"] is None
    assert [log["type"] for log in detail(db, "M1")["logs"]] == ["disassembly"] * 2 + ["assembly"] * 2
    sat = [row for row in at(db, done.time) if row["id"] in {"M1", "S1"}]
    assert [(row["status"], row["place"]) for row in sat] == [("installed", P1), ("spare", P1)]
    assert [row["component"] for row in list_positions(db, at=done.time) if row["position"] == P1] == ["M1"]
    assert [row["command"] for row in history(db, "S1")] == ["add", "assemble", "install", "remove", "disassemble"]
    assert verify(db) == []


def test_undo_takes_back_command_by_command(any_db: Database) -> None:
    db = any_db
    before = detail(db, "M1")
    install_component("M1", P1, db=db)
    remove_component("M1", outcome="degraded", db=db)
    TestResult("M1", "iv_curve", False, {"current": 1.0}).save(db)
    for _ in range(3):
        undo(db)
    after = detail(db, "M1")
    same = ("status", "place", "installations", "tests", "logs", "attributes")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert verify(db) == []
    connect_components("M1", "M2", cable="C1", db=db)
    disconnect_components("C1", db=db)
    undo(db)
    assert len(detail(db, "M2")["connections"]) == 1
    undo(db)
    assert detail(db, "M2")["connections"] == []
    assert verify(db) == []


def test_nobody_undoes_what_others_built_on(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    install_component("M1", P1, db=db)
    monkeypatch.setenv("LOGNAME", "somebody")
    remove_component("M1", db=db)
    monkeypatch.delenv("LOGNAME")
    with pytest.raises(Refused, match=r"event 9 of somebody .* touches M1"):
        undo(db)


def test_an_undone_component_can_be_added_again(any_db: Database) -> None:
    Component("N1", "module", notes="first").save(any_db)
    undo(any_db)
    assert Component.get("N1", any_db) is None
    Component("n1", "feb", notes="second").save(any_db)
    found = Component.get("N1", any_db)
    assert found is not None
    assert (found.type, found.notes) == ("feb", "second")
    assert verify(any_db) == []


def test_different_fields_merge_and_the_same_field_conflicts(any_db: Database) -> None:
    one, two = Component.get("M1", any_db), Component.get("M1", any_db)
    assert one is not None
    assert two is not None
    one.notes, one.attributes["channel_count"] = "mine", 512
    two.manufacturer, two.attributes["sensor_serial"] = "HPK", "S-1"
    one.save(any_db, by="Jane Doe")
    two.save(any_db)
    merged = Component.get("M1", any_db)
    assert merged is not None
    assert (merged.notes, merged.manufacturer) == ("mine", "HPK")
    assert merged.attributes == {"channel_count": 512, "sensor_serial": "S-1"}
    two.notes = "yours"
    two.save(any_db)
    one.notes = "theirs"
    with pytest.raises(ConflictError, match="notes of M1 was changed to 'yours' by"):
        one.save(any_db)


def test_limits_judge_and_block(any_db: Database) -> None:
    db = any_db
    assert blocks(db, "M1").reasons[0] == "a passed iv_curve (none was made)"
    set_limit("module", "visual", "score", low=3, required_for="qualified", db=db)
    test = TestResult("M1", "visual", True, {"score": 2.5})
    assert "score is 2.5, at least 3" in test.save(db).notices[-1]
    assert test.measured is False
    assert test.save(db).event is None
    assert "a passed visual (the newest is outside its limits)" in blocks(db, "M1").reasons
    for kind, value in (("iv_curve", 1e-6), ("noise_test", 1500.0), ("visual", 4)):
        TestResult("M1", kind, True, {"score" if kind == "visual" else "current": value}).save(db)
    assert blocks(db, "M1").reasons == ()
    assert update_component("M1", {"status": "qualified"}, db=db).notices == ()
    assert verify(db) == []


def test_attached_files_are_kept_as_the_readme_says(any_db: Database, tmp_path) -> None:
    (tmp_path / "a b.PNG").write_bytes(b"image")
    (tmp_path / "curve.csv").write_text("voltage_V,current_A,temperature_C\n")
    when = datetime(2024, 11, 15, 14, 30, 22, tzinfo=UTC)
    for _ in range(2):
        TestResult(
            "M1", "iv_curve", tested=when, images=[tmp_path / "a b.PNG"], data_files=[tmp_path / "curve.csv"]
        ).save(any_db)
    names = sorted(path.relative_to(any_db.data_dir).as_posix() for path in any_db.data_dir.rglob("*.*"))
    assert names == [
        "2024/M1/20241115_143022_iv_curve_0.png",
        "2024/M1/20241115_143022_iv_curve_1.png",
        "2024/M1/20241115_143022_iv_curve_data.csv",
        "2024/M1/20241115_143022_iv_curve_data_1.csv",
    ]
    assert verify(any_db) == []
    (any_db.data_dir / names[0]).write_bytes(b"other")
    (any_db.data_dir / names[2]).unlink()
    assert len(verify(any_db)) == 2


def test_a_page_of_the_past_is_part_of_the_whole(any_db: Database) -> None:
    undo(any_db)  # of the last one added: it was there, and is not
    done = install_component("M1", "Layer1_top_axial", db=any_db)
    remove_component("M1", outcome="lost", db=any_db)
    whole = at(any_db, done.time)
    assert [row["id"] for row in whole] == ["C1", "H1", "M1", "M2", "S1", "S2"]
    pages = [page_at(any_db, done.time, page=page, size=4) for page in (1, 2, 3)]
    assert [row for page in pages for row in page.rows] == whole
    assert {page.total for page in pages} == {6}
    assert page_at(any_db, done.time, kind="module", component_id="m1").rows == [whole[2]]


def test_letters_beyond_ascii_have_cases_too(any_db: Database) -> None:
    Component("Straße-É", "feb").save(any_db)
    found = Component.get("straße-é", any_db)
    assert found is not None
    assert found.id == "Straße-É"


def test_a_limit_on_a_name_that_nothing_measures_is_noticed(db: Database) -> None:
    assert set_limit("module", "iv_curve", "curent", high=1, db=db).notices == (
        "the quantity 'curent' is not declared for iv_curve (voltage, current, temperature)",
    )
    for quantity in ("current", "current ch1"):
        assert set_limit("module", "iv_curve", quantity, high=1, db=db).notices == ()
