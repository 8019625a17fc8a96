"""Commands that settle findings, spelled when everything else is adopted: what is where is known only then."""

from collections.abc import Iterable, Iterator

from scantrail.tracker.adopting.spelling import is_id, svt
from scantrail.tracker.standing import Standing
from scantrail.tracker.workflow import NOT_INSTALLABLE


def seating(standing: Standing, component: str, position: str, *, since: str = "", run_period: str = "") -> str:
    """Return the commands that make room in a position and put a component there; empty for one that may not sit.

    It sits there since `since` only where nothing must be taken out first, for two stays may not overlap. A position
    that does not take it is left to whoever runs them, as POSITION.
    """
    known = standing.find(component)
    if known is None or known.status in NOT_INSTALLABLE:
        return ""
    fits = bool(position) and not standing.misfit(known.type, position)
    sits = standing.occupants.get(standing.spelled(position)) if fits else None
    above = standing.chain(component)
    wholes = [top for top in above[-1:] if top in standing.seats]
    out = [component] * (component in standing.seats) + wholes + ([sits] if sits is not None else [])
    back = [top for top in wholes if top != sits]
    steps = [*_out(out)]
    if above:
        parent, slot = standing.parents[component]
        steps.append(svt("disassemble", parent, slot=slot))
    date = "" if out else since
    steps.append(svt("install", component, position if fits else "POSITION", date=date, run_period=run_period))
    return " && ".join([*steps, *_back(standing, back)])


def attaching(standing: Standing, parent: str, slot: str, child: str) -> str:
    """Return the commands that make a component a part of another, which needs both to be out of their positions.

    One that is not known is added. Whatever was taken out for it is put back.
    """
    known = standing.find(child)
    child = known.id if known is not None else child
    other = standing.parents.get(child)
    tops = [[each, *standing.chain(each)][-1] for each in (parent, other[0] if other else parent)]
    wholes = [top for top in dict.fromkeys(tops) if top in standing.seats]
    steps = [*_out([*([child] if child in standing.seats else []), *wholes])]
    if known is None:
        kind = standing.slots.get(_type(standing, parent), {}).get(slot, slot)
        steps.append(svt("add", id=child, type=kind))
    if other:
        steps.append(svt("disassemble", other[0], slot=other[1]))
    taken = standing.children.get(parent, {}).get(slot) not in (None, child)
    steps.append(svt("assemble", parent, **{slot: child}, replace=taken))
    return " && ".join([*steps, *_back(standing, wholes)])


def connecting(standing: Standing, a: str, b: str, cable: str, *, used: str = "", instead: bool = False) -> str:
    """Return the commands that connect two components through a cable, which is added if it is not known.

    used: the cable as it is connected elsewhere; instead: the two are connected without the cable so far. Empty for a
    cable that cannot be the id of a component.
    """
    if cable and not is_id(cable):
        return ""
    steps = [svt("add", id=cable, type="cable")] if cable and standing.find(cable) is None else []
    steps += [svt("disconnect", used)] if used else []
    steps += [svt("disconnect", a, b)] if instead else []
    return " && ".join([*steps, svt("connect", a, b, cable=cable)])


def _type(standing: Standing, component: str) -> str:
    known = standing.find(component)
    return known.type if known is not None else ""


def _out(components: Iterable[str]) -> Iterator[str]:
    yield from (svt("remove", each) for each in dict.fromkeys(components))


def _back(standing: Standing, components: Iterable[str]) -> Iterator[str]:
    yield from (svt("install", each, standing.seats[each]) for each in components)
