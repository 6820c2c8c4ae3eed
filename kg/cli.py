"""The command line: each command parses, opens the store, calls one function of the library, prints.

Data goes to standard output, progress and notes to standard error. Heavy modules load only in the command that needs them.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from kg.errors import ExportError, InputError, KgError, QueryError, StoreError

if TYPE_CHECKING:
    from kg.annotate import Annotator
    from kg.describe import Appearance
    from kg.model import Document
    from kg.perspective import Perspective
    from kg.saved import SavedQuery
    from kg.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

_REMOTE_TIMEOUT = 60.0
"""Seconds for a query that asks other servers, which may never answer."""

_STOPPED = "stopped; what was stored is whole"
_GRACE = 1.0
"""Seconds after Ctrl-C until a command is ended that has not heeded it."""

_unfinished_files: set[Path] = set()
"""Files that are being written, and have to go if they are never finished."""

_WIDTH = 160
"""Columns of a table where standard output is no terminal and $COLUMNS is not set."""

_SELECTING = ("source", "voice", "min_certainty", "no_contested")
_CERTAINTIES = ("Certain", "Probable", "Possible", "UnknownCertainty")
_CENTRALITIES = ("claims", "degree", "betweenness", "closeness", "pagerank")


class _Failure(click.ClickException):
    """An error in one line, `kg: where: what is wrong; what to do`, and exit status 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"kg: {self.format_message()}", file=file, err=file is None)


class _Group(click.Group):
    """Turns the errors we know into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KgError as error:
            if ctx.params.get("debug"):
                raise
            raise _Failure(str(error)) from error
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            if ctx.params.get("debug"):
                raise
            reason = (error.strerror or str(error)).lower()
            raise _Failure(f"{error.filename or 'standard output'}: {reason}; free space or choose another place") from error
        except KeyboardInterrupt as error:
            raise _Failure(_STOPPED) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="claimgraph", prog_name="kg")
def cli(debug: bool) -> None:
    """Read news, and ask who said what.

    \b
        kg build news/                                  read a folder of articles
        kg query --name claims -p topic=missile         who claims what, how surely
        kg render --focus Putin --out putin.html        look at it
        kg export --format turtle --out news.ttl        take it to other tools
    """


def _store_option(command: Command) -> Command:
    return click.option(
        "--store",
        "store_path",
        envvar="KG_STORE",
        default="kg.db",
        show_default="$KG_STORE or ./kg.db",
        metavar="DIR",
        help="Folder of the store, or address of a SPARQL endpoint.",
    )(command)


def _remote_option(command: Command) -> Command:
    return click.option(
        "--allow-remote", is_flag=True, help="Let the SPARQL ask other servers (SERVICE) and fetch from the web (LOAD)."
    )(command)


def _language_option(command: Command) -> Command:
    return click.option("--any-language", is_flag=True, help="Read what is not in English too, as if it were.")(command)


def _reading_options(command: Command) -> Command:
    """The options of all commands that run the language pipeline."""
    for option in (
        click.option(
            "--model", metavar="NAME", help="An installed spaCy English pipeline [default: $KG_MODEL or the shipped one]."
        ),
        click.option(
            "--knowledge",
            metavar="DIR",
            help="Folder with gazetteers, lexicons and ontologies (*.ttl) of your own, added to ours.",
        ),
        click.option(
            "--base", metavar="IRI", callback=_check_base, help="What the data's IRIs begin with [default: as the store says]."
        ),
    ):
        command = option(command)
    return command


def _perspective_options(command: Command) -> Command:
    """The options of all commands that can show a part of the claims only."""
    for option in (
        click.option("--source", metavar="WHO", help="The world as this source tells it, and all who speak through it."),
        click.option(
            "--voice",
            type=click.Choice(("document", "reported")),
            help="Keep what documents say in their own voice, or what they report of others.",
        ),
        click.option("--min-certainty", type=click.Choice(_CERTAINTIES), help="Keep claims and events at least so certain."),
        click.option("--no-contested", is_flag=True, help="Leave out claims that others contradict."),
    ):
        command = option(command)
    return command


def _view_options(command: Command) -> Command:
    """The options of all commands that draw or export the network as such."""
    events = click.option(
        "--events",
        type=click.Choice(("nodes", "edges")),
        default="nodes",
        show_default=True,
        help="Draw events as nodes, or as edges from actor to target.",
    )
    return _part_options(events(command))


def _part_options(command: Command) -> Command:
    """The options that select a part of the network."""
    for option in (
        click.option("--focus", metavar="ENTITY", help="Keep what lies near this entity (name or IRI)."),
        click.option("--hops", type=click.IntRange(min=0), default=2, show_default=True, help="How near, in edges."),
        click.option(
            "--type",
            "types",
            multiple=True,
            metavar="CLASS",
            help="Keep what nodes of this class take part in, e.g. Weapon; given again, only what ties such nodes together.",
        ),
        click.option(
            "--compare", nargs=2, metavar="A B", help="What only A says, only B, or both, and where they contradict each other."
        ),
        click.option("--since", metavar="DATE", help="Keep events from this day, month or year on."),
        click.option("--until", metavar="DATE", help="Keep events up to this day, month or year."),
        click.option("--top", type=click.IntRange(min=1), metavar="N", help="Keep the N most important nodes."),
        click.option(
            "--by", type=click.Choice(_CENTRALITIES), help="How importance is measured  [default: claims and neighbours]"
        ),
    ):
        command = option(command)
    return command


@contextmanager
def _opened(path: str, *, write: bool = False) -> Iterator["Store"]:
    from kg.store import open_store

    with open_store(path, read_only=not write) as store:
        yield store


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl-C end what Oxigraph is doing, which heeds no signal: an unfinished change is none."""
    import select
    import signal
    from threading import Thread, current_thread, main_thread

    if current_thread() is not main_thread():
        yield
        return
    hears, tells = os.pipe()
    os.set_blocking(tells, False)

    def watch() -> None:
        while word := os.read(hears, 1):
            if word != bytes([signal.SIGINT]):
                continue
            waiting, _, _ = select.select([hears], [], [], _GRACE)
            if waiting and not os.read(hears, 1):
                break  # it was heeded
            for path in _unfinished_files:
                path.unlink(missing_ok=True)
            _note(f"kg: {_STOPPED}")
            os._exit(1)
        os.close(hears)

    before = signal.set_wakeup_fd(tells, warn_on_full_buffer=False)
    Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(tells)


