import hashlib
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "moderation" / "static" / "vendor"
SUMS = [
    line.split() for line in (VENDOR / "SHA256SUMS").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("digest", "name"), SUMS)
def test_what_others_wrote_is_as_they_published_it(digest: str, name: str) -> None:
    content = (VENDOR / name).read_bytes()

    assert hashlib.sha256(content).hexdigest() == digest


def test_every_vendored_script_is_listed_and_has_its_licence() -> None:
    scripts = {path.name for path in VENDOR.glob("*.js")}

    assert scripts == {name for _, name in SUMS}
    for name in scripts:
        assert (VENDOR / f"{name.split('-')[0]}.LICENSE.txt").is_file()
