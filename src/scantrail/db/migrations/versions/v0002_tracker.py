"""The component tracker: its tables with their constraints; the next step adds what only a trigger can say."""

from scantrail.db.migrations.ddl import execute

revision = "0002"
down_revision = "0001"

STATUSES = "'incoming', 'testing', 'qualified', 'spare', 'installed', 'degraded', 'failed', 'repair', 'retired', 'lost'"
NOT_INSTALLED = STATUSES.replace("'installed', ", "")
LARGEST = "1.7976931348623157e308"  # the largest finite double: NaN and infinities lie outside on both databases
OPEN_INSTALLATION = "removed IS NULL AND voided IS NULL"
OPEN_ASSEMBLY = "detached IS NULL AND voided IS NULL"
OPEN_CONNECTION = "disconnected IS NULL AND voided IS NULL"


def upgrade() -> None:
    """Make every table of the tracker with its indices."""
    _kinds()
    _components()
    _places()
    _links()
    _tests()
    _measurements()
    _logs()
    _events()
    _people()


def _kinds() -> None:
    execute(
        """
        CREATE TABLE profile (
            id <integer> NOT NULL PRIMARY KEY CHECK (id = 1),
            name <text> NOT NULL CHECK (name <> ''),
            document <json> NOT NULL CHECK (<json_type>(document) = 'object'),
            chosen <time> NOT NULL
        ) <strict>
        """
    )
    execute(
        """
        CREATE TABLE component_type (
            name <text> NOT NULL PRIMARY KEY CHECK (name <> ''),
            description <text> NOT NULL,
            attributes <json> NOT NULL CHECK (<json_type>(attributes) = 'object')
        ) <strict>
        """
    )
    execute(
        """
        CREATE TABLE slot (
            parent_type <text> NOT NULL REFERENCES component_type (name),
            name <text> NOT NULL CHECK (name <> ''),
            child_type <text> NOT NULL REFERENCES component_type (name),
            PRIMARY KEY (parent_type, name)
        ) <strict>
        """
    )
    execute(
        """
        CREATE TABLE location (
            name <text> NOT NULL PRIMARY KEY CHECK (name <> '' AND name = trim(name)),
            parent <text> REFERENCES location (name)
        ) <strict>
        """
    )


