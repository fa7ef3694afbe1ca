"""Experiments: assignment, exposure and outcomes hold what the recipe plants, and analysts find it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from synthgen import pipeline
from tests.conformance.doubles import OTHERS, RefusedError, column

ARMS: dict[str, Any] = {
    **OTHERS,
    "arm": {"arm": {"control": 0.5, "treatment": 0.5}},
    "device": {"choice": {"mobile": 0.6, "desktop": 0.4}},
    "before": {"lognormal": {"median": 20, "sigma": 0.8}},
    "visits": {"poisson": 3},
    "started": {"datetime": {"from": "2026-01-01", "to": "2026-02-01"}},
    "exposed": {"exposure": {"treatment": 0.6}},
}


def frame(seed: int = 7, rows: int = 200_000, **columns: Any) -> pl.DataFrame:
    """Columns of one table, each under its own name as the recipe has it."""
    others = {**ARMS, **columns}
    built = {name: column(snippet, seed=seed, others=others, column=name) for name, snippet in columns.items()}
    found = [made.values(rows).alias(name) for name, made in built.items()]
    arms = column(ARMS["arm"], seed=seed, others=others, column="arm").values(rows).alias("arm")
    return pl.DataFrame(found if "arm" in columns else [arms, *found])


def rates(data: pl.DataFrame, *by: str) -> dict[Any, tuple[int, int]]:
    found = data.group_by(*by).agg(pl.col("y").sum().cast(pl.Int64).alias("k"), pl.len().alias("n"))
    return {row[:-2] if len(by) > 1 else row[0]: row[-2:] for row in found.iter_rows()}


def interval(data: pl.DataFrame) -> tuple[float, float]:
    """The 95 % interval of the difference of two rates (Newcombe), as an analyst would compute it."""
    found = rates(data, "arm")
    (k1, n1), (k0, n0) = found["treatment"], found["control"]
    low, high = confint_proportions_2indep(k1, n1, k0, n0, method="newcomb", compare="diff")
    return float(low), float(high)


def test_a_rate_is_found_again() -> None:
    snippet = {"outcome": 0.10, "lift": 0.02, "by": "arm"}
    data = frame(y=snippet)
    low, high = interval(data)
    assert low < 0.02 < high and high - low < 0.006
    truth = column(snippet, others=ARMS).generator.truth
    assert truth["rates"] == {"control": 0.10, "treatment": 0.12}
    assert truth["lift"] == {"treatment": {"absolute": 0.02, "relative": 0.2}}


def test_the_coverage_of_the_interval_is_as_promised() -> None:
    """Of 400 experiments about 95 % of the intervals hold the truth (0.92 to 0.98 is 3 standard errors)."""
    snippet = {"outcome": 0.10, "lift": "20%"}
    hits = [low < 0.02 < high for low, high in (interval(frame(seed, 4000, y=snippet)) for seed in range(400))]
    assert 0.917 < np.mean(hits) < 0.983


def test_an_a_a_test_finds_nothing_and_errs_as_often_as_it_should() -> None:
    found = []
    for seed in range(300):
        counted = rates(frame(seed, 3000, y={"outcome": 0.2, "lift": 0}), "arm")
        (k1, n1), (k0, n0) = counted["treatment"], counted["control"]
        found.append(proportions_ztest([k1, k0], [n1, n0])[1])
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.09
    assert 0.4 < np.median(found) < 0.6


def test_another_lift_changes_only_rows_that_it_must() -> None:
    data = frame(rows=20_000, y={"outcome": 0.1, "lift": 0.05})
    none = column({"outcome": 0.1}, others=ARMS, column="y").values(20_000)
    changed = data.filter(data["y"] != none)
    assert len(changed) and changed["arm"].unique().to_list() == ["treatment"] and changed["y"].all()


def test_blocks_hold_every_arm_exactly() -> None:
    snippet = {"arm": {"control": 0.5, "a": 0.25, "b": 0.25}, "block": 20}
    values = column(snippet).values(20 * 500)
    counts = pl.DataFrame({"arm": values, "block": np.arange(len(values)) // 20}).group_by("block", "arm").len()
    assert set(counts.filter(arm="control")["len"]) == {10} and set(counts.filter(arm="a")["len"]) == {5}
    first = [values[i] for i in range(0, len(values), 20)]
    assert 0.4 < np.mean([arm == "control" for arm in first]) < 0.6
    with pytest.raises(RefusedError, match="a block of 20 cannot hold these shares exactly"):
        column({"arm": {"a": 1, "b": 2}, "block": 20})


@pytest.mark.parametrize("key", ["customer", "number"])
def test_a_unit_keeps_its_arm(key: str) -> None:
    others = {"customer": {"choice": [f"c{i}" for i in range(200)]}, "number": {"integer": [1, 200]}}
    snippet = {"arm": {"control": 0.5, "treatment": 0.5}, "unit": key, "lost": {"treatment": 0.3}}
    made = column(snippet, others=others)
    data = pl.DataFrame({"unit": column(others[key], column=key).values(20_000), "arm": made.values(20_000)})
    assert data.group_by("unit").agg(pl.col("arm").n_unique())["arm"].max() == 1
    assert made.values(np.arange(9_000, 9_500)).equals(data["arm"].slice(9_000, 500))
    per_unit = data.unique()["arm"]
    assert 60 < (per_unit == "control").sum() < 140 and per_unit.null_count() > 10


def test_a_sample_ratio_mismatch_is_told() -> None:
    made = column({"arm": ["control", "treatment"], "lost": {"treatment": 0.1}})
    counts = dict(made.values(100_000).value_counts().iter_rows())
    truth = made.generator.truth
    assert truth["sample_ratio_mismatch"] is True
    share = counts["treatment"] / (counts["treatment"] + counts["control"])
    assert abs(share - truth["expected_shares"]["treatment"]) < 0.006 and abs(share - 0.5) > 0.015
    assert "lost" not in column({"arm": ["control", "treatment"]}).generator.truth


def test_simpsons_paradox_on_request() -> None:
    """In each segment the treatment loses; over all it seems to win, because it went where rates are high."""
    arm = {
        "arm": {"control": 0.5, "treatment": 0.5},
        "segments": {
            "device": {"mobile": {"control": 0.9, "treatment": 0.1}, "desktop": {"control": 1, "treatment": 9}}
        },
    }
    y = {"outcome": 0.05, "lift": -0.01, "segments": {"device": {"desktop": {"baseline": 0.30}}}}
    data = frame(arm=arm, y=y, device=ARMS["device"])
    inside, over_all = rates(data, "device", "arm"), rates(data, "arm")
    for device in ("mobile", "desktop"):
        assert np.divide(*inside[(device, "treatment")]) < np.divide(*inside[(device, "control")])
    assert np.divide(*over_all["treatment"]) > np.divide(*over_all["control"])
    truth = column(y, others={**ARMS, "arm": arm}).generator.truth
    assert truth["overall"]["lift"]["treatment"]["absolute"] == pytest.approx(-0.01)
    assert truth["overall"]["rates"]["control"] == pytest.approx(0.6 * 0.05 + 0.4 * 0.30)


def test_segments_have_effects_of_their_own() -> None:
    y = {"outcome": 0.10, "lift": 0.02, "segments": {"device": {"mobile": {"baseline": 0.2, "lift": "-50%"}}}}
    found = rates(frame(y=y, device=ARMS["device"]), "device", "arm")
    wanted = {("mobile", "control"): 0.2, ("mobile", "treatment"): 0.1}
    wanted |= {("desktop", "control"): 0.1, ("desktop", "treatment"): 0.12}
    for key, rate in wanted.items():
        k, n = found[key]
        assert abs(k / n - rate) < 4.5 * (rate * (1 - rate) / n) ** 0.5
    truth = column(y, others=ARMS).generator.truth
    assert truth["segments"]["values"]["mobile"]["rates"] == {"control": 0.2, "treatment": 0.1}
    assert truth["overall"]["lift"]["treatment"]["absolute"] == pytest.approx(0.6 * -0.1 + 0.4 * 0.02)


def test_only_exposed_units_are_lifted() -> None:
    y = {"outcome": 0.10, "lift": 0.10, "exposed": "exposed"}
    data = frame(y=y, exposed=ARMS["exposed"])
    found = rates(data, "arm", "exposed")
    assert ("control", True) not in found
    share = found[("treatment", True)][1] / (found[("treatment", True)][1] + found[("treatment", False)][1])
    assert abs(share - 0.6) < 0.01
    assert abs(np.divide(*found[("treatment", True)]) - 0.2) < 0.008
    assert abs(np.divide(*found[("treatment", False)]) - 0.1) < 0.008
    assert column(y, others=ARMS).generator.truth["exposed"] == {"column": "exposed", "shares": {"treatment": 0.6}}


def test_an_effect_fades() -> None:
    decay = {"half_life": "7d", "at": "started", "from": "2026-01-01", "keep": 0.2}
    data = frame(y={"outcome": 0.3, "lift": 0.3, "decay": decay}, started=ARMS["started"])
    days = (pl.col("started") - pl.datetime(2026, 1, 1)).dt.total_days()
    for low, high in ((0, 3), (13, 16), (27, 30)):
        some = rates(data.filter(days.is_between(low, high - 1)), "arm")
        effect = np.divide(*some["treatment"]) - np.divide(*some["control"])
        left = np.mean([0.2 + 0.8 * 2 ** (-t / 7) for t in np.linspace(low, high, 200)])
        assert abs(effect - 0.3 * left) < 0.03


@pytest.mark.parametrize(
    ("metric", "lift"),
    [
        ({"lognormal": {"median": 20, "sigma": 0.5}}, "5%"),
        ({"lognormal": {"median": 20, "sigma": 0.5}, "decimals": 2}, "5%"),
        ({"normal": {"mean": 50, "sd": 10}, "decimals": 1}, 2.5),
        ({"exponential": "10m"}, "5%"),
        ({"poisson": 4}, "10%"),
        ({"gamma": {"shape": 2, "mean": 10}}, -1),
    ],
)
def test_a_metric_is_found_again(metric: Any, lift: Any) -> None:
    snippet = {"outcome": metric, "lift": {"treatment": lift}}
    made = column(snippet, others=ARMS, column="y")
    values = made.values(200_000)
    assert values.dtype == made.generator.dtype == column(metric).generator.dtype
    x = (values.to_physical() if values.dtype.is_temporal() else values).cast(pl.Float64).to_numpy()
    treated = (frame(rows=200_000)["arm"] == "treatment").to_numpy()
    base, own = x[~treated], x[treated]
    error = (base.var() / len(base) + own.var() / len(own)) ** 0.5
    wanted = base.mean() * float(lift[:-1]) / 100 if isinstance(lift, str) else lift
    assert abs(own.mean() - base.mean() - wanted) < 4 * error
    truth = made.generator.truth
    if "rates" in truth:
        assert abs(truth["rates"]["control"] - base.mean()) < 4 * base.std() / len(base) ** 0.5
    assert next(iter(truth["lift"]["treatment"])) in ("absolute", "relative")


def test_a_covariate_takes_variance_away() -> None:
    """CUPED: the pre-period value explains as much of the outcome as was asked for, and nothing of the assignment."""
    metric = {"lognormal": {"median": 20, "sigma": 0.6}}
    y = {"outcome": metric, "lift": "5%", "covariate": {"column": "before", "correlation": 0.8}}
    data = frame(y=y, before=ARMS["before"]).with_columns(pl.col("y", "before").log())
    control = data.filter(arm="control")
    assert abs(float(np.corrcoef(control["y"], control["before"])[0, 1]) - 0.8) < 0.01
    assert abs(float(np.corrcoef(data["arm"] == "treatment", data["before"])[0, 1])) < 0.01
    plain = column(metric).values(200_000).log()
    assert abs(control["y"].mean() - plain.mean()) < 0.01 and abs(control["y"].std() - plain.std()) < 0.01  # type: ignore[operator]  # numbers


def test_a_rate_can_follow_a_covariate() -> None:
    y = {"outcome": 0.3, "lift": 0.1, "covariate": {"column": "before", "correlation": 0.7}}
    data = frame(y=y, before=ARMS["before"])
    low, high = interval(data)
    assert low < 0.1 < high
    means = data.group_by("y").agg(pl.col("before").log().mean()).sort("y")["before"]
    assert means[1] - means[0] > 0.3


@pytest.mark.parametrize(
    ("snippet", "message"),
    [
        ({"outcome": 0.95, "lift": 0.2}, "treatment would convert at a rate of 1.15"),
        ({"outcome": 1.2}, "a rate lies between 0 and 1"),
        ({"outcome": {"bernoulli": 0.1}}, "a metric is a number or a duration"),
        ({"outcome": 0.1, "lift": "much"}, "'much' is no lift"),
        ({"outcome": 0.1, "lift": {"treatmant": 0.1}}, "there is no arm 'treatmant'"),
        ({"outcome": 0.1, "lift": {"control": 0.1}}, "'control' is the control"),
        ({"outcome": 0.1, "by": "total"}, "the arms of 'total' are not known"),
        ({"outcome": 0.1, "control": "nobody"}, "'arm' has no arm 'nobody'"),
        ({"outcome": 0.1, "segments": {"device": {"moblie": {"lift": 0}}}}, "'device' never holds 'moblie'"),
        ({"outcome": {"poisson": 2}, "segments": {"device": {"mobile": {"baseline": 0.1}}}}, "not a baseline rate"),
        ({"outcome": 0.1, "exposed": "total"}, "not true or false"),
        ({"outcome": 0.1, "covariate": {"column": "arm", "correlation": 0.5}}, "a generator without quantiles"),
        ({"outcome": 0.1, "decay": {"half_life": "7d", "at": "total", "from": "clock"}}, "not a date or datetime"),
        ({"outcome": 0.1, "decay": {"half_life": "soon", "at": "started", "from": "clock"}}, "a half-life is a"),
        ({"arm": {"control": 1}}, "at least two arms"),
        ({"arm": {"a": 1, "b": 1}, "lost": {"c": 0.1}}, "there is no arm 'c'"),
        ({"arm": {"a": 1, "b": 1}, "unit": "total"}, "cannot tell units apart"),
        ({"arm": {"a": 1, "b": 1}, "segments": {"device": {"mobile": {"z": 1}}}}, "names an arm 'z'"),
        ({"exposure": {"nobody": 0.5}}, "'arm' never holds 'nobody'"),
        ({"exposure": {"treatment": 1.5}}, "a share between 0 and 1"),
    ],
)
def test_mistakes_are_told(snippet: Any, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        column(snippet, others=ARMS)


RECIPE = """
synthgen: 1
seed: 3
tables:
  users:
    rows: 5000
    key: user_id
    columns:
      user_id: {id: int}
      device: {choice: {mobile: 0.6, desktop: 0.4}}
      spend_before: {lognormal: {median: 20, sigma: 0.7}, decimals: 2}
      arm: {arm: {control: 0.5, treatment: 0.5}, block: 10}
      exposed: {exposure: {treatment: 0.8}}
      converted: {outcome: 0.10, lift: 0.02, segments: {device: {mobile: {lift: 0.05}}}, exposed: exposed}
      spend:
        outcome: {lognormal: {median: 20, sigma: 0.7}, decimals: 2}
        lift: 5%
        covariate: {column: spend_before, correlation: 0.7}
  visits:
    per: users
    count: {poisson: 2}
    columns:
      user_id: {ref: users}
      seen_at: {datetime: {from: "2026-01-01", to: "2026-02-01"}}
      page_arm: {arm: [old, new], unit: user_id}
      clicked: {outcome: 0.2, lift: 10%, by: page_arm, decay: {half_life: 7d, at: seen_at, from: "2026-01-01"}}
      bought: {outcome: 0.05, lift: 50%, by: users.arm}
