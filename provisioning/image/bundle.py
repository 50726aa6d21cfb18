"""A root → a bundle that a running kiosk puts into its other slot (RAUC, verity format)."""

from dataclasses import dataclass
from pathlib import Path

from provisioning.image.tools import do

SYSTEM_CONF = Path(__file__).parent / "system" / "etc" / "rauc" / "system.conf"
MANIFEST = """\
[update]
compatible={compatible}
version={version}

[bundle]
format=verity

[image.rootfs]
filename=root.img
"""


@dataclass(frozen=True)
class Signer:
    """Who signs bundles: a key and its certificate, PEM. The certificate is in the image that takes them."""

    key: Path
    certificate: Path


def write_bundle(squashed: Path, version: str, signer: Signer, work: Path, out: Path) -> None:
    """Makes the bundle of a root that was squashed. Raises BuildFailed."""
    content = work / "bundle"
    content.mkdir()
    (content / "root.img").hardlink_to(squashed)
    (content / "manifest.raucm").write_text(MANIFEST.format(compatible=_compatible(), version=version))
    partial = out.with_name(f"{out.name}.part")
    partial.unlink(missing_ok=True)
    # Its content is compressed already.
    plain = "--mksquashfs-args=-noI -noD -noF -noX"
    do(["rauc", "bundle", plain, f"--cert={signer.certificate}", f"--key={signer.key}", content, partial])
    partial.rename(out)


def _compatible() -> str:
    """What the system that takes it calls itself."""
    lines = SYSTEM_CONF.read_text("utf-8").splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith("compatible="))
