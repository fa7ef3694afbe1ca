"""What the operating system says no to, as problems with a remedy."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthgen.errors import Problem, SynthgenError, UsageError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSALS = {
    errno.EACCES: ("not-writable", "may not be written", "choose a folder that you may write to, with --out"),
    errno.EPERM: ("not-writable", "may not be written", "choose a folder that you may write to, with --out"),
    errno.EROFS: ("not-writable", "lies on a read-only file system", "choose another folder with --out"),
    errno.ENOTDIR: ("not-a-folder", "leads through a file", "choose another folder with --out"),
    errno.EEXIST: ("not-a-folder", "leads through a file", "choose another folder with --out"),
    errno.ENAMETOOLONG: ("name-too-long", "is longer than the file system allows", "choose a shorter name with --out"),
    errno.ELOOP: ("link-loop", "leads through links without end", "choose another folder with --out"),
    errno.EBUSY: ("mount-point", "is a mount point, which cannot be replaced", "choose a folder inside it, with --out"),
    errno.EXDEV: ("mount-point", "is a mount point, which cannot be replaced", "choose a folder inside it, with --out"),
}


@contextmanager
def storage(path: Path) -> Iterator[None]:
    """Raise what goes wrong with files inside the block as an error that names `path` and a remedy.

    A full disk is a SynthgenError (exit code 1), a target that cannot be written a UsageError (exit code 2).
    """
    try:
        yield
    except OSError as error:
        raise _explained(_number(error), error.strerror or type(error).__name__, path) from error


def start_writing(path: Path) -> None:
    """Have the system bring a finished file to the disk from now on, so that publication need not wait for all of it.

    Linux begins with the pages that it is told nobody needs; elsewhere this does nothing.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    except OSError:  # a file system without it: publication waits
        pass
    finally:
        os.close(descriptor)


def _number(error: OSError) -> int | None:
    """The operating system's number, which polars gives in words alone."""
    said = re.search(r"\(os error (\d+)\)", str(error))
    return error.errno if error.errno is not None else int(said[1]) if said else None


def _explained(number: int | None, text: str, path: Path) -> SynthgenError:
    if number in _FULL:
        message = f"no space left while writing {path}"
        return SynthgenError(Problem("disk-full", message, remedy="free some space, or choose another disk with --out"))
    if number in _REFUSALS:
        code, message, remedy = _REFUSALS[number]
        return UsageError(Problem(code, f"{path} {message}", remedy=remedy))
    said = text if number is None else os.strerror(number)
    return SynthgenError(
        Problem("storage", f"{path} cannot be written: {said}", remedy="check the disk and the folder")
    )
