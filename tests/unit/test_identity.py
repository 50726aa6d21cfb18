"""What a kiosk is enrolled as, kept on disk."""

import stat
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from os import umask
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kiosk.errors import ConfigError
from kiosk.identity import Identity, public_key_text
from kiosk.protocol import Enrolled

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ENROLLED = Enrolled(kiosk_id=UUID("0190a1b2-0000-7000-8000-000000000001"), name="Lobi 1", digit=1, office="payakumbuh")


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def folder(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    Identity.create(tmp_path / "data", ENROLLED, key)
    return tmp_path / "data"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = umask(0)
    yield
    umask(before)


def problem(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        Identity.load(folder)
    (sentence,) = caught.value.problems
    return sentence


def test_an_identity_survives_a_restart(folder: Path, key: Ed25519PrivateKey) -> None:
    identity = Identity.load(folder)
    told = (ENROLLED.kiosk_id, ENROLLED.name, ENROLLED.digit, ENROLLED.office)
    assert (identity.kiosk_id, identity.name, identity.digit, identity.office) == told
    assert public_key_text(identity.key) == public_key_text(key)


def test_the_files_are_the_owners_alone_whatever_the_umask(open_umask: None, folder: Path) -> None:
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_but_the_two_files_is_left(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {"kiosk.key", "identity.json"}


def test_a_half_written_key_of_a_power_cut_is_in_nobodys_way(folder: Path, key: Ed25519PrivateKey) -> None:
    half = folder / "kiosk.key.new"
    half.write_text("-----BEGIN PRI")
    half.chmod(0o644)
    Identity.create(folder, ENROLLED, key)
    assert Identity.load(folder).name == "Lobi 1"
    assert stat.S_IMODE((folder / "kiosk.key").stat().st_mode) == 0o600


def test_enrolling_again_takes_the_place_of_the_earlier_identity(folder: Path) -> None:
    Identity.create(folder, ENROLLED.model_copy(update={"name": "Lobi 2"}), Ed25519PrivateKey.generate())
    assert Identity.load(folder).name == "Lobi 2"


def test_a_kiosk_without_identity_names_the_command_that_gives_one(tmp_path: Path) -> None:
    assert "kiosk-provision enrol" in problem(tmp_path)


@pytest.mark.parametrize("name", ["kiosk.key", "identity.json"])
def test_a_missing_file_is_a_problem(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in problem(folder)
    assert "kiosk-provision enrol" in problem(folder)


@pytest.mark.parametrize("name", ["kiosk.key", "identity.json"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"{}", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_broken_file_is_a_problem_that_does_not_show_its_content(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert problem(folder) == f"{folder / name} is broken; enrol this kiosk with kiosk-provision enrol"


def test_a_key_that_others_can_read_is_not_used(folder: Path) -> None:
    (folder / "kiosk.key").chmod(0o640)
    assert "can be read by others" in problem(folder)


def test_a_key_of_another_kind_is_a_problem(folder: Path) -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "kiosk.key").write_bytes(pem)
    assert "another kind" in problem(folder)


def test_a_power_cut_between_the_two_files_is_noticed(folder: Path, tmp_path: Path) -> None:
    Identity.create(tmp_path / "other", ENROLLED, Ed25519PrivateKey.generate())
    (tmp_path / "other" / "kiosk.key").replace(folder / "kiosk.key")
    assert "do not belong together" in problem(folder)


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be written"):
        Identity.create(tmp_path / "data", ENROLLED, key)


def test_a_token_names_the_kiosk_and_lasts_two_minutes(folder: Path, key: Ed25519PrivateKey) -> None:
    token = Identity.load(folder).token(NOW)
    assert jwt.get_unverified_header(token)["alg"] == "EdDSA"
    public = Ed25519PublicKey.from_public_bytes(b64decode(public_key_text(key)))
    claims = jwt.decode(token, public, algorithms=["EdDSA"], options={"verify_exp": False, "verify_iat": False})
    assert claims == {"sub": str(ENROLLED.kiosk_id), "iat": NOW.timestamp(), "exp": NOW.timestamp() + 120}


def test_the_key_is_never_shown(folder: Path) -> None:
    assert "key" not in repr(Identity.load(folder)).replace("kiosk_id", "")
