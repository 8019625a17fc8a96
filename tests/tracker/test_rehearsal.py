"""A command that is only tried says what it would, refuses what it would, and leaves nothing."""

import pytest
import sqlalchemy as sa

from scantrail.errors import Refused
from scantrail.tracker import TestResult, add_component, detail, history, install_component, rehearsal, verify


def rows(db):
    with db.read() as connection:
        tables = sa.inspect(connection).get_table_names()
        return {table: connection.execute(sa.text(f'SELECT count(*) FROM "{table}"')).scalar() for table in tables}


def test_what_is_tried_is_said_and_not_written(db):
    before = rows(db)
    with rehearsal():
        tried = install_component("M1", "Layer0_top_axial", db=db)
        TestResult("M1", "noise_test", True, {"noise": 1.0}).save(db)
        add_component("M3", "module", {"location": "a new place"}, db=db)
    assert rows(db) == before
    done = install_component("M1", "Layer0_top_axial", db=db)
    assert (tried.said, tried.notices, tried.event) == (done.said, done.notices, done.event)
    assert detail(db, "M1")["place"] == "Layer0_top_axial"
    assert len(history(db, "M1")) == 2
    assert verify(db) == []


def test_what_would_be_refused_is(db):
    install_component("M1", "Layer0_top_axial", db=db)
    with rehearsal(), pytest.raises(Refused, match="M1 sits there"):
        install_component("M2", "Layer0_top_axial", db=db)
    assert install_component("M2", "Layer0_top_stereo", db=db).event  # what comes after is done again