@contextmanager
def _seen(path: str, options: dict[str, Any]) -> Iterator["Store"]:
    """Open the part of a store that `_perspective_options` select."""
    with _opened(path) as store:
        yield _part(store, options)


def _part(store: "Store", options: dict[str, Any]) -> "Store":
    if not any(options[name] for name in _SELECTING):
        return store
    from kg.perspective import view

    return view(store, _perspective(options))


def _perspective(options: dict[str, Any]) -> "Perspective":
    from kg.perspective import Perspective

    return Perspective(**{name: options[name] for name in _SELECTING})


def _annotator(model: str | None, knowledge: str | None, base: str | None) -> "Annotator":
    from kg.annotate import Annotator
    from kg.vocab import BASE

    return Annotator(model, knowledge, base or BASE)


def _write(content: str | bytes, out: str | None) -> None:
    with _output(out) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def _output(out: str | None) -> Iterator[IO[bytes]]:
    """Give a stream to write to: standard output, a device or pipe (never replaced), or a file, whole or not at all."""
    if out is None or out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                yield stream
            return
        _unfinished_files.add(unfinished)
        try:
            with unfinished.open("wb") as stream:
                yield stream
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
            _unfinished_files.discard(unfinished)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ExportError(f"{out}: cannot be written ({error.strerror or error}); choose another place") from error


def _read_query(name: str) -> str:
    try:
        with click.open_file(name, encoding="utf-8") as stream:
            return str(stream.read())
    except OSError as error:
        raise QueryError(f"{name}: cannot be read ({error.strerror or error}); check the path") from error
    except UnicodeDecodeError as error:
        raise QueryError(f"{name}: not UTF-8 (byte {error.start}); save the query as UTF-8 text") from error