def _components() -> None:
    execute(
        f"""
        CREATE TABLE component (
            id <text> NOT NULL PRIMARY KEY CHECK (
                id <> '' AND id = trim(id) AND length(id) <= 120 AND replace(id, '/', '') = id
                AND replace(id, '\\', '') = id AND substr(id, 1, 1) <> '.'
            ),
            key <text> NOT NULL GENERATED ALWAYS AS (lower(id)) STORED,
            type <text> NOT NULL REFERENCES component_type (name),
            status <text> NOT NULL CHECK (status IN ({STATUSES})),
            manufacturer <text> NOT NULL,
            serial <text> CHECK (serial <> ''),
            location <text> REFERENCES location (name),
            notes <text> NOT NULL,
            attributes <json> NOT NULL CHECK (<json_type>(attributes) = 'object'),
            version <integer> NOT NULL CHECK (version > 0),
            created <time> NOT NULL,
            updated <time> NOT NULL,
            voided <time>
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX component_key ON component (key)")
    execute(
        "CREATE UNIQUE INDEX component_serial ON component (type, manufacturer, serial) "
        "WHERE serial IS NOT NULL AND voided IS NULL"
    )
    execute("CREATE INDEX component_kind ON component (type, status, voided)")
    execute("CREATE INDEX component_status ON component (status, key)")


def _places() -> None:
    execute(
        """
        CREATE TABLE position (
            name <text> NOT NULL PRIMARY KEY CHECK (name <> '' AND name = trim(name)),
            key <text> NOT NULL GENERATED ALWAYS AS (lower(name)) STORED
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX position_key ON position (key)")
    execute(
        """
        CREATE TABLE position_accepts (
            position <text> NOT NULL REFERENCES position (name),
            type <text> NOT NULL REFERENCES component_type (name),
            PRIMARY KEY (position, type)
        ) <strict>
        """
    )
    execute(
        f"""
        CREATE TABLE installation (
            id <serial> NOT NULL PRIMARY KEY,
            component <text> NOT NULL REFERENCES component (id),
            position <text> NOT NULL REFERENCES position (name),
            run_period <text> CHECK (run_period <> ''),
            installed <time> NOT NULL,
            installed_by <text> NOT NULL,
            prior <text> NOT NULL CHECK (prior IN ({NOT_INSTALLED})),
            notes <text> NOT NULL,
            removed <time> CHECK (removed >= installed),
            removed_by <text>,
            reason <text>,
            outcome <text> CHECK (outcome IN ({NOT_INSTALLED})),
            voided <time>,
            CHECK ((removed IS NULL) = (outcome IS NULL))
        ) <strict>
        """
    )
    execute(f"CREATE UNIQUE INDEX installation_one ON installation (component) WHERE {OPEN_INSTALLATION}")
    execute(f"CREATE UNIQUE INDEX installation_place ON installation (position) WHERE {OPEN_INSTALLATION}")
    execute("CREATE INDEX installation_component ON installation (component, installed)")
    execute("CREATE INDEX installation_position ON installation (position, installed)")
    execute("CREATE INDEX installation_period ON installation (run_period)")
    execute(
        """
        CREATE TABLE movement (
            id <serial> NOT NULL PRIMARY KEY,
            component <text> NOT NULL REFERENCES component (id),
            origin <text> NOT NULL,
            destination <text> NOT NULL,
            moved <time> NOT NULL,
            moved_by <text> NOT NULL
        ) <strict>
        """
    )
    execute("CREATE INDEX movement_component ON movement (component, id)")


def _links() -> None:
    execute(
        """
        CREATE TABLE assembly (
            id <serial> NOT NULL PRIMARY KEY,
            parent <text> NOT NULL REFERENCES component (id),
            slot <text> NOT NULL,
            child <text> NOT NULL REFERENCES component (id) CHECK (child <> parent),
            attached <time> NOT NULL,
            attached_by <text> NOT NULL,
            notes <text> NOT NULL,
            detached <time> CHECK (detached >= attached),
            detached_by <text>,
            voided <time>
        ) <strict>
        """
    )
    execute(f"CREATE UNIQUE INDEX assembly_parent ON assembly (child) WHERE {OPEN_ASSEMBLY}")
    execute(f"CREATE UNIQUE INDEX assembly_slot ON assembly (parent, slot) WHERE {OPEN_ASSEMBLY}")
    execute("CREATE INDEX assembly_child ON assembly (child, attached)")
    execute("CREATE INDEX assembly_whole ON assembly (parent, attached)")
    execute(
        """
        CREATE TABLE connection (
            id <serial> NOT NULL PRIMARY KEY,
            a <text> NOT NULL REFERENCES component (id),
            a_port <text> CHECK (a_port <> ''),
            b <text> NOT NULL REFERENCES component (id) CHECK (b <> a),
            b_port <text> CHECK (b_port <> ''),
            cable <text> REFERENCES component (id) CHECK (cable <> a AND cable <> b),
            connected <time> NOT NULL,
            connected_by <text> NOT NULL,
            disconnected <time> CHECK (disconnected >= connected),
            disconnected_by <text>,
            voided <time>
        ) <strict>
        """
    )
    execute(f"CREATE UNIQUE INDEX connection_cable ON connection (cable) WHERE {OPEN_CONNECTION}")
    execute("CREATE INDEX connection_a ON connection (a)")
    execute("CREATE INDEX connection_b ON connection (b)")


def _tests() -> None:
    execute(
        """
        CREATE TABLE test_type (
            name <text> NOT NULL PRIMARY KEY CHECK (name <> ''),
            description <text> NOT NULL,
            quantities <json> NOT NULL CHECK (<json_type>(quantities) = 'object')
        ) <strict>
        """
    )
    execute(
        f"""
        CREATE TABLE test_limit (
            id <serial> NOT NULL PRIMARY KEY,
            type <text> NOT NULL REFERENCES component_type (name),
            test_type <text> NOT NULL REFERENCES test_type (name),
            quantity <text> CHECK (quantity <> ''),
            low <real> CHECK (low BETWEEN -{LARGEST} AND {LARGEST}),
            high <real> CHECK (high BETWEEN -{LARGEST} AND {LARGEST}),
            required_for <text> CHECK (required_for IN ({NOT_INSTALLED})),
            source <text> NOT NULL,
            made <time> NOT NULL,
            made_by <text> NOT NULL,
            voided <time>,
            CHECK (low <= high),
            CHECK (quantity IS NOT NULL OR (low IS NULL AND high IS NULL))
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX test_limit_one ON test_limit (type, test_type, quantity) WHERE voided IS NULL")
    execute(
        """
        CREATE TABLE test (
            id <serial> NOT NULL PRIMARY KEY,
            uuid <uuid> NOT NULL,
            component <text> NOT NULL REFERENCES component (id),
            type <text> NOT NULL REFERENCES test_type (name),
            tested <time> NOT NULL,
            tested_by <text> NOT NULL,
            stated <boolean>,
            measured <boolean>,
            notes <text> NOT NULL,
            run_uid <uuid>,
            supersedes <integer> REFERENCES test (id),
            voided <time>
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX test_uuid ON test (uuid)")
    execute("CREATE INDEX test_component ON test (component, tested)")
    execute("CREATE INDEX test_verdict ON test (type, stated, measured, voided)")


def _measurements() -> None:
    execute(
        f"""
        CREATE TABLE measurement (
            test <integer> NOT NULL REFERENCES test (id),
            name <text> NOT NULL CHECK (name <> ''),
            number <real> CHECK (number BETWEEN -{LARGEST} AND {LARGEST}),
            other <json>,
            PRIMARY KEY (test, name),
            CHECK ((number IS NULL) <> (other IS NULL))
        ) <strict>
        """
    )
    execute(
        """
        CREATE TABLE run_component (
            run_uid <uuid> NOT NULL,
            component <text> NOT NULL REFERENCES component (id),
            PRIMARY KEY (run_uid, component)
        ) <strict>
        """
    )


def _logs() -> None:
    execute(
        """
        CREATE TABLE file (
            id <serial> NOT NULL PRIMARY KEY,
            test <integer> NOT NULL REFERENCES test (id),
            kind <text> NOT NULL CHECK (kind IN ('image', 'data')),
            path <text> NOT NULL CHECK (path <> '' AND substr(path, 1, 1) <> '/' AND substr(path, 1, 3) <> '../'
                AND replace(path, '/../', '') = path),
            name <text> NOT NULL,
            size <integer> NOT NULL CHECK (size >= 0),
            sha256 <text> NOT NULL CHECK (length(sha256) = 64),
            media_type <text> NOT NULL,
            voided <time>
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX file_path ON file (path)")
    execute("CREATE INDEX file_test ON file (test)")
    execute(
        """
        CREATE TABLE maintenance (
            id <serial> NOT NULL PRIMARY KEY,
            component <text> NOT NULL REFERENCES component (id),
            type <text> NOT NULL CHECK (type IN ('issue', 'repair', 'maintenance', 'note', 'observation', 'comment',
                'assembly', 'disassembly')),
            severity <text> CHECK (severity <> ''),
            text <text> NOT NULL CHECK (text <> ''),
            opened <time> NOT NULL,
            opened_by <text> NOT NULL,
            resolved <time> CHECK (resolved >= opened),
            resolution <text>,
            voided <time>
        ) <strict>
        """
    )
    execute("CREATE INDEX maintenance_component ON maintenance (component, opened)")
    execute(
        """
        CREATE TABLE finding (
            id <serial> NOT NULL PRIMARY KEY,
            component <text> REFERENCES component (id),
            rule <text> NOT NULL CHECK (rule <> ''),
            origin <text> NOT NULL CHECK (origin <> ''),
            document <json> NOT NULL,
            found <time> NOT NULL
        ) <strict>
        """
    )


def _events() -> None:
    execute(
        """
        CREATE TABLE event (
            number <integer> NOT NULL PRIMARY KEY CHECK (number > 0),
            time <time> NOT NULL,
            login <text> NOT NULL,
            person <text> NOT NULL,
            command <text> NOT NULL CHECK (command <> ''),
            said <text> NOT NULL,
            waiver <text>,
            undoes <integer> REFERENCES event (number) CHECK (undoes < number),
            changes <json> NOT NULL CHECK (<json_type>(changes) = 'array'),
            previous <text> NOT NULL CHECK (length(previous) = 64),
            hash <text> NOT NULL CHECK (length(hash) = 64)
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX event_undone ON event (undoes) WHERE undoes IS NOT NULL")
    execute("CREATE INDEX event_time ON event (time)")
    execute("CREATE INDEX event_login ON event (login, number)")
    execute(
        f"""
        CREATE TABLE event_component (
            component <text> NOT NULL REFERENCES component (id),
            event <integer> NOT NULL REFERENCES event (number),
            status <text> CHECK (status IN ({STATUSES})),
            place <text> NOT NULL,
            PRIMARY KEY (component, event)
        ) <strict>
        """
    )
    execute("CREATE INDEX event_component_event ON event_component (event)")
    execute(
        """
        CREATE TABLE chain (
            id <integer> NOT NULL PRIMARY KEY CHECK (id = 1),
            number <integer> NOT NULL,
            time <time>,
            hash <text> NOT NULL
        ) <strict>
        """
    )
    execute(f"INSERT INTO chain (id, number, hash) VALUES (1, 0, '{'0' * 64}')")


def _people() -> None:
    execute(
        """
        CREATE TABLE "user" (
            name <text> NOT NULL PRIMARY KEY CHECK (name <> ''),
            role <text> NOT NULL CHECK (role IN ('viewer', 'tester', 'editor', 'admin')),
            password <text>,
            made <time> NOT NULL,
            voided <time>
        ) <strict>
        """
    )
    execute(
        """
        CREATE TABLE token (
            hash <text> NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
            "user" <text> NOT NULL REFERENCES "user" (name),
            name <text> NOT NULL,
            made <time> NOT NULL,
            voided <time>
        ) <strict>
        """
    )
