"""What strace says of the sockets of a session: whom the program spoke with."""

from __future__ import annotations

import re

SOCKET = re.compile(r"\bsocket(?:pair)?\((\w+)")
PLACE = re.compile(r"\b(?:connect|bind)\(.*sun_path=(@?\"[^\"]*\")")
# The display, the bus, the door of the program itself (Qt makes it aside and renames it), names of persons.
OWN_PLACES = re.compile(
    r'@?"(/tmp/\.X11-unix/X\d+|/run/.*bus.*|.*/zhengyou-[^"]*|/var/run/nscd/socket|/tmp/dbus-[^"]*|/tmp/\.\w{6}/s)"'
)


def strangers(trace: str) -> list[str]:
    """Return the sockets of a session that lead further than display, bus and the program itself."""
    kinds = {kind for kind in SOCKET.findall(trace) if kind not in {"AF_UNIX", "AF_LOCAL"}}
    places = {place for place in PLACE.findall(trace) if not OWN_PLACES.fullmatch(place)}
    return sorted(kinds | places)
