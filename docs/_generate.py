"""Writes docs/cli.md (from `kg --help`) and docs/queries.md (from the heads of the saved queries): python docs/_generate.py."""

from pathlib import Path

import click

from kg.cli import cli
from kg.saved import saved_queries

DOCS = Path(__file__).parent
_WIDTH = 100
_NOTE = "<!-- made by docs/_generate.py; edit {source}, then run it -->"


def cli_page() -> str:
    """Give the manual of the command line, one section a command."""
    parts = ["# The command line", _NOTE.format(source="the help texts in kg/cli.py"), _help(cli, None)]
    with click.Context(cli, info_name="kg") as above:
        parts += [f"## kg {name}\n\n{_help(cli.commands[name], above)}" for name in cli.list_commands(above)]
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, above: click.Context | None) -> str:
    # The width is fixed, so that the page does not depend on the terminal.
    context = click.Context(command, info_name=command.name if above else "kg", parent=above, terminal_width=_WIDTH)
    context.help_option_names = ["-h", "--help"]
    return f"```text\n{command.get_help(context)}\n```"


def queries_page() -> str:
    """Give the list of the saved queries, with what they ask for and an example."""
    parts = [
        "# Saved queries",
        _NOTE.format(source="the heads of ontology/queries/*.rq"),
        "`kg query --name NAME` asks one. How to write your own: [ontology/queries/README.md](../ontology/queries/README.md).",
    ]
    for saved in saved_queries().values():
        rows = "".join(
            f"| `{asked.name}` | {asked.type} | {_need(asked.default, asked.is_optional)} | {asked.text} |\n"
            for asked in saved.parameters
        )
        table = f"| parameter | type | if left out | |\n| --- | --- | --- | --- |\n{rows}" if rows else ""
        example = f"```sh\n{saved.example}\n```" if saved.example else ""
        head = f"## {saved.name}\n\n{saved.title}."
        parts += [part.strip() for part in (head, saved.description, table, example) if part]
    return "\n\n".join(parts) + "\n"


def _need(default: str | None, is_optional: bool) -> str:
    if default is not None:
        return f"`{default}`"
    return "all" if is_optional else "it has to be given"


PAGES = {"cli.md": cli_page, "queries.md": queries_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
