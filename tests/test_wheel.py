"""The wheel alone is enough: built, installed where no checkout is in sight, and used in another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from cli_runs import CNN, ROOT

pytestmark = pytest.mark.slow


def execute(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    execute(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """A bare environment: the package from the wheel; of the present environment only what the package depends on."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/*/site-packages")
    installer = ("-m", "pip", "--disable-pip-version-check", "--python", folder / "bin" / "python")
    execute(sys.executable, *installer, "install", "--quiet", "--no-deps", "--no-index", wheel)
    # The dependencies come after the package, and their own .pth files (an editable checkout of kg) are not followed.
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder / "bin"


@pytest.fixture
def run(bare, tmp_path):
    """Run a program of the bare environment in an empty folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KG_", "VIRTUAL_ENV"))}
    return lambda program, *arguments: execute(bare / program, *arguments, cwd=tmp_path, env=environment)


def test_the_wheel_holds_code_and_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "kg/cli.py",
        "kg/templates/graph.html",
        "kg/templates/serve.html",
        "kg/templates/explorer.html",
        "kg/_data/ontology/kg.ttl",
        "kg/_data/ontology/shapes.ttl",
        "kg/_data/ontology/lexicons/cues.tsv",
        "kg/_data/ontology/queries/claims.rq",
        "kg/_data/gazetteers/states.tsv",
    } <= names
    assert {name.split("/")[0] for name in names} == {"kg", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]
    for folder in ("ontology", "seeds/gazetteers"):
        shipped = {file.relative_to(ROOT / folder).as_posix() for file in (ROOT / folder).rglob("*.*") if file.is_file()}
        assert {f"kg/_data/{Path(folder).name}/{name}" for name in shipped} <= names


def test_the_package_of_the_wheel_finds_its_data_in_itself(run):
    asked = "import json, kg, kg.resources as r; print(json.dumps([kg.__file__, *(str(r.data_path(n)) for n in %r)]))"
    package, *folders = json.loads(run("python", "-c", asked % (["ontology", "gazetteers", "templates"],)))
    assert str(ROOT) not in package
    for folder in folders:
        assert Path(folder).is_relative_to(Path(package).parent)
        assert Path(folder).is_dir()


def test_the_wheel_builds_and_answers(run, tmp_path):
    (tmp_path / "a.txt").write_text(CNN)
    assert run("kg", "--version").startswith("kg, version ")
    run("kg", "build", "a.txt")
    answer = run("kg", "query", "--name", "claims", "-p", "topic=missile", "--format", "csv")
    assert "U.S. officials" in answer
    assert run("kg", "validate") == ""
    assert run("kg", "export", "--format", "nquads").count("\n") > 20
    assert run("kg", "render").startswith("<!DOCTYPE html>")
