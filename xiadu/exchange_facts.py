"""``xiadu facts export`` and ``import``: facts as XLSX, CSV or YAML files, and back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import yaml
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from facts import store
from facts.database import Database
from facts.files import read_file
from facts.records import FactRecord, Kind
from facts.search import Search
from facts.sheets.columns import columns, languages_of, row_of
from facts.sheets.files import BadFile, read_sheet, write_csv, write_xlsx
from facts.sheets.headers import map_headers
from facts.sheets.plan import ChangedMeanwhile, Planned, apply, plan, plan_records, read_held
from facts.text import detect_language
from facts.texts import load as load_texts
from settings import DATA, LANGUAGES, Settings
from xiadu.serve import checked_data
from xiadu.show_facts import NoDatabase, opened

FIRST = tuple(reversed(LANGUAGES))  # Chinese first: it is what the office writes in
SECTIONS: dict[Kind, str] = {"source": "sources", "place": "places", "fact": "facts"}
SHEETS = (".xlsx", ".csv")
YAML = (".yml", ".yaml")
LONGEST_SHOWN = 60


class CannotExchange(Exception):
    """The message is one sentence for whoever wanted it."""


def export_facts(settings: Settings, file: Path, topic: str | None, *, template: bool = False) -> int:
    """Writes facts to a file; its ending tells the format.

    Args:
        settings: of the installation.
        file: ``.xlsx``, ``.csv`` or ``.yml``.
        topic: only those of one topic.
        template: only the headers.

    Raises:
        CannotExchange: the ending is another one, or no fact has the topic.
        xiadu.show_facts.NoDatabase: there is no database.
    """
    ending = file.suffix.lower()
    if ending not in (*SHEETS, *YAML):
        raise CannotExchange(f"{file.name}: the name must end in .xlsx, .csv or .yml.")
    with opened(settings) as database, database.read() as session:
        if ending in YAML:
            content = _as_yaml(session, topic)
            count = content.count(b"\n- key: ")
        else:
            facts = [] if template else _facts(session, topic)
            languages = languages_of(facts, FIRST)
            names = columns(languages)
            rows = [row_of(fact, languages) for fact in facts]
            table = [names, *([row[name] for name in names] for row in rows)]
            content = write_csv(table) if ending == ".csv" else write_xlsx(table, "facts")
            count = len(facts)
    file.write_bytes(content)
    print(f"{file}: {count} records." if not template else f"{file}: the headers.")
    return 0


def import_facts(
    settings: Settings,
    file: Path,
    mapping: Sequence[str],
    *,
    dry_run: bool,
    all_or_nothing: bool,
    show_unchanged: bool = False,
) -> int:
    """Brings a file's rows in, or says what that would do; gives 1 where a row is refused.

    Args:
        settings: of the installation.
        file: ``.xlsx``, ``.csv`` or ``.yml``.
        mapping: ``header=column``, for headers that aren't known.
        dry_run: whether nothing is to be done.
        all_or_nothing: whether one refused row keeps all others out.
        show_unchanged: whether rows that change nothing are shown, too.

    Raises:
        CannotExchange: the file can't be read.
        xiadu.show_facts.NoDatabase: there is no database.
    """
    day = datetime.now(UTC).date()
    with opened(settings) as database:
        planned = _plan(settings, database, file, mapping, day)
        for row in planned:
            if row.verdict != "unchanged" or show_unchanged:
                _show(row)
        if dry_run:
            done = _count(planned)
        else:
            try:
                with database.write() as session:
                    done = dict(apply(session, planned, day, _who(file), all_or_nothing=all_or_nothing))
            except ChangedMeanwhile as error:
                raise CannotExchange(
                    f"{file.name}: somebody changed {error} meanwhile. Nothing was written; look again with --dry-run."
                ) from None
            except DBAPIError as error:
                raise NoDatabase(f"The facts database can't be written: {error.orig}.") from None
    refused = done.get("refused", 0)
    counts = ", ".join(f"{number} {verdict}" for verdict, number in done.items() if number) or "nothing in it"
    nothing = dry_run or (all_or_nothing and refused)
    print(f"{file.name}: {counts}." + (" Nothing was written." if nothing else ""))
    return 1 if refused else 0


def _plan(settings: Settings, database: Database, file: Path, mapping: Sequence[str], day: date) -> list[Planned]:
    texts, _ = load_texts(DATA / "texts", LANGUAGES)
    ending = file.suffix.lower()
    if ending in YAML:
        found, problems = read_file(file)
        by_line: dict[int, list[str]] = {}
        for problem in problems:
            by_line.setdefault(problem.line, []).append(problem.text)
        refused = [Planned(line, "", "refused", problems=texts) for line, texts in by_line.items()]
        with database.read() as session:
            planned = plan_records(found, session, texts.topics, day)
            return sorted([*planned, *refused], key=lambda row: row.number)
    try:
        table = read_sheet(file.read_bytes(), file.name)
    except BadFile as error:
        raise CannotExchange(f"{file.name}: {error}") from None
    if not table:
        raise CannotExchange(f"{file.name}: it is empty.")
    with database.read() as session:
        held = read_held(session)
    names = columns(languages_of(list(held.facts.values()), FIRST))
    mapped = _mapped(table[0], names, mapping)
    if not any(name and name.startswith(("question.", "key")) for name in mapped):
        known = ", ".join(names)
        raise CannotExchange(
            f"{file.name}: no header means a question or a key. Say which: --map HEADER=COLUMN, with one of {known}."
        )
    for header, name in zip(table[0], mapped, strict=True):
        if name is None and header.strip():
            print(f"The column {header!r} is left out: it is not known.", file=sys.stderr)
    rows = [
        {name: text for name, text in zip(mapped, [*cells, *[""] * len(mapped)], strict=False) if name is not None}
        for cells in table[1:]
    ]
    return plan(rows, held, texts.topics, day, _suggester(settings, database))


def _mapped(headers: Sequence[str], names: Sequence[str], mapping: Sequence[str]) -> list[str | None]:
    mapped = map_headers(headers, names)
    for one in mapping:
        header, equals, name = one.rpartition("=")
        if not equals or header not in headers or name not in names:
            raise CannotExchange(
                f"--map {one}: it must be HEADER=COLUMN, with a header of the sheet and a known column."
            )
        mapped = [None if column == name else column for column in mapped]
        mapped[list(headers).index(header)] = name
    return mapped


def _suggester(settings: Settings, database: Database) -> Callable[[str, str], str | None]:
    """Suggests a topic: that of the fact that is nearest to a question."""
    made: list[Search] = []

    def suggest(question: str, language: str) -> str | None:
        if not made:  # it takes seconds, and most sheets name the topics
            data = checked_data()
            made.append(
                Search(database, data.patterns, data.weights, data.space, data.outside, settings.cache / "vectors.npz")
            )
        spoken = detect_language(question) or language
        nearest = made[0].search(question, spoken if spoken in LANGUAGES else LANGUAGES[0])
        return nearest[0].fact.topic if nearest else None

    return suggest


def _as_yaml(session: Session, topic: str | None) -> bytes:
    content: dict[str, list[object]] = {}
    for kind, section in SECTIONS.items():
        records = _facts(session, topic) if kind == "fact" else store.records(session, kind)
        content[section] = [
            record.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for record in records
        ]
    text = yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


def _facts(session: Session, topic: str | None) -> list[FactRecord]:
    facts = [fact for fact in store.records(session, "fact") if isinstance(fact, FactRecord)]
    chosen = [fact for fact in facts if topic in (None, fact.topic)]
    if topic and not chosen:
        topics = ", ".join(sorted({fact.topic for fact in facts}))
        raise CannotExchange(f"no facts on {topic!r}. The topics are: {topics}.")
    return chosen


def _show(row: Planned) -> None:
    print(f"row {row.number}: {row.verdict} {row.key}".rstrip())
    for name, before, after in row.changes if row.verdict == "changed" else ():
        print(f"  {name}: {_short(before)} -> {_short(after)}")
    for problem in row.problems:
        print(f"  {problem}")


def _short(text: str) -> str:
    line = " / ".join(text.splitlines()) or "(empty)"
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"


def _count(planned: Sequence[Planned]) -> dict[str, int]:
    verdicts = [row.verdict for row in planned]
    return {verdict: verdicts.count(verdict) for verdict in ("new", "changed", "unchanged", "refused")}


def _who(file: Path) -> str:
    try:
        name = getpass.getuser()
    except OSError:
        name = "somebody"
    return f"{name}, import of {file.name}"[:120]