"""


def test_an_experiment_through_the_line(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE)
    one = pipeline.run(recipe, out=tmp_path / "one")
    two = pipeline.run(recipe, out=tmp_path / "two", partition_rows=700)
    assert one.verdict.passed and one.target and two.target
    told = json.loads((one.target / "manifest.json").read_text())["tables"]
    truth = {c["name"]: c.get("truth") for t in told.values() for c in t["columns"]}
    assert truth["user_id"] is None and truth["arm"]["block"] == 10
    assert truth["converted"]["overall"]["lift"]["treatment"]["absolute"] == pytest.approx(0.6 * 0.05 + 0.4 * 0.02)
    assert truth["bought"]["lift"]["treatment"] == {"absolute": 0.025, "relative": 0.5}
    for name in told:
        whole = [pl.read_parquet(r.target / f["path"]) for r in (one,) for f in r.tables[name]["files"]]  # type: ignore[operator]  # published
        parts = [pl.read_parquet(r.target / f["path"]) for r in (two,) for f in r.tables[name]["files"]]  # type: ignore[operator]  # published
        assert pl.concat(whole).equals(pl.concat(parts))
    visits = pl.read_parquet(one.target / "visits.parquet")
    assert visits.group_by("user_id").agg(pl.col("page_arm").n_unique())["page_arm"].max() == 1
    assert pipeline.verify(one.target, regenerate=300).verdict.passed
