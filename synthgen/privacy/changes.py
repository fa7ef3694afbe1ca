"""What a branch and the working tree add to a git revision: the lines, with their numbers and files.

All that is compared comes from the `git` command. It is asked for no colours, no external diff programs and no text
conversions, whatever the user's settings say.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthgen.errors import usage
from synthgen.privacy.readers import Batch, Item, TextlessError, Unread, UnreadableError, pieces
from synthgen.privacy.readers.delimited import added_rows
from synthgen.privacy.readers.formats import FORMATS
from synthgen.privacy.readers.patches import Added, added, batches_of
from synthgen.privacy.readers.signatures import HEAD
from synthgen.privacy.readers.text import decoder, encoding
from synthgen.privacy.sources import FileInput, Input, Source, excluded

_PLAIN = (
    "--unified=0", "--text", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--src-prefix=a/",
    "--dst-prefix=b/", "--ignore-submodules=all", "--inter-hunk-context=0", "--output-indicator-new=+",
    "--output-indicator-old=-", "--output-indicator-context= ",
)  # fmt: skip
_SUBMODULE = "160000"
_LINK = "120000"


@dataclass(frozen=True)
class Changed:
    """A file that differs: path and old path from the repository's root, the mode, and whether git has it as new."""

    path: str
    old: str
    mode: str
    new: bool


@dataclass(frozen=True)
class ChangedInput:
    """The lines that one tracked file gained since a commit; also the ones that stand in the index alone (`staged`)."""

    root: Path
    base: str
    file: Changed
    staged: bool

    @property
    def shown(self) -> str:
        """The path from the root."""
        return self.file.path

    @property
    def size(self) -> int:
        """Not known: what was added is small as a rule."""
        return 0

    def sources(self) -> Iterator[Source]:
        """The lines; or the file as a whole where it is no text, or is new."""
        path = self.root / self.file.path
        whole = FileInput(self.file.path, path, named=False)
        if self._whole(path):
            yield from whole.sources()
            if not self.staged:
                return
        yield self

    def _whole(self, path: Path) -> bool:
        """Whether the file is read as a whole: it is new, no text, or not what git keeps of it."""
        if self.file.mode == _LINK or not path.is_file():
            return False
        return self.file.new or not _by_lines(path) or not self._faithful(path)

    def items(self) -> Iterator[Item]:
        """Lines that the working tree adds, then those that only the index has (`part` is `staged`)."""
        path = self.root / self.file.path
        here = _added(self.root, self.base, self.file, cached=False)
        if not self._whole(path):
            yield from _content(path, here)
        if self.staged:
            known = set(here.lines)
            kept = [
                (n, t) for n, t in _numbered(_added(self.root, self.base, self.file, cached=True)) if t not in known
            ]
            left = Added(self.file.path, [n for n, _ in kept], [t for _, t in kept])
            for item in _lines(left):
                yield replace(item, part="staged")

    def _faithful(self, path: Path) -> bool:
        """Whether git's lines are the file's: filters (large files, encryption) make git keep something else."""
        here = _added(self.root, self.base, self.file, cached=False)
        if not here.lines:
            return True
        wanted = dict(_numbered(here))
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                text = wanted.pop(number, None)
                if text is not None and text != _line(line):
                    return False
        return not wanted


def _line(line: bytes) -> str:
    """A line without its end, as a diff has it."""
    return decoder().decode(line, final=True).removesuffix("\n").removesuffix("\r")


def changes(targets: Sequence[str | Path], base: str, exclude: Sequence[str] = ()) -> Iterator[Input]:
    """Every file that gained something since HEAD and `base` parted, below the targets; untracked files among them.

    Raises UsageError without git, outside of a repository, and for a revision that is not there.
    """
    places = [_place(t) for t in targets]
    root = _root(places[0] if places else Path.cwd())
    below = [_below(p, root) for p in places]
    start = _parting(root, base)
    tree = _listed(root, [start], below)
    both = {os.fsdecode(p) for p in _git(root, "diff", "--name-only", "-z", "--", *below).split(b"\0") if p}
    index = {p: c for p, c in _listed(root, ["--cached", start], below).items() if p in both}
    for path in sorted({*tree, *index}):
        file = tree.get(path) or replace(index[path], new=False)
        if file.mode != _SUBMODULE and not excluded(path, exclude):
            yield ChangedInput(root, start, file, path in index)
    for place, path in zip(places, below, strict=True):
        if place.is_file() and _git(root, "ls-files", "--others", "-z", "--", path) and not excluded(path, exclude):
            yield FileInput(path, place)


