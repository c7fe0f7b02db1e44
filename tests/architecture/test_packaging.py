"""Shows that the service finds its files however it was installed."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("moderation", "templates", "pyproject.toml", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
OFFLINE = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation")

# Takes a folder of packages, which stands for site-packages. The checkout that runs
# the tests is itself installed: it must not be what is found.
PROBE = f"""
import site, sys
sys.path.remove({str(ROOT)!r}) if {str(ROOT)!r} in sys.path else None
start = len(sys.path)
site.addsitedir(sys.argv[1])
sys.path[:] = sys.path[start:] + sys.path[:start]
import moderation
from moderation.app import create_app
client = create_app().test_client()
print(moderation.__file__)
print(client.get("/login/setup").status_code)
print(client.get("/static/embed.css").status_code)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run_pip("wheel", *OFFLINE, "--wheel-dir", str(folder), str(checkout))
    return next(folder.glob("*.whl"))


def run_pip(*arguments: str) -> None:
    done = subprocess.run(
        [*PIP, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def stay_in_checkout(checkout: Path, _: Path, site: Path) -> None:
    (site / "checkout.pth").write_text(f"{checkout}\n")


def install_editable(checkout: Path, _: Path, site: Path) -> None:
    prefix = site / "prefix"
    options = ("--ignore-installed", "--prefix", str(prefix))
    run_pip("install", *OFFLINE, *options, "--editable", str(checkout))
    found = next(prefix.rglob("site-packages"))
    (site / "editable.pth").write_text(
        f"import site; site.addsitedir({str(found)!r})\n"
    )


def install_wheel(_: Path, wheel: Path, site: Path) -> None:
    options = ("--no-warn-script-location", "--target", str(site / "packages"))
    # What Python would compile for later is asked but once.
    quick = ("--quiet", "--no-index", "--no-deps", "--no-compile")
    run_pip("install", *quick, *options, str(wheel))
    (site / "packages.pth").write_text(f"{site / 'packages'}\n")


@pytest.mark.parametrize("install", [stay_in_checkout, install_editable, install_wheel])
def test_templates_and_static_files_are_found(
    install: Callable[[Path, Path, Path], None],
    checkout: Path,
    wheel: Path,
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    install(checkout, wheel, site)

    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(site)],
        cwd=tmp_path,
        env={
            **os.environ,
            "MODERATION_DATA_DIR": str(tmp_path / "data"),
            # What is compiled in the checkout is nothing that a wheel has.
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    package, page, style = done.stdout.split()
    home = site if install is install_wheel else checkout
    assert Path(package).is_relative_to(home)
    assert (page, style) == ("200", "200")


def test_a_wheel_has_all_that_the_package_needs_and_nothing_else(
    checkout: Path, wheel: Path
) -> None:
    package = {
        str(path.relative_to(checkout))
        for path in (checkout / "moderation").rglob("*")
        if path.is_file()
    }
    templates = {
        str("moderation" / path.relative_to(checkout))
        for path in (checkout / "templates").rglob("*")
        if path.is_file()
    }

    names = set(zipfile.ZipFile(wheel).namelist())

    described = {name for name in names if ".dist-info/" in name}
    assert names - described == package | templates
    assert (
        "moderation/storage/migrations/versions/0001_make_the_first_tables.py" in names
    )
