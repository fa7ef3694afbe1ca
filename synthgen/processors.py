"""What processes share: the processors, and the memory that they free and want again."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_THREADS = "POLARS_MAX_THREADS"
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # <malloc.h>
_KEPT, _LARGE = 256 << 20, 32 << 20  # bytes; the second is the most that glibc takes


@contextmanager
def divided(workers: int) -> Iterator[None]:
    """Worker processes share the processors: each one's polars has its part of the threads, and no more."""
    known = os.environ.get(_THREADS)
    if known is None:
        os.environ[_THREADS] = str(max(1, (os.cpu_count() or 1) // workers))
    try:
        yield
    finally:
        if known is None:
            os.environ.pop(_THREADS, None)


def keep_freed_memory() -> bool:
    """Have this process keep up to 256 MB that it frees, for the next partition; whether the system's allocator can.

    The GNU allocator gives arrays of some megabytes back at once, and each new one then costs a page fault every 4 KiB:
    a twentieth of the time of the line. Other allocators are left as they are.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(
        (mallopt(_M_MMAP_THRESHOLD, _LARGE) == 1, mallopt(_M_TRIM_THRESHOLD, _KEPT) == 1)
    )
