"""Ways to run `kg` in tests, and what to run it on: short news, a small dataset, a query without end."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse

from kg.cli import cli

ROOT = Path(__file__).parent.parent

SHOIGU = (
    "Russian Defense Minister Sergei Shoigu said on Wednesday that four ships launched 26 cruise missiles at targets in Syria."
)
CNN = "Two U.S. officials told CNN that four missiles crashed in Iran."
DENIAL = "Iran denied that four missiles crashed in Iran."

SAMPLE = list(parse(path=str(ROOT / "tests" / "cases" / "sample.trig"), format=RdfFormat.TRIG))
ENDLESS = "SELECT (COUNT(*) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o FILTER (STR(?a) < STR(?o)) }"


def run(*arguments, **options):
    """Run `kg` in this process."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="kg", **options)


def ok(*arguments, **options):
    """Run `kg`, which has to succeed, and give its standard output."""
    result = run(*arguments, **options)
    assert result.exit_code == 0, result.output
    return result.stdout


def fails(*arguments, **options):
    """Run `kg`, which has to fail with status 1 and no traceback, and give the lines of its standard error."""
    result = run(*arguments, **options)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    return result.stderr.splitlines()


def misused(*arguments):
    """Run `kg`, which has to refuse its arguments with status 2, and give the last line of its standard error."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: kg")
    return result.stderr.splitlines()[-1].removeprefix("Error: ")


def process(*arguments, **options):
    """Run `kg` as a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    command = [sys.executable, "-m", "kg.cli", *map(str, arguments)]
    settings = {"capture_output": True, "timeout": 120} | options
    return subprocess.run(command, env=environment, check=False, **settings)


def nquads(store):
    """Give the whole dataset as sorted N-Quads."""
    return ok("export", "--format", "nquads", "--store", store)
