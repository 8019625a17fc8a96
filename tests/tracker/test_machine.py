"""Random commands against the API and a small model of it: the two never disagree."""

import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scantrail.errors import ScantrailError
from scantrail.tracker import (
    TRANSITIONS,
    Component,
    Database,
    assemble_module,
    at,
    detail,
    disassemble_module,
    install_component,
    list_components,
    move_component,
    remove_component,
    undo,
    update_component,
    verify,
)

MODULES, SENSORS = ("M1", "M2"), ("S1", "S2")
POSITIONS = ("Layer0_top_axial", "Layer0_top_stereo")
STATUSES = ("incoming", "testing", "qualified", "spare", "degraded", "failed", "repair", "retired", "lost")
BARRED = {"failed", "repair", "retired", "lost"}


class Tracker(RuleBasedStateMachine):
    """The model: status and location of each component, who sits where, and who is part of whom."""

    @initialize()
    def begin(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.db = Database(Path(self.place.name) / "parts.db")
        self.status: dict[str, str] = {}
        self.location: dict[str, str | None] = {}
        self.sits: dict[str, str] = {}
        self.prior: dict[str, str] = {}
        self.parent: dict[str, str] = {}
        self.past: list[tuple] = []
        self.seen: list[tuple] = []
        for name in (*MODULES, *SENSORS):
            kind = "module" if name in MODULES else "sensor"
            Component(name, kind, "spare", current_location="Shelf").save(self.db)
            self.status[name], self.location[name] = "spare", "Shelf"

    def attempt(self, allowed: bool, act, then) -> None:
        """Run a command; it must succeed exactly when the model allows it."""
        before = self.snapshot()
        try:
            done = act()
        except ScantrailError as error:
            assert not allowed, error
            return
        assert allowed, done
        if done.event is not None:
            self.past.append(before)
            then()
            self.seen.append((done.time, self.standing()))

    def snapshot(self) -> tuple:
        return tuple(map(dict, (self.status, self.location, self.sits, self.prior, self.parent)))

    def where(self, name: str) -> str | None:
        top = self.parent.get(name, name)
        return self.sits.get(top) or self.location[name]

    def standing(self) -> dict[str, tuple]:
        return {name: (self.status[name], self.where(name)) for name in self.status}

    def family(self, name: str) -> list[str]:
        return [name, *(part for part, parent in self.parent.items() if parent == name)]

    @rule(name=st.sampled_from(MODULES), position=st.sampled_from(POSITIONS))
    def install(self, name: str, position: str) -> None:
        allowed = name not in self.sits and position not in self.sits.values() and self.status[name] not in BARRED

        def then() -> None:
            self.prior[name], self.status[name], self.sits[name] = self.status[name], "installed", position
            for each in self.family(name):
                self.location[each] = None

        self.attempt(allowed, lambda: install_component(name, position, db=self.db), then)

    @rule(
        name=st.sampled_from(MODULES),
        outcome=st.one_of(st.none(), st.sampled_from(STATUSES)),
        location=st.sampled_from([None, "Lab"]),
    )
    def remove(self, name: str, outcome: str | None, location: str | None) -> None:
        def then() -> None:
            good = self.prior.pop(name) in {"spare", "qualified"}
            self.status[name] = outcome or ("spare" if good else "testing")
            del self.sits[name]
            for each in self.family(name):
                self.location[each] = location

        act = lambda: remove_component(name, outcome=outcome, location=location, db=self.db)  # noqa: E731
        self.attempt(name in self.sits, act, then)

    @rule(module=st.sampled_from(MODULES), sensor=st.sampled_from(SENSORS), replace=st.booleans())
    def assemble(self, module: str, sensor: str, replace: bool) -> None:
        sitting = [part for part in self.family(module) if part != module]
        already = self.parent.get(sensor) == module
        allowed = module not in self.sits and (
            already
            or (
                sensor not in self.parent
                and self.status[sensor] not in {"retired", "lost"}
                and (not sitting or replace)
            )
        )

        def then() -> None:
            for part in sitting:
                del self.parent[part]
            self.parent[sensor] = module
            self.location[sensor] = self.location[module]

        self.attempt(allowed, lambda: assemble_module(module, sensor, replace=replace, db=self.db), then)

    @rule(module=st.sampled_from(MODULES))
    def disassemble(self, module: str) -> None:
        parts = self.family(module)[1:]

        def then() -> None:
            for part in parts:
                del self.parent[part]

        self.attempt(bool(parts) and module not in self.sits, lambda: disassemble_module(module, db=self.db), then)

    @rule(name=st.sampled_from((*MODULES, *SENSORS)), location=st.sampled_from(["Lab", "Shelf"]))
    def move(self, name: str, location: str) -> None:
        def then() -> None:
            for each in self.family(name):
                self.location[each] = location

        allowed = name not in self.parent and name not in self.sits
        self.attempt(allowed, lambda: move_component(name, location, db=self.db), then)

    @rule(name=st.sampled_from((*MODULES, *SENSORS)), status=st.sampled_from(STATUSES))
    def become(self, name: str, status: str) -> None:
        allowed = status == self.status[name] or status in TRANSITIONS[self.status[name]]

        def then() -> None:
            self.status[name] = status

        self.attempt(allowed, lambda: update_component(name, {"status": status}, db=self.db), then)

    @precondition(lambda self: getattr(self, "past", None))
    @rule()
    def take_back(self) -> None:
        undo(self.db)
        self.status, self.location, self.sits, self.prior, self.parent = self.past.pop()

    @rule()
    def look_back(self) -> None:
        for moment, standing in self.seen[-3:]:
            rows = at(self.db, moment)
            assert {row["id"]: (row["status"], row["place"]) for row in rows} == standing

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "db"):
            return
        rows = list_components(self.db).rows
        assert {row["id"]: (row["status"], row["place"]) for row in rows} == self.standing()
        assert {row["id"]: row["part_of"] for row in rows if row["part_of"]} == self.parent

    def teardown(self) -> None:
        if hasattr(self, "db"):
            try:
                assert verify(self.db) == []
                for name in self.status:
                    assert detail(self.db, name)["place"] == self.where(name)
            finally:
                self.db.close()
                self.place.cleanup()


def as_test(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )


TestTracker = Tracker.TestCase
TestTracker.settings = as_test(12, 25)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_many_examples() -> None:
    run_state_machine_as_test(Tracker, settings=as_test(300, 50))
    print("300 runs of up to 50 random commands: database and model never disagreed")
