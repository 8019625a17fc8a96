"""What goes wrong with a device, under the names that callers of this room know.

All stand in the one tree of `scantrail.errors`, and each is the builtin of its name too.
"""

from scantrail.errors import LinkError as ConnectionError
from scantrail.errors import MotionError, MotionTimeout, ProtocolError, UnknownPV
from scantrail.errors import ReplyTimeout as TimeoutError

__all__ = ["ConnectionError", "MotionError", "MotionTimeout", "ProtocolError", "TimeoutError", "UnknownPV"]
