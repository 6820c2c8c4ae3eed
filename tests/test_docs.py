"""The documentation is true: every command has its help and its page, the README's commands print what it shows."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from cli_runs import ROOT

from kg.cli import cli
from kg.saved import saved_queries

_spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "_generate.py")
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text, language):
    """Give the fenced blocks of one language."""
    return [content for found, content in BLOCK.findall(text) if found == language]


def goes_on(command):
    """True if a command is not complete: it ends with a `\\`, or within quotation marks."""
    if command.endswith("\\"):
        return True
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False


def steps(block):
    """Give the (command, expected output) of a console block; a command may take several lines."""
    found = []
    continued = False
    for line in block.splitlines():
        if continued:
            found[-1][0] += "\n" + line.removeprefix("> ")
        elif line.startswith("$ "):
            found.append([line.removeprefix("$ "), []])
        else:
            assert found, f"a console block begins with '$ command', not '{line}'"
            found[-1][1].append(line)
        continued = not found[-1][1] and goes_on(found[-1][0])
    return [(command, expected) for command, expected in found]


def matches(expected, got):
    """True if the lines are the same; a line `…` stands for any number of lines, and spaces at the end do not count."""
    parts = (".*" if line == "…" else re.escape(line.rstrip()) + "\n" for line in expected)
    pattern = "".join("(?:.*\n)*" if part == ".*" else part for part in parts)
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in got)) is not None


@pytest.mark.parametrize(
    ("expected", "got", "is_same"),
    [
        (["a", "b"], ["a ", "b"], True),
        (["a", "b"], ["a"], False),
        (["a", "…", "d"], ["a", "b", "c", "d"], True),
        (["a", "…"], ["a"], True),
        (["…", "b"], ["a"], False),
        (["a.c"], ["abc"], False),
        ([], ["a"], False),
    ],
)
def test_matches(expected, got, is_same):
    assert matches(expected, got) is is_same


def test_steps():
    assert steps("$ kg stats\na\nb\n$ kg query \\\n    'x'\n1\n$ true\n") == [
        ("kg stats", ["a", "b"]),
        ("kg query \\\n    'x'", ["1"]),
        ("true", []),
    ]


@pytest.mark.parametrize("name", cli.commands)
def test_each_command_has_help_with_an_example_and_stands_in_the_docs(name):
    command = cli.commands[name]
    title, _, rest = command.help.partition("\n")
    assert title.endswith((".", ":"))
    examples = [line for line in rest.splitlines() if line.strip().startswith("kg ")]
    assert any(line.split()[1] == name for line in examples), f"kg {name} --help has no example"
    assert all(option.help for option in command.params if option.param_type_name == "option")
    assert f"\n## kg {name}\n" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", cli.commands)
def test_the_options_of_examples_exist(name):
    for line in cli.commands[name].help.splitlines():
        if line.strip().startswith("kg "):
            written = line.split("  #")[0].strip().split(" | ")[0].split(" > ")[0]
            command = cli.commands[shlex.split(written)[1]]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in shlex.split(written) if word.startswith("-") and len(word) > 1} <= known, line


@pytest.mark.parametrize("page", generate.PAGES)
def test_generated_pages_are_fresh(page):
    written = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert written == generate.PAGES[page](), f"docs/{page} is stale; run 'make docs'"


def test_each_saved_query_has_an_example():
    for name, saved in saved_queries().items():
        assert saved.example.startswith(f"kg query --name {name}"), name


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A folder with seeds/ in it, and an environment where `kg` and `python` are those under test."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    programs = tmp_path_factory.mktemp("bin")
    for name, arguments in (("kg", "-m kg.cli "), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {arguments}"$@"\n')
        (programs / name).chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "COLUMNS"))}
    paths = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return folder, environment | paths


@pytest.mark.slow
def test_the_readme_runs_and_prints_what_it_says(workplace):
    """One test, since later blocks use what earlier ones made: `console` and `python` blocks, in order."""
    folder, environment = workplace

    def execute(*command):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "timeout": 300}
        return subprocess.run(command, cwd=folder, env=environment, check=False, **options)

    for language, block in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        if language == "console":
            for command, expected in steps(block):
                done = execute("bash", "-o", "pipefail", "-c", command)
                assert matches(expected, done.stdout.splitlines()), f"$ {command}\n{done.stdout}"
        elif language == "python" and ">>> " in block:
            (folder / "block.txt").write_text(block, encoding="utf-8")
            done = execute("python", "-m", "doctest", "block.txt")
            assert done.returncode == 0, done.stdout
        elif language == "python":
            done = execute("python", "-c", block)
            assert done.returncode == 0, f"{block}\n{done.stdout}"


def test_the_architecture_tells_of_each_module_and_of_no_other():
    told = set(re.findall(r"`(\w+\.py)`", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    assert told == {path.name for path in (ROOT / "kg").rglob("*.py")} - {"__init__.py"}


@pytest.mark.parametrize("path", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
