"""A signed export is the one that was signed, or `verify --key` says what is not; run on real exports, as users do."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from synthgen import pipeline, provenance
from synthgen.cli.main import execute
from synthgen.errors import BlockedError, UsageError
from synthgen.export.layout import MANIFEST, RECIPE, SIGNATURE
from synthgen.export.manifest import canonical, own_digest
from synthgen.signing import generate, read_private, read_public, unseal

RECIPE_TEXT = """\
synthgen: 1
seed: 7
tables:
  customers:
    rows: 40
    key: customer_id
    entities: {person: [first_name, email]}
    columns:
      customer_id: {id: int}
      tier: {choice: [a, b]}
      label: {lookup: tier, file: data/tiers.csv, from: tier, to: label}
  orders:
    per: customers
    count: {poisson: 2}
    key: order_id
    columns:
      order_id: {id: int}
      customer_id: {ref: customers}
      total: {uniform: [1, 90], decimals: 2}
export: {formats: [parquet, csv], to: out}
"""


class Place:
    """A project with a recipe and two pairs of keys; `export` is signed with the first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.export = folder, folder / "export"
        self.recipe = folder / "shop.yaml"
        self.recipe.write_text(RECIPE_TEXT, encoding="utf-8")
        (folder / "data").mkdir()
        (folder / "data" / "tiers.csv").write_text("tier,label\na,basic\nb,vip\n", encoding="utf-8")
        self.key, self.pub, self.keyid = generate(folder / "one")
        self.other, self.other_pub, self.other_id = generate(folder / "two")

    def run(self, target: Path, **more: Any) -> pipeline.RunResult:
        result = pipeline.run(self.recipe, out=target, **more)
        assert result.verdict.passed
        return result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("project"))
    place.run(place.export, sign=place.key, rows={"customers": 30})
    return place


@pytest.fixture
def export(made: Place, tmp_path: Path) -> Path:
    """A copy of the signed export, to attack."""
    return Path(shutil.copytree(made.export, tmp_path / "export"))


def said(export: Path, *keys: Path) -> list[str]:
    """What `verify` finds."""
    return [f.message for f in pipeline.verify(export, keys=keys).verdict.findings]


def names(export: Path) -> list[str]:
    return sorted(p.relative_to(export).as_posix() for p in export.rglob("*") if p.is_file())


def manifest(export: Path) -> dict[str, Any]:
    return dict(json.loads((export / MANIFEST).read_text(encoding="utf-8")))


def rewrite(export: Path, content: dict[str, Any]) -> None:
    """Write another manifest whose own sha256 is right."""
    content["sha256"] = own_digest(content)
    (export / MANIFEST).write_bytes(canonical(content))


def signed(export: Path, pub: Path) -> dict[str, Any]:
    return unseal((export / SIGNATURE).read_bytes(), [read_public(pub)]).statement


def test_what_is_signed_is_every_file_and_how_it_was_made(made: Place) -> None:
    about = signed(made.export, made.pub)
    assert [s["name"] for s in about["subject"]] == [n for n in names(made.export) if n != SIGNATURE]
    build = about["predicate"]["buildDefinition"]
    assert build["externalParameters"] == {
        "recipe": manifest(made.export)["recipe"], "seed": "7", "clock": manifest(made.export)["clock"],
        "rows": {"customers": "30"}, "scale": None,
    }  # fmt: skip
    read = {d["name"]: d["annotations"]["role"] for d in build["resolvedDependencies"] if "digest" in d}
    assert sorted(read.values()) == ["lookup", "recipe"] and read[RECIPE] == "recipe"
    assert {d["uri"].split("@")[0] for d in build["resolvedDependencies"] if "uri" in d} >= {"pkg:pypi/polars"}
    text = json.dumps(about)
    assert str(made.folder) not in text and "basic" not in text


def test_a_signature_is_a_function_of_recipe_seed_and_key(made: Place, tmp_path: Path) -> None:
    made.run(tmp_path / "again", sign=made.key, rows={"customers": 30}, workers=2, partition_rows=None)
    assert (tmp_path / "again" / SIGNATURE).read_bytes() == (made.export / SIGNATURE).read_bytes()
    made.run(tmp_path / "later", rows={"customers": 30})
    assert not (tmp_path / "later" / SIGNATURE).exists()
    provenance.sign(tmp_path / "later", made.key)
    assert (tmp_path / "later" / SIGNATURE).read_bytes() == (made.export / SIGNATURE).read_bytes()


