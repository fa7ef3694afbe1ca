"""Version numbers of a product's releases, the newer ones in wider use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from synthgen.generator import Build, Params
from synthgen.generators.spelled import Spelled, words
from synthgen.seeds import below, draws, stream_key

_FIRST = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})")
_STAGES = ("alpha.1", "beta.1", "beta.2", "rc.1", "rc.2")


class VersionParams(Params):
    """`version: semver` or `version: calver`."""

    version: Literal["semver", "calver"] = Field(description="write version: semver, or version: calver")
    releases: int = Field(default=40, ge=1, le=5000, description="how many releases there were, from 1 to 5000")
    first: str = Field(default="1.0.0", pattern=f"^{_FIRST.pattern}$", description="the first release, such as 1.0.0")
    keep: float = Field(default=0.9, gt=0, le=1, description="users of a release for each of the next one; 1 for even")
    pre: float = Field(default=0.0, ge=0, le=1, description="the share of pre-releases, between 0 and 1")


class Version(Spelled[VersionParams]):
    """A version of a product: its releases go up by patch, minor and major steps, and newer ones are more common.

    `semver` follows Semantic Versioning 2.0.0, `calver` is YEAR.MONTH.PATCH up to the recipe's clock. The history of
    releases is a function of table and column, not of the seed. Ranks follow the order of releases.

    Example: `app_version: {version: semver, pre: 0.05}`.
    """

    Params = VersionParams

    def __init__(self, params: VersionParams, build: Build) -> None:
        super().__init__(params, build)
        if params.version == "calver" and "first" in params.model_fields_set:
            message = "a calendar version begins with a date, not with a first release"
            raise build.fail("contradiction", message, "remove 'first', or write version: semver", "first")
        steps = below(draws(stream_key(0, build.table, build.column, "#releases"), 0, params.releases), 100).tolist()
        semantic = params.version == "semver"
        known = list(_semantic(params.first, steps) if semantic else _calendar(build.clock, steps))
        found: dict[str, float] = {}
        for age, release in enumerate(reversed(known)):
            share = max(params.keep**age, 1e-12)
            for stage in _STAGES if params.pre and not (semantic and release == params.first) else ():
                found[f"{release}-{stage}"] = share * params.pre / len(_STAGES)
            if params.pre < 1 or not found:
                found[release] = share * (1 - params.pre) or 1e-12
        order = [v for r in known for v in (*(f"{r}-{s}" for s in _STAGES), r) if v in found]
        self.spell(f"version:{build.table}.{build.column}", words({v: found[v] for v in order}))


def _semantic(first: str, steps: list[int]) -> Iterator[str]:
    """Releases from the first one on: six in ten are patches, one in thirty is a major one."""
    major, minor, patch = (int(part) for part in first.split("."))
    for i, step in enumerate(steps):
        if i:
            if step < 60:
                patch += 1
            elif step < 97:
                minor, patch = minor + 1, 0
            else:
                major, minor, patch = major + 1, 0, 0
        yield f"{major}.{minor}.{patch}"


def _calendar(clock: datetime, steps: list[int]) -> Iterator[str]:
    """Releases up to the clock's month: four in ten are patches of the release before, the others a month later."""
    later = [int(step >= 40) for step in steps[1:]]
    month, patch = clock.year * 12 + clock.month - 1 - sum(later), -1
    for moved in (0, *later):
        month, patch = month + moved, (0 if moved else patch + 1)
        yield f"{month // 12}.{month % 12 + 1}.{patch}"
