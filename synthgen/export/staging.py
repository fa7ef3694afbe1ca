"""Staging: a folder beside the target that is filled in private and becomes the target by one rename.

A crash at any moment leaves the old export or the new one. A staging folder is held by a lock that dies with its
process, so the next run knows which ones are left over and removes them. All steps that concern names beside the target
(make, clean, publish) happen under a lock on the folder that holds them, so that runs at the same time do not meet.

Replacing a folder takes `renameat2(RENAME_EXCHANGE)`, which swaps two folders in one step. Where the system has none,
the old export is renamed aside first; a crash between the two renames leaves it there, and the next run puts it back.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from synthgen.artifacts import Cleared
from synthgen.export.manifest import InputEntry, InputRole, digest_file
from synthgen.export.storage import storage
from synthgen.export.target import check_target

if sys.platform == "win32":
    fcntl = None
else:
    import fcntl

_NAME_BYTES = 120  # of the target's name that go into the names beside it, which have to stay below 255
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # <linux/fcntl.h>, <linux/fs.h>


class Staging:
    """A staging folder for one target. Use it as a context: unless published, it is gone at the end.

    `path` is where files go. `target` is where they will be, links resolved.
    """

    def __init__(self, target: Path) -> None:
        """Make the folder; raises UsageError where the target must not be replaced or its place cannot be written."""
        with storage(target):
            self.target = Path(os.path.realpath(target))
            self._made = _missing(self.target.parent)
            self.target.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.target.parent):
                check_target(self.target)
                _recover(self.target)
                _clean(self.target)
                self.path = self.target.parent / _beside(self.target, "staging")
                self.path.mkdir()
                self._lock = _lock(self.path)
        self._open = True

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def write(self, relative: str, content: bytes) -> Path:
        """Write one small file."""
        path = self.path / relative
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return path

    def copy_input(self, relative: str, content: bytes, role: InputRole) -> InputEntry:
        """Write a copy of something that the run has read, and say what the manifest says about it."""
        digest, size = digest_file(self.write(relative, content))
        return InputEntry(path=relative, role=role, bytes=size, sha256=digest)

    def abort(self) -> None:
        """Remove the folder and whatever was made for it; does nothing after `publish`."""
        if not self._open:
            return
        self._open = False
        _remove(self.path)
        self._lock.close()
        for folder in self._made:  # deepest first
            with suppress(OSError):
                folder.rmdir()

    def publish(self, cleared: Cleared) -> None:
        """Make the staged folder the target, in one step, and remove what it replaces.

        Raises TypeError for anything but the gate's own Cleared, and UsageError where the target has meanwhile become
        something that is not an export.
        """
        if type(cleared) is not Cleared or not cleared.verdict.passed:
            raise TypeError("only what the gate has cleared is published")
        if not self._open:
            raise ValueError("published or aborted already")
        with storage(self.target):
            _sync_tree(self.path)
            with _locked(self.target.parent):
                check_target(self.target)
                old = _put(self.path, self.target)
                _sync(self.target.parent)
            self._open = False
        self._lock.close()
        if old is not None:
            _remove(old)


def _beside(target: Path, role: str) -> str:
    return f"{_prefix(target, role)}{os.getpid()}-{secrets.token_hex(4)}"


def _prefix(target: Path, role: str) -> str:
    name = target.name.encode()[:_NAME_BYTES].decode(errors="ignore")
    return f".{name}.{role}-"


def _siblings(target: Path, role: str) -> list[Path]:
    """Folders that runs for this target have left beside it, or are using."""
    pattern = re.compile(re.escape(_prefix(target, role)) + r"\d+-[0-9a-f]{8}")
    with os.scandir(target.parent) as entries:
        return sorted(Path(e.path) for e in entries if pattern.fullmatch(e.name) and e.is_dir(follow_symlinks=False))


def _missing(folder: Path) -> list[Path]:
    """The folder and those above it that do not exist, deepest first."""
    found = []
    while not folder.exists():
        found.append(folder)
        folder = folder.parent
    return found


# Locks.


class _Lock:
    """An exclusive lock on a folder, held while its descriptor is open; the system drops it with the process."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY) if fcntl else -1

    def take(self, *, wait: bool) -> bool:
        """Whether the lock was taken. False too where the file system has no locks."""
        if fcntl is None:
            return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _lock(folder: Path) -> _Lock:
    lock = _Lock(folder)
    lock.take(wait=False)
    return lock


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = _Lock(folder)
    try:
        lock.take(wait=True)
        yield
    finally:
        lock.close()


# Left-overs.


def _clean(target: Path) -> None:
    """Remove staging folders whose processes are gone: those whose lock can be had."""
    for folder in [*_siblings(target, "staging"), *_siblings(target, "aside")]:
        with suppress(FileNotFoundError):  # whoever left it is removing it
            lock = _Lock(folder)
            if lock.take(wait=False):
                _remove(folder)
            lock.close()


def _recover(target: Path) -> None:
    """Put an old export back that a crash left aside, between the two renames of systems that cannot swap."""
    aside = _siblings(target, "aside")
    if aside and not target.exists():
        aside[-1].rename(target)


def _remove(folder: Path) -> None:
    """Remove a folder tree. It is renamed first, so that a worker that still lives finds no way into it."""
    doomed = folder.with_name(re.sub(r"\d+-[0-9a-f]{8}$", f"{os.getpid()}-{secrets.token_hex(4)}", folder.name))
    with suppress(OSError):
        folder = folder.rename(doomed)
    for _ in range(3):  # once more if a file came in while it was being emptied
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


# The step that publishes.


def _put(new: Path, target: Path) -> Path | None:
    """Rename `new` to `target`; returns where the old export is now, if there was one."""
    if not target.exists() or not any(target.iterdir()):
        new.rename(target)  # an empty folder is replaced by the same one step
        return None
    if _exchange(new, target):
        return new
    aside = target.with_name(_beside(target, "aside"))
    target.rename(aside)
    try:
        new.rename(target)
    except OSError:
        aside.rename(target)
        raise
    return aside


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where system or file system cannot."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):  # glibc before 2.28
        return False
    done = libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    if done == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _sync_tree(folder: Path) -> None:
    """Bring every file and folder to the disk, so that the rename never overtakes what it publishes."""
    for base, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(base) / name)
        _sync(Path(base))


def _sync(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
