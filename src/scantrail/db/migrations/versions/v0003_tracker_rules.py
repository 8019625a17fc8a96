"""The component tracker: in triggers, what a constraint cannot say."""

from scantrail.db.migrations.ddl import follow, refuse

revision = "0003"
down_revision = "0002"

OPEN_INSTALLATION = "i.removed IS NULL AND i.voided IS NULL"


def upgrade() -> None:
    """Make every trigger of the tracker."""
    _component_rules()
    _installation_rules()
    _assembly_rules()
    _connection_rules()
    _event_rules()


def _component_rules() -> None:
    installed = f"EXISTS (SELECT 1 FROM installation i WHERE i.component = NEW.id AND {OPEN_INSTALLATION})"
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
