"""Reading several PVs at once: one round trip, whatever control systems they stand on."""

from collections.abc import Sequence

from scantrail.daq.team import Team
from scantrail.readings import Reading

Place = tuple[int, str]
"""Index of a client in the team, and a PV of it."""


class Readout:
    """Reads these places again and again. deadline: of the round trip [s]."""

    def __init__(self, team: Team, places: Sequence[Place], deadline: float) -> None:
        self._team = team
        self._deadline = deadline
        self._asked = sorted({client for client, _ in places})
        self._pvs = {asked: [pv for client, pv in places if client == asked] for asked in self._asked}
        flat = [(client, i) for client in self._asked for i in range(len(self._pvs[client]))]
        taken = dict.fromkeys(self._asked, 0)
        self._order = []
        for client, _ in places:
            self._order.append(flat.index((client, taken[client])))
            taken[client] += 1
        self._alone = len(self._asked) == 1 and self._asked == [0]

    def __call__(self) -> list[Reading]:
        """Return a reading for each place, in their order; a PV's failure stays in its slot.

        Raises LinkError, LinkLost, ReplyTimeout, ProtocolError.
        """
        if self._alone:
            return self._team.clients[0].read(self._pvs[0], self._deadline)
        answers = self._team.each(self._asked, self._read)
        readings = [reading for answer in answers for reading in answer]
        return [readings[i] for i in self._order]

    def _read(self, client: int) -> list[Reading]:
        return self._team.clients[client].read(self._pvs[client], self._deadline)
