"""The component tracker: its tables, and in triggers what a constraint cannot say."""

from scantrail.db.migrations.ddl import execute, follow, refuse

revision = "0002"
down_revision = "0001"

STATUSES = "'incoming', 'testing', 'qualified', 'spare', 'installed', 'degraded', 'failed', 'repair', 'retired', 'lost'"
NOT_INSTALLED = STATUSES.replace("'installed', ", "")
LARGEST = "1.7976931348623157e308"  # the largest finite double: NaN and infinities lie outside on both databases
OPEN_INSTALLATION = "removed IS NULL AND voided IS NULL"
OPEN_ASSEMBLY = "detached IS NULL AND voided IS NULL"
OPEN_CONNECTION = "disconnected IS NULL AND voided IS NULL"


def upgrade() -> None:
    """Make every table of the tracker, their indices and triggers."""
    _kinds()
    _components()
    _places()
    _links()
    _tests()
    _logs()
    _events()
    _people()
    _component_rules()
    _installation_rules()
    _assembly_rules()
    _connection_rules()
    _event_rules()


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


def _component_rules() -> None:
    installed = f"EXISTS (SELECT 1 FROM installation i WHERE i.component = NEW.id AND {OPEN_INSTALLATION})".replace(
        "voided", "i.voided"
    )
    used = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} u WHERE {where})"
        for table, where in {
            "installation": "u.component = NEW.id",
            "assembly": "u.parent = NEW.id OR u.child = NEW.id",
            "connection": "u.a = NEW.id OR u.b = NEW.id OR u.cable = NEW.id",
            "test": "u.component = NEW.id",
        }.items()
    )
    refuse("component_new", "INSERT", "component", "NEW.status = 'installed'", "a new component is not installed")
    refuse(
        "component_installed",
        "UPDATE OF status",
        "component",
        f"NEW.status = 'installed' AND NOT {installed}",
        "a component has the status installed only while it sits in a position",
    )
    refuse(
        "component_sits",
        "UPDATE OF status",
        "component",
        f"NEW.status <> 'installed' AND {installed}",
        "an installed component keeps its status until it is removed",
    )
    refuse("component_id", "UPDATE OF id", "component", "NEW.id <> OLD.id", "the id of a component never changes")
    refuse(
        "component_frozen",
        "UPDATE OF type",
        "component",
        f"NEW.type <> OLD.type AND ({used})",
        "the type of a component is frozen once it is used",
    )
    refuse(
        "component_voided",
        "UPDATE OF voided",
        "component",
        f"NEW.voided IS NOT NULL AND {installed}",
        "an installed component cannot be undone",
    )
    refuse("component_kept", "DELETE", "component", "1 = 1", "a component is never deleted")
    for on in ("INSERT", "UPDATE"):
        refuse(
            f"location_tree_{on.lower()}",
            on,
            "location",
            "NEW.parent = NEW.name OR EXISTS (WITH RECURSIVE up(name) AS (SELECT NEW.parent UNION "
            "SELECT l.parent FROM location l JOIN up ON l.name = up.name) SELECT 1 FROM up WHERE up.name = NEW.name)",
            "a location cannot lie in itself",
        )


def _installation_rules() -> None:
    now_open = "NEW.removed IS NULL AND NEW.voided IS NULL"
    was_open = "OLD.removed IS NULL AND OLD.voided IS NULL"
    status = "UPDATE component SET status = {} WHERE id = NEW.component"
    refuse(
        "installation_fit",
        "INSERT",
        "installation",
        f"{now_open} AND EXISTS (SELECT 1 FROM component c WHERE c.id = NEW.component AND "
        "(c.status IN ('failed', 'repair', 'retired', 'lost') OR c.voided IS NOT NULL))",
        "a component that is failed, in repair, retired or lost is not installed",
    )
    for on in ("INSERT", "UPDATE"):
        refuse(
            f"installation_type_{on.lower()}",
            on,
            "installation",
            f"{now_open} AND NOT EXISTS (SELECT 1 FROM component c JOIN position_accepts p ON p.type = c.type "
            "WHERE c.id = NEW.component AND p.position = NEW.position)",
            "this position does not take a component of this type",
        )
        refuse(
            f"installation_part_{on.lower()}",
            on,
            "installation",
            f"{now_open} AND EXISTS (SELECT 1 FROM assembly a WHERE a.child = NEW.component "
            "AND a.detached IS NULL AND a.voided IS NULL)",
            "a part of an assembly is not installed alone",
        )
    follow("installation_opens", "INSERT", "installation", now_open, status.format("'installed'"))
    follow(
        "installation_reopens",
        "UPDATE",
        "installation",
        f"{now_open} AND NOT ({was_open})",
        status.format("'installed'"),
    )
    follow(
        "installation_closes",
        "UPDATE",
        "installation",
        f"{was_open} AND NOT ({now_open})",
        status.format("CASE WHEN NEW.voided IS NULL THEN NEW.outcome ELSE NEW.prior END"),
    )
    _kept("installation")
    _kept("movement")
    refuse("movement_written", "UPDATE", "movement", "1 = 1", "movements are only added")