def _place(target: str | Path) -> Path:
    if isinstance(target, str) and "://" in target:
        raise usage("bad-target", "a diff is one of files, not of what a URL names", "scan the URL without --diff")
    path = Path(target)
    if not (path.exists() or path.is_symlink()):
        raise usage("missing-file", f"there is no file or folder '{path}'", "check the path")
    return path.absolute() if path.is_symlink() else path.resolve()


def _root(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    try:
        found = _git(folder, "rev-parse", "--show-toplevel")
    except subprocess.CalledProcessError as error:
        said = decoder().decode(error.stderr, final=True).strip().partition("\n")[0]
        raise usage("no-repository", f"git finds no repository here: {said}", "run it inside of one") from None
    return Path(os.fsdecode(found.removesuffix(b"\n")))


def _below(path: Path, root: Path) -> str:
    top = root.resolve()
    if not path.is_relative_to(top):
        raise usage("bad-target", f"'{path}' is not in the repository {top}", "scan one repository at a time")
    return path.relative_to(top).as_posix()


def _parting(root: Path, base: str) -> str:
    """The commit where HEAD and the base parted."""
    if base.startswith("-") or not base.strip():
        raise usage("bad-revision", "a revision's name does not begin with a hyphen", "write --diff main")
    try:
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    except subprocess.CalledProcessError:
        remedy = "fetch it first: git fetch origin BRANCH; in CI, with the whole history"
        raise usage("unknown-revision", f"git knows no revision '{base}'", remedy) from None
    try:
        return _git(root, "merge-base", commit.decode().strip(), "HEAD").decode().split()[0]
    except subprocess.CalledProcessError:
        remedy = "fetch the whole history (fetch-depth: 0)"
        raise usage("no-merge-base", f"'{base}' and HEAD have no commit in common", remedy) from None


def _listed(root: Path, what: Sequence[str], below: Sequence[str]) -> dict[str, Changed]:
    """Files that differ and still exist, from git's raw format: `:mode mode hash hash status NUL path NUL`."""
    fields = _git(root, "diff", "--raw", "-z", *_PLAIN, *what, "--", *below).split(b"\0")
    found: dict[str, Changed] = {}
    at = 0
    while at < len(fields) and fields[at].startswith(b":"):
        _, mode, _, _, status = fields[at].decode("ascii").split(" ")
        moved = status[0] in "RC"
        old, path = os.fsdecode(fields[at + 1]), os.fsdecode(fields[at + 1 + moved])
        at += 2 + moved
        if status[0] != "D":
            found[path] = Changed(path, old, mode, status[0] == "A")
    return found


def _added(root: Path, base: str, file: Changed, cached: bool) -> Added:
    """What git says that the file gained."""
    how = ("--cached",) if cached else ()
    try:
        out = _git(root, "diff", *_PLAIN, *how, base, "--", *dict.fromkeys((file.old, file.path)))
    except subprocess.CalledProcessError as error:
        raise UnreadableError(f"git diff ends with {error.returncode}") from None
    parts = [a for a in added(decoder().decode(out, final=True).split("\n")) if a.path == file.path or not a.unread]
    lines = [pair for part in parts for pair in _numbered(part)]
    return Added(file.path, [n for n, _ in lines], [t for _, t in lines])


def _numbered(file: Added) -> list[tuple[int, str]]:
    return list(zip(file.numbers, file.lines, strict=True))


def _content(path: Path, here: Added) -> Iterator[Item]:
    """Added lines as text; those of a table as its rows, with the names of its columns."""
    if path.is_file() and here.lines and _format(path) == "csv":
        rows = list(added_rows(path, set(here.numbers)))
        if rows:
            yield from rows
            return
    yield from _lines(here)


def _lines(here: Added) -> Iterator[Batch | Unread]:
    if any("\0" in line for line in here.lines):
        yield Unread("a binary format that cannot be scanned")
    else:
        yield from batches_of(here)


def _by_lines(path: Path) -> bool:
    """Whether git's lines are what a reader reads: a text, in an encoding whose lines git knows."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return encoding(head) == "utf-8" and _format(path) in {n for n, f in FORMATS.items() if f.text}


def _format(path: Path) -> str:
    """The format, and an empty name for what no reader reads."""
    try:
        return next(iter(pieces(path))).format
    except (TextlessError, UnreadableError, StopIteration):
        return ""


def _git(folder: Path, *arguments: str) -> bytes:
    """The output of git. Raises CalledProcessError if it fails, UsageError if there is none."""
    command = ["git", "--no-pager", "--literal-pathspecs", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [*command, "-C", str(folder), *arguments],
            capture_output=True,
            check=True,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise usage("missing-git", "the git command is not installed", "install git") from None
    return done.stdout