def _check_base(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Let only such IRIs begin others as give valid ones."""
    from pyoxigraph import NamedNode

    if value is None:
        return None
    with suppress(ValueError):
        if urlsplit(value).scheme and value[-1:] in ("/", "#", ":"):
            return NamedNode(value).value
    raise click.BadParameter(f"'{value}' does not begin IRIs; give one that ends in /, such as https://example.org/id/")


def _note(message: str) -> None:
    click.echo(message, err=True)


# -- reading -----------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…")
@click.option("--prune", is_flag=True, help="Remove documents whose files have left the folders among INPUT.")
@_language_option
@_store_option
@_reading_options
def build(
    inputs: tuple[str, ...],
    prune: bool,
    any_language: bool,
    store_path: str,
    model: str | None,
    knowledge: str | None,
    base: str | None,
) -> None:
    """Read INPUT… and store what it says.

    Inputs are files (text, text with front matter, HTML, JSON Lines), folders of these, - for standard input, or URLs. A
    document that is already in the store and has not changed is skipped; one that cannot be read, or is not in English, is
    reported and left out.

    \b
        kg build news/ --store news.db
        kg build https://example.org/story.html
        cat articles.jsonl | kg build -
    """
    from kg.build import build as build_store

    with _progress() as advance:
        report = build_store(
            inputs,
            store_path,
            model=model,
            knowledge=knowledge,
            base=base,
            prune=prune,
            any_language=any_language,
            on_problem=_tell,
            on_document=advance,
        )
    _note(str(report))
    if not (report.stored or report.removed):
        raise StoreError(f"{', '.join(inputs)}: nothing could be read; see the lines above")


def _tell(problem: InputError) -> None:
    _note(f"kg: {problem}")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show a counter on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)

        def advance(document_id: str) -> None:
            progress.update(task, advance=1, description=document_id[-60:])

        yield advance


@cli.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…")
@_language_option
@_reading_options
def annotate(inputs: tuple[str, ...], any_language: bool, model: str | None, knowledge: str | None, base: str | None) -> None:
    """Read INPUT… and print what it says as JSON Lines, one object a document; nothing is stored.

    A document that cannot be read, or is not in English, is reported and left out.

    \b
        kg annotate story.txt | head -c 400
        kg annotate articles.jsonl > annotated.jsonl
    """
    import json

    from kg.annotate import annotate as annotate_documents
    from kg.language import english
    from kg.read import read

    problems: list[InputError] = []

    def tell(problem: InputError) -> None:
        _tell(problem)
        problems.append(problem)

    printed = 0
    annotator = _annotator(model, knowledge, base)
    with _progress() as advance:
        documents = read(inputs, tell)
        if not any_language:
            documents = english(documents, tell)
        for annotation in annotate_documents(documents, on_problem=tell, annotator=annotator):
            click.echo(json.dumps(annotation.to_json(), ensure_ascii=False))
            printed += 1
            advance(annotation.document.id)
    if not printed:
        raise InputError(f"{', '.join(inputs)}: nothing could be read; see the lines above")


@cli.command()
@click.argument("text")
@_reading_options
def explain(text: str, model: str | None, knowledge: str | None, base: str | None) -> None:
    """Show how TEXT is read, and why: the parse, and the rule or lexicon row behind each finding.

    TEXT is a sentence or a few, or - for standard input.

    \b
        kg explain 'Iran denied that four missiles crashed in its territory.'
        kg explain - < note.txt
    """
    from kg.model import Document

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not text.strip():
        raise InputError("TEXT: empty; give a sentence")
    for line in _annotator(model, knowledge, base).explain(Document("text", text)):
        click.echo(line)


@cli.command("eval")
@click.argument("docs", metavar="DOCS")
@click.argument("gold", metavar="GOLD")
@click.option("--pred", metavar="FILE", help="Measure these annotations (JSON Lines) instead of reading DOCS.")
@click.option("--names", is_flag=True, help="Mentions: compare names only, no pronouns and common nouns.")
@click.option("--trim", is_flag=True, help="Mentions: compare without leading articles and trailing possessives.")
@click.option("--strict", is_flag=True, help="Mentions: those the gold marks as optional are wrong, not left out.")
@click.option("--types", metavar="T,T…", help="Mentions: only of these types.")
@click.option("--map", "mapping", metavar="MAPPING.json", help="Relations: an object from predicates to the gold's types.")
@click.option("--by-entity", is_flag=True, help="Relations: any mention of the same entity may stand for an end.")
@click.option("--nested", is_flag=True, help="Claims: those inside a gold claim's content are wrong, not left out.")
@click.option("--own-voice", is_flag=True, help="Claims: keep the document's own voice even if GOLD has none.")
@click.option("--report", "report_file", metavar="OUT.md", help="Write the figures and every error, in context, as Markdown.")
@click.option("--format", "format_", type=click.Choice(("table", "json")), default="table", show_default=True, help="Output.")
@_reading_options
def evaluate(
    docs: str,
    gold: str,
    pred: str | None,
    names: bool,
    trim: bool,
    strict: bool,
    types: str | None,
    mapping: str | None,
    by_entity: bool,
    nested: bool,
    own_voice: bool,
    report_file: str | None,
    format_: str,
    model: str | None,
    knowledge: str | None,
    base: str | None,
) -> None:
    """Measure kg, or any tool's annotations, on texts of your own.

    DOCS are JSON Lines with "id" and "text", GOLD is in the form that 'kg annotate' prints, a row for each document. What GOLD
    has is measured: mentions, relations, events, claims. Claims without source and cue, the document's own voice, are left out
    unless GOLD has such claims. Polarity may read Positive or affirmed, certainty Certain or certain, and so on.

    \b
        kg eval docs.jsonl gold.jsonl --names --trim --report errors.md
        kg eval docs.jsonl gold.jsonl --pred other-tool.jsonl --format json
        kg eval docs.jsonl gold.jsonl --map relations.json
    """
    from kg.evaluation import Options, Rows, load_mapping, load_rows
    from kg.evaluation import evaluate as measure
    from kg.scorecard import report, table

    options = Options(
        names=names,
        trim=trim,
        strict=strict,
        types=frozenset(types.split(",")) if types else None,
        mapping=load_mapping(mapping) if mapping else {},
        by_entity=by_entity,
        nested=nested,
        own_voice=own_voice,
    )
    documents = _documents(docs)
    expected = load_rows(gold)
    if pred:
        predicted = load_rows(pred)
    else:
        from kg.annotate import annotate as annotate_documents

        rows = {}
        annotator = _annotator(model, knowledge, base)
        with _progress() as advance:
            for annotation in annotate_documents(documents.values(), on_problem=_tell, annotator=annotator):
                rows[annotation.document.id] = annotation.to_json()
                advance(annotation.document.id)
        predicted = Rows("kg's own annotation", rows)
    texts = {name: document.text for name, document in documents.items()}
    result = measure(texts, expected, predicted, options)
    if result.unpredicted:
        _note(f"{predicted.where}: nothing for {result.unpredicted} of {result.documents} documents; counted as empty")
    if report_file:
        _write(report(result, texts, f"{pred or 'kg'} measured against {gold}"), report_file)
        _note(f"wrote {report_file}")
    if format_ == "json":
        _print_json(result.to_json())
    else:
        click.echo(table(result), nl=False)


def _documents(path: str) -> dict[str, "Document"]:
    """Read the documents to measure on, all of them or none: figures on a part would mislead."""
    from kg.read import InputNotice, read

    def refuse(problem: InputError) -> None:
        if not isinstance(problem, InputNotice):
            raise problem
        _tell(problem)

    return {document.id: document for document in read([path], refuse)}


@cli.command()
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT…")
@_store_option
def remove(documents: tuple[str, ...], store_path: str) -> None:
    """Take documents out of the store, with all that only they said.

    DOCUMENT is an id, path, URL, IRI or title.

    \b
        kg remove news/retracted.txt
    """
    from kg.derive import derive

    with _opened(store_path, write=True) as store:
        found = [store.find_document(name) for name in documents]
        store.mark_outdated()
        for document in found:
            store.remove(document.iri)
            _note(f"removed {document.id}")
        derive(store)


# -- asking ------------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("sparql", required=False)
@click.option(
    "--file",
    "query_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Read the query from a file (- for standard input).",
)
@click.option("--name", metavar="SAVED", help="Ask a saved query; see --list.")
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Bind a variable (repeatable).")
@click.option(
    "--format",
    "format_",
    metavar="FORMAT",
    help="table, csv, tsv, json, xml, parquet; for graphs turtle, ntriples, rdfxml, jsonld, trig, nquads.",
)
@click.option("--out", metavar="F", help="File to write [default: standard output].")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="End the query if it takes longer."
)
@click.option("--explain", "is_explained", is_flag=True, help="Show the plan of the query instead, with what each step took.")
@click.option("--list", "list_saved", is_flag=True, help="List the saved queries.")
@_remote_option
@_perspective_options
@_store_option
def query(
    sparql: str | None,
    query_file: str | None,
    name: str | None,
    parameters: tuple[str, ...],
    format_: str | None,
    out: str | None,
    timeout: float | None,
    is_explained: bool,
    list_saved: bool,
    allow_remote: bool,
    store_path: str,
    **selecting: Any,
) -> None:
    """Ask a SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Prefixes (kg:, rdfs:, prov:, oa:, state:, person:, agency:, …) are declared; the query runs over the union of all graphs.
    Up to 100,000 rows come sorted, unless the query says how; more come as they are found.

    A parameter is bound as a term. A saved query knows the type of each; else write it, as in -p who:entity=Putin, or it is
    told by its looks and place: entity, topic, text, number, date, iri.

    With --source and the like, the query sees only the claims they select, and what these are about.

    SERVICE asks another server only with --allow-remote; the query then ends after 60 seconds, or --timeout.

    \b
        kg query 'SELECT ?p ?office WHERE { ?p kg:position ?office }'
        kg query --name claims -p topic=missile --source CNN
        kg query --list
    """
    from kg.query import run_query, unknown_terms, write_query

    if list_saved:
        _list_saved()
        return
    given = [value for value in (sparql, query_file, name) if value]
    if len(given) != 1:
        raise click.UsageError("give one query: SPARQL text, --file F or --name SAVED (kg query --list shows the saved ones)")
    bindings = _bindings(parameters)
    label = "query"
    if query_file:
        sparql, label = _read_query(query_file), query_file
    asked: str | SavedQuery = sparql or ""
    if name:
        from kg.saved import saved_query

        asked = saved_query(name)
    width = _columns() if format_ in (None, "table") else None
    limit = timeout or (_REMOTE_TIMEOUT if allow_remote else None)
    with _stoppable(), _opened(store_path) as whole:
        for hint in unknown_terms(whole, asked, name=label, allow_remote=allow_remote):
            _note(f"kg: {hint}")
        if is_explained:
            from kg.explain import explain

            seen = _part(whole, selecting)
            plan = explain(seen, asked, bindings, name=label, timeout=limit, allow_remote=allow_remote)
            click.echo(plan, nl=False)
        elif format_ == "parquet":
            from kg.results import Solutions
            from kg.workers import run_query_within

            if limit:
                result = run_query_within(
                    limit,
                    store_path,
                    name or sparql or "",
                    bindings,
                    saved=bool(name),
                    perspective=_perspective(selecting),
                    allow_remote=allow_remote,
                )
            else:
                result = run_query(_part(whole, selecting), asked, bindings, name=label)
            if not isinstance(result, Solutions):
                raise QueryError("format 'parquet' holds the rows of a SELECT; choose another format")
            with _output(out) as stream:
                result.to_polars().write_parquet(stream)
        elif limit:
            from kg.workers import Question, Workers

            question = Question(
                sparql or "",
                name,
                label,
                bindings,
                format_,
                width,
                perspective=_perspective(selecting),
                allow_remote=allow_remote,
            )
            with Workers(store_path, timeout=limit, number=1) as workers, _output(out) as stream:
                reply = workers.ask(question)
                if reply.status != 200:
                    raise QueryError(reply.text)
                for piece in reply:
                    stream.write(piece)
        else:
            store = _part(whole, selecting)
            with _output(out) as stream:
                write_query(store, asked, stream, bindings, format=format_, width=width, name=label)


def _bindings(parameters: tuple[str, ...]) -> dict[str, str]:
    bindings = {}
    for parameter in parameters:
        key, sign, value = parameter.partition("=")
        if not sign or not key:
            raise click.UsageError(f"-p {parameter}: write it as name=value")
        bindings[key.lstrip("?$")] = value
    return bindings


@cli.command()
@click.argument("sparql", required=False)
@click.option("--file", "update_file", type=click.Path(dir_okay=False), metavar="F", help="Read the update from a file.")
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Bind a variable (repeatable).")
@click.option("--graph", metavar="IRI", help="The graph that is meant where the update names none.")
@_remote_option
@_store_option
def update(
    sparql: str | None,
    update_file: str | None,
    parameters: tuple[str, ...],
    graph: str | None,
    allow_remote: bool,
    store_path: str,
) -> None:
    """Change the store by SPARQL 1.1 Update, all of it or nothing.

    What you add or delete lies in a graph: say GRAPH <…> { … } or WITH <…>, or give --graph. Sources are compared anew as far
    as the change concerns them. A document that is read again is put back as it is read.

    LOAD <…> INTO GRAPH <…> takes RDF from the web, http and https only, and SERVICE asks another server; both only with
    --allow-remote.

    \b
        kg update 'INSERT DATA { GRAPH <graph/mine> { person:vladimir-putin skos:altLabel "VVP" } }'
        kg update --file changes.ru --store news.db
    """
    from kg.derive import derive
    from kg.query import read_iri, run_update

    if bool(sparql) == bool(update_file):
        raise click.UsageError("give one update: SPARQL text, or --file F")
    text = _read_query(update_file) if update_file else sparql or ""
    with _stoppable(), _opened(store_path, write=True) as store:
        before = len(store)
        named = read_iri(graph, store.base) if graph else None
        if graph and named is None:
            raise click.UsageError(f"--graph {graph}: is no IRI; write it like graph/mine or https://…")
        default_graph = named.value if named else None
        run_update(
            store,
            text,
            _bindings(parameters),
            name=update_file or "update",
            default_graph=default_graph,
            allow_remote=allow_remote,
        )
        if store.is_outdated:
            derive(store)
        _note(f"{before:,} statements before, {len(store):,} after")


def _list_saved() -> None:
    from kg.saved import saved_queries

    for saved in saved_queries().values():
        asks = " ".join(f"-p {p.name}={p.default if p.default is not None else '…'}" for p in saved.parameters)
        click.echo(f"{saved.name:20} {saved.title}" + (f"\n{'':20} {asks}" if asks else ""))


@cli.command()
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="End a query that takes longer.",
)
@_remote_option
@_store_option
def shell(timeout: float, allow_remote: bool, store_path: str) -> None:
    """Ask one query after the other, with history and completion (Tab) of prefixes, terms and names.

    \b
        kg shell --store news.db
    """  # fmt: skip
    from kg.shell import shell as run_shell

    _note("SPARQL, or .help; Ctrl-D ends it")
    run_shell(store_path, timeout=timeout, width=_columns(), allow_remote=allow_remote)


@cli.command()
@_perspective_options
@_store_option
def stats(store_path: str, **selecting: Any) -> None:
    """Count what is in the store, or in the part of it that --source and the like select.

    \b
        kg stats --store news.db
        kg stats --voice document
    """
    from kg.describe import count

    with _seen(store_path, selecting) as store:
        for label, number in count(store):
            click.echo(f"{label:36} {number:>10,}")


@cli.command()
@click.argument("entity")
@click.option("--why", is_flag=True, help="Show each mention of it instead, and why it is taken to be of this one.")
@_store_option
def show(entity: str, why: bool, store_path: str) -> None:
    """Show all about one ENTITY: names, classes, ties, and the claims by it and about it.

    With --why, show the words that were taken to mean it, where they stand, and for what reason.

    \b
        kg show Putin
        kg show agency/cnn
        kg show Putin --why
    """
    from kg.describe import appearances, portray

    with _opened(store_path) as store:
        portrait = portray(store, entity)
        mentions = appearances(store, entity) if why else []
    click.echo(f"{portrait.label}  ({', '.join(portrait.classes)})\n{portrait.iri}")
    if why:
        _show_mentions(mentions)
        return
    if portrait.aliases:
        click.echo(f"also called: {', '.join(portrait.aliases)}")
    for link in portrait.links:
        click.echo(f"same as: {link}")
    for name, value in portrait.ties:
        click.echo(f"  {name:24} {value}")
    if portrait.claims:
        click.echo("claims by it and about it:")
    for claim in portrait.claims:
        click.echo(
            f"  {claim.issued[:10]:10}  {claim.source} [{claim.cue}; {claim.polarity}, {claim.certainty}]: {claim.quote}"
        )
        click.echo(f"{'':14}in: {claim.document}")


def _show_mentions(mentions: list["Appearance"]) -> None:
    if not mentions:
        _note("no text in this store mentions it; only the gazetteers and other documents' claims do")
    for number, mention in enumerate(mentions):
        if not number or mention.document != mentions[number - 1].document:
            click.echo(mention.document)
        click.echo(f"  {f'{mention.start}–{mention.end}':13} {mention.text}: {mention.reason}")
        click.echo(f"{'':16}… {mention.before} [{mention.text}] {mention.after} …")


def _format_option(command: Command) -> Command:
    return click.option(
        "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True, help="Output."
    )(command)


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_found(found: Sequence[Any], to_text: Callable[[Sequence[Any], int], str], format_: str, nothing: str) -> None:
    if format_ == "json":
        _print_json([item.to_json() for item in found])
        return
    click.echo(to_text(found, _columns()), nl=False)
    if not found:
        _note(nothing)


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((_WIDTH, 0)).columns


@cli.command()
@_format_option
@_store_option
def contested(format_: str, store_path: str) -> None:
    """List the events on which sources disagree: each side, who says so, in which words.

    A side is told by root sources: all who repeat one report stand below its source, and count once.

    \b
        kg contested --store news.db
        kg contested --format json
    """
    from kg.contested import disputes, to_text

    with _opened(store_path) as store:
        found = disputes(store)
    _print_found(found, to_text, format_, "no claims in this store contradict each other")


@cli.command()
@click.argument("a")
@click.argument("b")
@_format_option
@_store_option
def compare(a: str, b: str, format_: str, store_path: str) -> None:
    """Compare what sources A and B say, with all who speak through them.

    Printed is where they contradict each other, what both say, what only A says and what only B says, with quotes.

    \b
        kg compare CNN "Fars News Agency"
        kg compare Russia Turkey --format json
    """
    from kg.compare import compare as contrast
    from kg.compare import to_text

    with _opened(store_path) as store:
        found = contrast(store, a, b)
    if format_ == "json":
        _print_json(found.to_json())
    else:
        click.echo(to_text(found, _columns()), nl=False)


@cli.command()
@_format_option
@_store_option
def drift(format_: str, store_path: str) -> None:
    """Find where a later document states as plain fact what an earlier one attributed or hedged.

    Told is what was lost: speaker dropped, hedge dropped, certainty raised, number sharpened; with both sentences.

    \b
        kg drift --store news.db
    """
    from kg.drift import drifts, to_text

    with _opened(store_path) as store:
        found = drifts(store)
    nothing = "no later document of this store states more surely what an earlier one attributed or hedged"
    _print_found(found, to_text, format_, nothing)


@cli.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]…")
@_format_option
@_store_option
def verify(inputs: tuple[str, ...], format_: str, store_path: str) -> None:
    """Read every source again and check that each quotation stands where the store says; exit status 1 if one does not.

    Checked are mentions, and content, cue and source of claims. What an edit moved is told with its new place, found by its
    words and by what stood around them; what is gone is told too. Documents are looked for where they were read from; INPUT…
    are further places (files, folders, URLs).

    \b
        kg verify --store news.db
        kg verify news/
    """
    from kg.verify import to_lines
    from kg.verify import verify as check

    with _opened(store_path) as store, _progress() as advance:
        found = check(store, inputs, advance)
    if format_ == "json":
        _print_json(found.to_json())
    else:
        for line in to_lines(found):
            click.echo(line)
    moved = sum(misquote.moved is not None for misquote in found.wrong)
    _note(
        f"checked {found.documents:,} documents, {found.quotations:,} quotations: {moved:,} moved, "
        f"{len(found.wrong) - moved:,} gone; {len(found.unreachable):,} documents could not be read"
    )
    if found.wrong or not found.documents:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("file", required=False, metavar="[FILE]", type=click.Path(dir_okay=False))
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "turtle")),
    default="text",
    show_default=True,
    help="Report: lines, or RDF.",
)
@_store_option
def validate(file: str | None, format_: str, store_path: str) -> None:
    """Check the store, or an RDF FILE, against the ontology's shapes; exit status 1 if something is wrong.

    Each line tells from which document a finding comes, what it is about, what is wrong and what to do. --format turtle gives
    the validation report of the SHACL standard. FILE is Turtle, TriG, N-Quads, N-Triples, RDF/XML or JSON-LD.

    \b
        kg validate --store news.db
        kg validate news.trig
        kg validate --format turtle > report.ttl
    """
    from kg.validate import validate as check
    from kg.validate import validate_file

    if file:
        report = validate_file(file)
    else:
        with _opened(store_path) as store:
            report = check(store)
    click.echo(report.to_turtle() if format_ == "turtle" else report.to_text(), nl=False)
    left_out = "" if report.has_graphs else "; the file has no graphs, so rules on graphs were left out"
    _note(f"checked {report.documents} documents, {report.quads:,} statements: {len(report.findings)} findings{left_out}")
    if not report.conforms:
        raise click.exceptions.Exit(1)


# -- views and exports -------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--out", metavar="F.html", help="File to write [default: standard output].")
@click.option("--title", help="Heading of the page  [default: what is shown].")
@_perspective_options
@_view_options
@_store_option
def render(out: str | None, title: str | None, store_path: str, **view: Any) -> None:
    """Draw the network as one interactive HTML page that works offline.

    \b
        kg render --out graph.html
        kg render --focus "Islamic State" --hops 1 --out is.html
        kg render --source CNN --out cnn.html
        kg render --compare CNN "Russian Defense Ministry" --out sides.html
        kg render --events edges --top 40 --by betweenness --out who.html
    """
    from kg.network import project
    from kg.render import render as render_page

    with _seen(store_path, view) as store:
        network = project(store, **_view(view))
    _write(render_page(network, title=title or _title(view)), out)
    if out:
        _note(f"wrote {out}: {network.number_of_nodes()} nodes, {network.number_of_edges()} edges")


def _title(view: dict[str, Any]) -> str:
    """Name a picture after what is asked for."""
    if view["compare"]:
        return "What {} and {} say".format(*view["compare"])
    if view["source"]:
        return f"As {view['source']} tells it"
    return view["focus"] or ", ".join(view["types"]) or "Who said what"


def _view(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name not in _SELECTING} | {"types": view["types"] or None}


@cli.command()
@click.option("--out", metavar="F.html", help="File to write [default: standard output].")
@click.option("--title", help="Heading of the page  [default: what is shown].")
@click.option("--lanes", type=click.Choice(("actor", "source")), default="actor", show_default=True, help="What makes a lane.")
@_perspective_options
@_part_options
@_store_option
def timeline(out: str | None, title: str | None, lanes: str, store_path: str, **view: Any) -> None:
    """Draw the events by time as one interactive HTML page that works offline.

    \b
        kg timeline --out timeline.html
        kg timeline --lanes source --since 2015-10 --out who-says.html
    """
    from kg.network import project
    from kg.timeline import timeline as timeline_page

    with _seen(store_path, view) as store:
        network = project(store, **_view(view))
    _write(timeline_page(network, title=title or _title(view), by=lanes), out)
    if out:
        _note(f"wrote {out}")


@cli.command("map")
@click.option("--out", metavar="F.html", help="File to write [default: standard output].")
@click.option("--title", help="Heading of the page  [default: what is shown].")
@_perspective_options
@_part_options
@_store_option
def draw_map(out: str | None, title: str | None, store_path: str, **view: Any) -> None:
    """Draw the places, and what happened there, as one interactive HTML page that works offline.

    \b
        kg map --out map.html
        kg map --type Attack --out attacks.html
    """
    from kg.map import draw_map as map_page
    from kg.network import project

    with _seen(store_path, view) as store:
        network = project(store, **_view(view))
    _write(map_page(network, title=title or _title(view)), out)
    if out:
        _note(f"wrote {out}")


@cli.command()
@click.argument("entity")
@click.option("--out", metavar="F.html", help="File to write [default: standard output].")
@click.option("--title", help="Heading of the page  [default: the entity's name].")
@_store_option
def report(entity: str, out: str | None, title: str | None, store_path: str) -> None:
    """Write a report on one ENTITY: facts, network, chronology, claims for and against, sources. It prints well.

    \b
        kg report Kalibr --out kalibr.html
    """
    from kg.report import report as report_page

    with _opened(store_path) as store:
        page = report_page(store, entity, title=title)
    _write(page, out)
    if out:
        _note(f"wrote {out}")


@cli.command()
@click.option(
    "--format",
    "format_",
    metavar="FORMAT",
    help="turtle, trig, nquads, ntriples, jsonld, rdfxml, graphml, gexf [default: as --out ends, else turtle].",
)
@click.option("--out", metavar="F", help="File to write [default: standard output].")
@_perspective_options
@_view_options
@_store_option
def export(format_: str | None, out: str | None, store_path: str, **view: Any) -> None:
    """Write the store in a format of other tools.

    trig, nquads and jsonld keep the graphs; turtle, ntriples and rdfxml hold their union, with the claims of each statement
    by reification. graphml and gexf hold the network, or the part of it that --focus and the like select. --source, --voice,
    --min-certainty and --no-contested select claims for all formats.

    \b
        kg export --out news.ttl
        kg export --format trig --source CNN --out cnn.trig
        kg export --focus Syria --out syria.gexf
    """
    from kg.export import FORMATS, export_file, format_for, write
    from kg.export import export as export_bytes

    named = format_for(out) if out else None
    if out and not (format_ or named) and Path(out).suffix:
        raise click.UsageError(f"{out}: its name tells no format; add --format, one of: {', '.join(FORMATS)}")
    chosen = format_ or named or "turtle"
    with _seen(store_path, view) as store:
        network = None
        if chosen in FORMATS and FORMATS[chosen].is_network:
            from kg.network import project

            network = project(store, **_view(view))
        elif any(value for name, value in _view(view).items() if name not in ("hops", "events")):
            raise click.UsageError(f"--focus, --top and the like select a part of the network; {chosen} holds the dataset")
        if out and out != "-":
            if Path(out).exists() and not Path(out).is_file():
                _write(export_bytes(store, chosen, network=network), out)
            else:
                export_file(store, out, chosen, network=network)
            _note(f"wrote {out}")
        else:
            write(store, sys.stdout.buffer, chosen, network=network)


@cli.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@_store_option
def backup(file: str, store_path: str) -> None:
    """Save the whole store in one FILE: N-Quads, compressed if it ends in .gz.

    A build that runs meanwhile is not disturbed; what is saved is the store as it was when this began.

    \b
        kg backup news.nq.gz --store news.db
    """
    from kg.backup import backup as save

    with _opened(store_path) as store:
        number = save(store, file)
    _note(f"wrote {file}: {number:,} statements")


@cli.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@_store_option
def restore(file: str, store_path: str) -> None:
    """Make a store of a FILE that 'kg backup' wrote, or of other N-Quads.

    The store must not be there yet.

    \b
        kg restore news.nq.gz --store restored.db
    """
    from kg.backup import restore as make

    _note(f"made {store_path}: {make(file, store_path):,} statements")


# -- serving -----------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve at; 0.0.0.0 lets other machines ask.")
@click.option("--port", type=click.IntRange(0, 65535), default=7878, show_default=True, help="Port; 0 takes a free one.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How long a query may take.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="How many queries run at once.")
@click.option(
    "--max-answer", type=click.IntRange(1), default=256, show_default=True, metavar="MB", help="The longest answer to a query."
)
@click.option("--cors", multiple=True, metavar="ORIGIN", help="Let pages from there read answers (repeatable; * for all).")
@click.option("--writable", is_flag=True, help="Let whoever brings $KG_SERVE_TOKEN change the store by SPARQL Update.")
@click.option("--allow-remote", is_flag=True, help="Let whoever brings the token use LOAD and SERVICE; with --writable.")
@click.option("--access-log", metavar="F", help="Write a line for each request to this file (- for standard error).")
@_store_option
def serve(
    host: str,
    port: int,
    timeout: float,
    workers: int,
    max_answer: int,
    cors: tuple[str, ...],
    writable: bool,
    allow_remote: bool,
    access_log: str | None,
    store_path: str,
) -> None:
    """Serve the store: an explorer at /explore, a page to ask from, and a SPARQL 1.1 endpoint at /sparql.

    It only reads, unless --writable is given. Graphs can be had one by one at /graphs?graph=IRI, saved queries at
    /saved/NAME?parameter=value. Ctrl-C ends it. Documents that 'kg build' adds meanwhile are in the next answer.

    \b
        kg serve --store news.db
        curl localhost:7878/sparql --data-urlencode 'query=ASK { ?c kg:contradicts ?d }'
    """
    from kg.serve import TOKEN, Settings, listen
    from kg.serve import serve as serve_store

    token = os.environ.get(TOKEN) if writable else None
    if writable and not token:
        raise click.UsageError(f"--writable needs a word in ${TOKEN} that clients have to bring")
    if allow_remote and not token:
        raise click.UsageError("--allow-remote lets clients with a token reach other servers from here; add --writable")
    with _opened(store_path):
        pass  # a store that is none is told of before the port opens
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    _note(f"serving {store_path} at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C ends it)")
    with click.open_file(access_log, "a", encoding="utf-8") if access_log and access_log != "-" else nullcontext() as opened:
        log = sys.stderr if access_log == "-" else opened
        settings = Settings(
            timeout, workers, max_answer * 1_000_000, cors=cors, token=token, allow_remote=allow_remote, log=log
        )
        serve_store(store_path, listener, settings)


def main() -> None:
    """Run the command line."""
    cli(prog_name="kg")


if __name__ == "__main__":
    main()