def test_the_right_key_finds_nothing_and_the_chain_reaches_every_file(made: Place) -> None:
    result = pipeline.verify(made.export, keys=[made.pub], regenerate=20)
    assert result.verdict.passed and result.trust.state == "valid" and result.trust.signed_by == (made.keyid,)
    assert 20 < result.regenerated <= 40  # of two tables; a row that is drawn twice is made once
    chain = result.trust.chain
    read = {i["path"] for i in chain["inputs"]} | {chain["recipe"]["path"]}
    assert sorted({f["path"] for f in chain["files"]} | read) == [
        n for n in names(made.export) if n not in (MANIFEST, SIGNATURE)
    ]
    assert chain["plan"]["seed"] == 7 and chain["plan"]["rows"] == {"customers": 30}


def test_without_a_key_a_signature_is_said_to_be_unchecked(
    made: Place, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["verify", str(export)]) == 0
    assert "a signature is there and was not checked: --key" in capsys.readouterr().out
    (export / SIGNATURE).unlink()
    assert pipeline.verify(export).trust.state == "none"
    assert execute(["verify", str(export)]) == 0
    assert "a signature is there" not in capsys.readouterr().out


def test_signature_and_regeneration_are_reported_together(made: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["verify", str(made.export), "--key", str(made.pub), "--regenerate", "9999"]) == 0
    rows = sum(t["rows"] for t in manifest(made.export)["tables"].values())
    out = capsys.readouterr().out
    assert f"signed by {made.keyid[:16]}; {rows} rows regenerated; 0 differences" in out
    recipe = manifest(made.export)["recipe"]["sha256"]
    assert f"shop ({RECIPE})" in out and recipe[:16] in out and "seed 7, customers=30" in out
    assert execute(["verify", str(made.export), "--key", str(made.pub), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["signature"] == {"state": "valid", "signed_by": [made.keyid]}
    assert found["chain"]["recipe"]["sha256"] == recipe


def test_no_signature_and_the_wrong_key(made: Place, export: Path) -> None:
    (wrong,) = said(export, made.other_pub)
    assert wrong == f"{SIGNATURE} is not signed with key {made.other_id[:16]}, but with {made.keyid[:16]}"
    assert said(export, made.other_pub, made.pub) == []
    (export / SIGNATURE).unlink()
    assert said(export, made.pub) == [f"{SIGNATURE} is missing: the export is not signed"]
    provenance.sign(export, made.other)
    assert f"not signed with key {made.keyid[:16]}" in said(export, made.pub)[0]


def test_one_byte_of_any_file(made: Place, export: Path) -> None:
    for name in names(export):
        path = export / name
        original = path.read_bytes()
        for place in (0, len(original) // 2, len(original) - 1):
            changed = bytearray(original)
            changed[place] ^= 1
            path.write_bytes(changed)
            found = said(export, made.pub)
            assert any(name in what for what in found), (name, place, found)
        path.write_bytes(original)
    assert said(export, made.pub) == []


def test_two_files_that_are_swapped(made: Place, export: Path) -> None:
    one, two = export / "orders.csv", export / "customers.csv"
    ours = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(ours)
    found = said(export, made.pub)
    assert any("orders.csv" in what for what in found) and any("customers.csv" in what for what in found)


def test_files_and_manifest_that_agree_with_each_other_but_not_with_the_signature(made: Place, export: Path) -> None:
    """What checksums alone cannot see: whoever changes the data writes new checksums too."""
    path = export / "orders.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    content = manifest(export)
    entry = next(f for f in content["tables"]["orders"]["files"] if f["path"] == "orders.csv")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry |= {"sha256": digest, "bytes": path.stat().st_size}
    rewrite(export, content)
    assert said(export) == []
    assert said(export, made.pub) == [
        "manifest.json is not the one that was signed", "orders.csv is not the one that was signed"
    ]  # fmt: skip


def test_another_recipe_in_the_recipes_place(made: Place, export: Path) -> None:
    path = export / RECIPE
    path.write_text(RECIPE_TEXT.replace("seed: 7", "seed: 8"), encoding="utf-8")
    assert any(RECIPE in what for what in said(export, made.pub))
    content = manifest(export)
    entry = next(i for i in content["inputs"] if i["path"] == RECIPE)
    entry |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
    rewrite(export, content)
    link = f"{RECIPE} is not the recipe that {MANIFEST} says the export is made from"
    assert said(export) == [link]  # the chain is broken, key or no key
    content["recipe"]["sha256"] = entry["sha256"]
    rewrite(export, content)
    assert said(export) == []
    found = said(export, made.pub)
    assert f"{RECIPE} is not the one that was signed" in found and f"{MANIFEST} is not the one that was signed" in found


@pytest.mark.parametrize("key", ["seed", "verdict", "versions", "clock"])
def test_a_manifest_with_another_word_in_it(key: str, made: Place, export: Path) -> None:
    changes: dict[str, Any] = {"seed": 8, "verdict": {"word": "pass"}, "versions": {}, "clock": "2020-01-01T00:00:00Z"}
    rewrite(export, manifest(export) | {key: changes[key]})
    assert said(export) == []
    assert said(export, made.pub) == [f"{MANIFEST} is not the one that was signed"]


def test_the_signature_of_another_export(made: Place, export: Path, tmp_path: Path) -> None:
    made.run(tmp_path / "other", sign=made.key, seed=99)
    shutil.copy(tmp_path / "other" / SIGNATURE, export / SIGNATURE)
    assert said(export) == []
    assert said(export, made.pub) == [f"{SIGNATURE} belongs to another export: recipe 'shop', seed 99"]
    with pytest.raises(BlockedError, match="something else"):
        provenance.sign(export, made.key)
    assert (export / SIGNATURE).read_bytes() == (tmp_path / "other" / SIGNATURE).read_bytes()


def test_a_file_that_was_not_there(made: Place, export: Path) -> None:
    (export / "notes.txt").write_text("x", encoding="utf-8")
    assert said(export, made.pub) == ["notes.txt is not part of the export"]
    content = manifest(export)
    digest = hashlib.sha256(b"x").hexdigest()
    content["inputs"].append({"path": "notes.txt", "role": "lookup", "bytes": 1, "sha256": digest})
    rewrite(export, content)
    assert said(export) == []
    assert "notes.txt is part of the export, and was not signed" in said(export, made.pub)


def test_a_file_that_is_gone_from_folder_and_manifest(made: Place, export: Path) -> None:
    content = manifest(export)
    (export / "orders.csv").unlink()
    content["tables"]["orders"]["files"] = [f for f in content["tables"]["orders"]["files"] if f["format"] != "csv"]
    rewrite(export, content)
    assert said(export) == []
    assert "orders.csv was signed, and is not part of the export" in said(export, made.pub)


def envelope(export: Path) -> dict[str, Any]:
    return dict(json.loads((export / SIGNATURE).read_bytes()))


def test_envelopes_that_were_tampered_with(made: Place, export: Path) -> None:
    path = export / SIGNATURE
    original = path.read_bytes()
    stripped = envelope(export) | {"signatures": []}
    about = json.loads(base64.b64decode(envelope(export)["payload"]))
    about["predicate"]["buildDefinition"]["externalParameters"]["seed"] = "8"
    altered = envelope(export) | {"payload": base64.b64encode(rfc8785.dumps(about)).decode()}
    attacks = {
        "holds no signature": rfc8785.dumps(stripped) + b"\n",
        "holds no right signature": rfc8785.dumps(altered) + b"\n",
        "is damaged": original[: len(original) // 2],
        "key twice": original.replace(b'"payloadType"', b'"payload":"e30=","payloadType"', 1),
        "no JSON object": b"",
    }
    for what, content in attacks.items():
        path.write_bytes(content)
        (found,) = said(export, made.pub)
        assert found.startswith(SIGNATURE) and what in found
    path.write_bytes(original)
    assert said(export, made.pub) == []


def test_a_statement_of_the_key_that_says_something_else(made: Place, export: Path) -> None:
    """Signed by the right key, and yet not what the export says of itself."""
    from synthgen.signing import seal

    about = signed(export, made.pub)
    about["predicate"]["runDetails"]["builder"]["version"]["synthgen"] = "9.9"
    signer = read_private(made.key)
    (export / SIGNATURE).write_bytes(seal(about, signer))
    assert said(export, made.pub) == ["what was signed about how the export was made is not what manifest.json says"]
    about["predicate"]["buildDefinition"]["buildType"] = "urn:synthgen:export:v2"
    (export / SIGNATURE).write_bytes(seal(about, signer))
    assert "in a form that this version does not know" in said(export, made.pub)[0]
    about["subject"].append(about["subject"][0])
    (export / SIGNATURE).write_bytes(seal(about, signer))
    assert "no statement" in said(export, made.pub)[0]


@pytest.mark.parametrize("name", ["orders.csv", MANIFEST, RECIPE, SIGNATURE])
def test_links_in_a_signed_export(name: str, made: Place, export: Path, tmp_path: Path) -> None:
    """The same bytes through a link can be other bytes tomorrow."""
    outside = tmp_path / "outside"
    (export / name).rename(outside)
    (export / name).symlink_to(outside)
    if name == MANIFEST:
        with pytest.raises(UsageError):
            pipeline.verify(export, keys=[made.pub])
        return
    assert any(name in what for what in said(export, made.pub))
    with pytest.raises(BlockedError):
        provenance.sign(export, made.key)
    assert (export / name).is_symlink()


def test_what_is_broken_is_not_signed(made: Place, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (export / SIGNATURE).unlink()
    (export / "orders.csv").write_bytes(b"order_id\n1\n")
    assert execute(["sign", str(export), "--key", str(made.key)]) == 3
    assert "orders.csv" in capsys.readouterr().err and not (export / SIGNATURE).exists()
    assert execute(["sign", str(export / "nowhere"), "--key", str(made.key)]) == 2
    assert execute(["sign", str(made.export), "--key", str(made.pub)]) == 2
    assert "public key, which signs nothing" in capsys.readouterr().err


def test_two_keys_sign_one_export(made: Place, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["sign", str(export), "--key", str(made.other), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["keyid"] == made.other_id and found["signatures"] == sorted([made.keyid, made.other_id])
    for key in (made.pub, made.other_pub):
        assert said(export, key) == []
    assert pipeline.verify(export, keys=[made.pub, made.other_pub]).trust.signed_by == tuple(found["signatures"])
    before = (export / SIGNATURE).read_bytes()
    assert execute(["sign", str(export), "--key", str(made.key)]) == 0
    assert (export / SIGNATURE).read_bytes() == before


def test_a_run_that_replaces_a_signed_export(made: Place, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same export keeps its signatures; another one loses them, and the run says so."""
    provenance.sign(export, made.other)
    before = (export / SIGNATURE).read_bytes()
    result = made.run(export, rows={"customers": 30})
    assert not result.signature_lost and (export / SIGNATURE).read_bytes() == before
    made.run(export, rows={"customers": 30}, sign=made.key)
    assert (export / SIGNATURE).read_bytes() == before
    assert execute(["run", str(made.recipe), "--out", str(export), "--quiet"]) == 0
    assert "was signed" in capsys.readouterr().err and not (export / SIGNATURE).exists()
    made.run(export, sign=made.key)
    result = made.run(export, seed=1, sign=made.other)
    assert not result.signature_lost and result.signed_by == (made.other_id,)
    assert said(export, made.other_pub) == [] and said(export, made.pub) != []


def test_a_run_carries_no_link_on(made: Place, export: Path, tmp_path: Path) -> None:
    (export / SIGNATURE).rename(tmp_path / "outside")
    (export / SIGNATURE).symlink_to(tmp_path / "outside")
    result = made.run(export, rows={"customers": 30})
    assert result.signature_lost and not (export / SIGNATURE).exists()
    made.run(export, rows={"customers": 30}, sign=made.key)
    assert said(export, made.pub) == []


def test_a_run_with_a_bad_key_makes_nothing(made: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["run", str(made.recipe), "--out", str(tmp_path / "x"), "--sign", str(made.pub)]
    assert execute(command) == 2 and not (tmp_path / "x").exists()
    assert "name the file that ends in .key" in capsys.readouterr().err


def test_a_signed_export_scans_clean(made: Place) -> None:
    """The envelope is base64 and hexadecimal digits: nothing in it is anybody's data."""
    assert execute(["scan", str(made.export), "--quiet"]) == 0
