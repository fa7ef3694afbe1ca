"""What browsers, programs and crawlers say they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, field_validator

from synthgen.generator import Build, Params
from synthgen.generators.mixes import Mix, mix, mixed
from synthgen.generators.spelled import Spelled, words

_KINDS = {"desktop": 0.45, "mobile": 0.4, "tablet": 0.05, "tool": 0.06, "bot": 0.04}
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "Mozilla/5.0 ({system}) " + _KIT + " Chrome/{chrome}.0.0.0{mobile} Safari/537.36{more}"
_GECKO = "Mozilla/5.0 ({system}; rv:{firefox}.0) Gecko/{gecko} Firefox/{firefox}.0"
_WEBKIT = "Mozilla/5.0 ({system}) " + _SAFARI + " Version/{safari}{mobile} Safari/{build}"
_WINDOWS, _MAC, _LINUX = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"
_UBUNTU = "X11; Ubuntu; Linux x86_64"
_ANDROIDS = {"Linux; Android 10; K": 8.0, "Linux; Android 15; K": 1.0}  # Chrome names every phone Android 10; K by now
_RELEASED = datetime(2025, 8, 5, tzinfo=UTC)  # Chrome 139; four weeks each since. Firefox 142 came two weeks later
_WEEKS4 = 28 * 86_400
_DECAY = 0.45  # share of the browsers of a version that still run the version before
_BACK = 6
_TOOLS = {
    "curl/8.5.0": 4, "curl/8.7.1": 3, "curl/7.88.1": 2, "Wget/1.21.4": 1, "python-requests/2.32.3": 5,
    "python-requests/2.31.0": 3, "python-httpx/0.27.0": 1, "Go-http-client/1.1": 3, "Go-http-client/2.0": 3,
    "okhttp/4.12.0": 3, "Apache-HttpClient/4.5.14 (Java/17.0.9)": 2, "axios/1.7.2": 2, "node-fetch/1.0": 1,
    "PostmanRuntime/7.39.0": 2, "Java/17.0.9": 1, "Dart/3.3 (dart:io)": 1,
}  # fmt: skip
_BOTS = {  # crawlers that do not exist, in the form that crawlers use
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://www.example.com/bot.html)": 4,
    "ExampleSearch/1.4 (+https://search.example.org/crawler)": 2,
    "Mozilla/5.0 (compatible; SampleCrawler/3.0; +https://crawler.example.net/)": 2,
    "ExampleUptime/1.0 (+https://uptime.example.com/about)": 2,
}


class UserAgentParams(Params):
    """`user_agent: any`, one kind, or kinds with weights."""

    user_agent: Literal["any", "desktop", "mobile", "tablet", "tool", "bot"] | dict[str, float] = Field(
        description="write user_agent: any, desktop, mobile, tablet, tool or bot, or {desktop: 0.7, bot: 0.3}"
    )

    @field_validator("user_agent")
    @classmethod
    def _known(cls, value: Mix) -> Mix:
        return mix(value, _KINDS)


class UserAgent(Spelled[UserAgentParams]):
    """The User-Agent header of a browser, a program or a crawler; versions are those current at the recipe's clock.

    Older versions are rarer. Crawlers are made up and give reserved domains. Example: `agent: {user_agent: any}`.
    """

    Params = UserAgentParams

    def __init__(self, params: UserAgentParams, build: Build) -> None:
        super().__init__(params, build)
        steps = int((build.clock - _RELEASED).total_seconds() // _WEEKS4)
        found: dict[str, float] = {}
        for kind, weight in mixed(params.user_agent, _KINDS).items():
            entries = list(_agents(kind, max(steps, -100)))
            total = sum(share for _, share in entries)
            for agent, share in entries:
                found[agent] = found.get(agent, 0.0) + weight * share / total
        self.spell(f"user_agent:{build.table}.{build.column}", words(found))


def _agents(kind: str, steps: int) -> Iterator[tuple[str, float]]:
    """The agents of a kind with shares; `steps` are the releases of Chrome since 139."""
    if kind in ("tool", "bot"):
        yield from (_TOOLS if kind == "tool" else _BOTS).items()
        return
    for back in range(_BACK):
        share = _DECAY**back
        chrome, firefox = 139 + steps - back, 142 + steps - back
        year = (steps - 2) // 13  # Safari 26 came in September 2025 and one a year since; systems stay at 18.6 in it
        safari = f"{26 + year if steps >= 2 else 18}.{max(0, 5 - back)}"
        if kind == "desktop":
            for system, part in ((_WINDOWS, 30.0), (_MAC, 8.0), (_LINUX, 3.0)):
                yield _BLINK.format(system=system, chrome=chrome, mobile="", more=""), part * share
                yield _GECKO.format(system=system, firefox=firefox, gecko="20100101"), part * share / 6
            yield _BLINK.format(system=_WINDOWS, chrome=chrome, mobile="", more=f" Edg/{chrome}.0.0.0"), 8 * share
            yield _GECKO.format(system=_UBUNTU, firefox=firefox, gecko="20100101"), 0.5 * share
            yield _WEBKIT.format(system=_MAC, safari=safari, mobile="", build="605.1.15"), 8 * share
        elif kind == "mobile":
            for system, part in _ANDROIDS.items():
                yield _BLINK.format(system=system, chrome=chrome, mobile=" Mobile", more=""), 3 * part * share
            phone = "iPhone; CPU iPhone OS 18_6 like Mac OS X"
            yield _WEBKIT.format(system=phone, safari=safari, mobile=" Mobile/15E148", build="604.1"), 20 * share
            system = "Android 15; Mobile"
            yield _GECKO.format(system=system, firefox=firefox, gecko=f"{firefox}.0"), share
        else:
            pad = "iPad; CPU OS 18_6 like Mac OS X"
            yield _WEBKIT.format(system=pad, safari=safari, mobile=" Mobile/15E148", build="604.1"), 6 * share
            for system in _ANDROIDS:
                yield _BLINK.format(system=system, chrome=chrome, mobile="", more=""), 3 * share
