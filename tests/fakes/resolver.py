"""A resolver that knows a few names, and every host that is written as a number."""

import socket
from collections.abc import Callable, Mapping
from typing import Any

_ask = socket.getaddrinfo


def resolver(names: Mapping[str, str]) -> Callable[..., Any]:
    """In the place of `socket.getaddrinfo`: knows `names`; others are not found, and nobody is asked."""

    def look_up(host: str, port: int, *args: Any, flags: int = 0, **options: Any) -> Any:
        if flags & socket.AI_NUMERICHOST:
            return _ask(host, port, *args, flags=flags, **options)
        return _ask(names.get(host, host), port, *args, flags=socket.AI_NUMERICHOST, **options)

    return look_up
