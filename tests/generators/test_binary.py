import pytest

from tests.conformance.doubles import RefusedError, column


def test_lengths() -> None:
    assert set(column({"binary": 5}).values(100).bin.size()) == {5}
    assert set(column({"binary": 0}).values(10).bin.size()) == {0}
    assert set(column({"binary": [2, 9]}).values(1000).bin.size()) == set(range(2, 10))


def test_bytes_are_random() -> None:
    values = column({"binary": 12}).values(2000)
    assert values.n_unique() == 2000
    assert all(len({v[i] for v in values}) > 250 for i in range(12))


@pytest.mark.parametrize("size", [-1, 70_000, [5, 2], [1, 2, 3], "x"])
def test_problems(size: object) -> None:
    with pytest.raises(RefusedError):
        column({"binary": size})
