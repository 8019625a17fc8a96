"""What lets a browser in: a secret of this user, links that open the page once, and signed sessions."""

import os
import secrets
import stat
import time
from contextlib import suppress
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
            _own(root / PLACE)
            secret = _secret(root / PLACE / "secret")
        except OSError as error:
            raise _unkept(root / PLACE, error) from error
        self._links = URLSafeTimedSerializer(secret, salt="scantrail link")
        self._sessions = URLSafeTimedSerializer(secret, salt="scantrail session")

    def link(self, port: int) -> str:
        """Return a token that opens the page on this port once, within the next ten minutes."""
        return self._links.dumps([port, secrets.token_hex(16)])

    def redeem(self, token: str, port: int) -> bool:
        """Use a token up. False for one that is forged, too old, of another port, or used before.

        Raises OutputError where it cannot be noted that it was used: it opens nothing then.
        """
        try:
            to, name = self._links.loads(token, max_age=LINK_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return False
        try:
            self._forget()
            os.close(os.open(self._used / str(name), os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            if isinstance(error, FileExistsError) and self._used.is_dir():
                return False
            raise _unkept(self._used, error) from error
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
        _own(self._used.parent)
        self._used.mkdir(mode=0o700, exist_ok=True)
        oldest = time.time() - 2 * LINK_SECONDS
        for name in self._used.iterdir():
            with suppress(FileNotFoundError):  # another server of this data root drops it, too
                if name.stat().st_mtime < oldest:
                    name.unlink()


def _own(place: Path) -> None:
    """Make a directory that only this user may enter; one that was opened to others is closed to them again."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(place.stat().st_mode) != 0o700:
        place.chmod(0o700)


def _secret(path: Path) -> str:
    """Read the secret, made on first use; of two processes at once, one makes it.

    One that is cut short, as a full disk or a power failure leaves it, could be guessed: it is made anew.
    """
    if path.exists() and len(path.read_text(errors="replace")) >= SECRET_BYTES:
        return path.read_text()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
            file.flush()
            os.fsync(descriptor)
        if path.exists():
            draft.replace(path)
        else:
            with suppress(FileExistsError):
                os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text()


def _unkept(place: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot keep the keys of the page in {place}: {error.strerror or error}")
