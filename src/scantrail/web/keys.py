"""What lets a browser in: a secret of this user, links that open the page once, and signed sessions."""

import os
import secrets
import time
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from scantrail.errors import OutputError

PLACE = "web"
LINK_SECONDS = 600
"""How long a link may wait to be opened."""
SESSION_SECONDS = 7 * 86_400
"""How long a browser stays let in."""
SECRET_BYTES = 32


class Keys:
    """The keys of one data root; they outlive the server, so that a restart sends nobody away.

    The secret and the names of used links lie in `<data root>/web`, which only this user may enter. Whoever deletes
    the secret ends every session. Raises OutputError where that directory cannot be made.
    """

    def __init__(self, root: Path) -> None:
        self._used = root / PLACE / "used"
        try:
            (root / PLACE).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._used.mkdir(mode=0o700, exist_ok=True)
            secret = _secret(root / PLACE / "secret")
        except OSError as error:
            raise OutputError(f"cannot keep the keys of the page in {root / PLACE}: {error.strerror}") from error
        self._links = URLSafeTimedSerializer(secret, salt="scantrail link")
        self._sessions = URLSafeTimedSerializer(secret, salt="scantrail session")

    def link(self, port: int) -> str:
        """Return a token that opens the page on this port once, within the next ten minutes."""
        return self._links.dumps([port, secrets.token_hex(16)])

    def redeem(self, token: str, port: int) -> bool:
        """Use a token up. False for one that is forged, too old, of another port, or used before."""
        try:
            to, name = self._links.loads(token, max_age=LINK_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return False
        self._forget()
        try:
            (self._used / str(name)).touch(mode=0o600, exist_ok=False)
        except OSError:
            return False
        return bool(to == port)

    def session(self) -> str:
        """Return the value of a cookie that lets a browser in."""
        return self._sessions.dumps(secrets.token_hex(8))

    def lets_in(self, cookie: str) -> bool:
        """Tell whether a cookie is one of ours and not too old."""
        try:
            self._sessions.loads(cookie, max_age=SESSION_SECONDS)
        except BadSignature:
            return False
        return True

    def _forget(self) -> None:
        """Drop the names of links that are too old to be taken anyway."""
        oldest = time.time() - 2 * LINK_SECONDS
        for name in self._used.iterdir():
            if name.stat().st_mtime < oldest:
                name.unlink(missing_ok=True)


def _secret(path: Path) -> str:
    """Read the secret, made on first use; of two processes at once, one makes it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