def _assembly_rules() -> None:
    now_open = "NEW.detached IS NULL AND NEW.voided IS NULL"
    for on in ("INSERT", "UPDATE"):
        name = on.lower()
        refuse(
            f"assembly_type_{name}",
            on,
            "assembly",
            f"{now_open} AND NOT EXISTS (SELECT 1 FROM component p JOIN slot s ON s.parent_type = p.type "
            "JOIN component c ON c.type = s.child_type "
            "WHERE p.id = NEW.parent AND c.id = NEW.child AND s.name = NEW.slot)",
            "this part does not fit into this slot",
        )
        refuse(
            f"assembly_cycle_{name}",
            on,
            "assembly",
            f"{now_open} AND EXISTS (WITH RECURSIVE up(id) AS (SELECT NEW.parent UNION SELECT a.parent FROM assembly a "
            "JOIN up ON a.child = up.id WHERE a.detached IS NULL AND a.voided IS NULL) "
            "SELECT 1 FROM up WHERE up.id = NEW.child)",
            "an assembly cannot be a part of itself",
        )
        refuse(
            f"assembly_installed_{name}",
            on,
            "assembly",
            f"{now_open} AND EXISTS (SELECT 1 FROM installation i WHERE i.component = NEW.child "
            "AND i.removed IS NULL AND i.voided IS NULL)",
            "an installed component cannot become a part",
        )
    _kept("assembly")


def _connection_rules() -> None:
    for on in ("INSERT", "UPDATE"):
        for side in ("a", "b"):
            refuse(
                f"connection_port_{side}_{on.lower()}",
                on,
                "connection",
                f"NEW.disconnected IS NULL AND NEW.voided IS NULL AND NEW.{side}_port IS NOT NULL AND EXISTS ("
                "SELECT 1 FROM connection c WHERE c.disconnected IS NULL AND c.voided IS NULL "
                f"AND {'TRUE' if on == 'INSERT' else 'c.id <> NEW.id'} AND "
                f"((c.a = NEW.{side} AND c.a_port = NEW.{side}_port) "
                f"OR (c.b = NEW.{side} AND c.b_port = NEW.{side}_port)))",
                "a port holds one connection",
            )
    _kept("connection")


def _event_rules() -> None:
    refuse(
        "event_chained",
        "INSERT",
        "event",
        "NOT EXISTS (SELECT 1 FROM chain c WHERE c.number = NEW.number - 1 AND c.hash = NEW.previous "
        "AND (c.time IS NULL OR c.time <= NEW.time))",
        "an event follows the newest one",
    )
    follow(
        "event_heads",
        "INSERT",
        "event",
        "1 = 1",
        "UPDATE chain SET number = NEW.number, hash = NEW.hash, time = NEW.time",
    )
    for table in ("event", "event_component"):
        refuse(f"{table}_written", "UPDATE", table, "1 = 1", "events are never changed")
        refuse(f"{table}_kept", "DELETE", table, "1 = 1", "events are never deleted")
    for table in ("test", "maintenance"):
        _kept(table)


def _kept(table: str) -> None:
    refuse(f"{table}_kept", "DELETE", table, "1 = 1", f"a row of {table} is closed or voided, never deleted")
