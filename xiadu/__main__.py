"""The command line: ``xiadu ask``, ``facts``, ``train``, ``serve``, ``telegram``."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

# Two threads that add up numbers for one question get into the engine's way where there are two processors: with a hundred
# visitors at once fewer are answered in time. It must be said before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

EXAMPLES = """
examples:
  xiadu ask "How many people came to the Xiadu Forum?"
  xiadu ask                              talk, line by line
  xiadu ask --json < questions.txt       a line of JSON for each question
  xiadu facts list --topic homestay
  xiadu facts export facts.xlsx          all facts as a sheet; change it, then:
  xiadu facts import facts.xlsx --dry-run
  xiadu facts check                      all mistakes in the data files, with file and line
  xiadu telegram check                   whether Telegram's token, address and webhook are right
"""


def parser() -> argparse.ArgumentParser:
    """Describes the commands."""
    top = argparse.ArgumentParser(
        prog="xiadu",
        description="An assistant on Xining's international exchanges: every answer is dated and sourced.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    ask = commands.add_parser("ask", help="ask the running assistant, or talk with it")
    ask.add_argument("question", nargs="*", help="without it: a talk, or one question a line from a pipe")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    ask.add_argument("--language", help="language of the reply (en, zh); otherwise that of the question")
    ask.add_argument("--url", help="address of the assistant; otherwise the one started here")

    facts = commands.add_parser("facts", help="see what the assistant knows, and check the data files")
    actions = facts.add_subparsers(dest="action", required=True, metavar="action")
    listing = actions.add_parser("list", help="a line for each fact")
    listing.add_argument("--topic", help="only this topic, e.g. forum")
    show = actions.add_parser("show", help="all of one fact, source or place, with its history")
    show.add_argument("key", help="its key, from 'xiadu facts list'")
    actions.add_parser("check", help="find every mistake in the data files")
    export = actions.add_parser("export", help="write the facts to a file: .xlsx, .csv or .yml")
    export.add_argument("file", type=Path)
    export.add_argument("--topic", help="only this topic, e.g. forum")
    export.add_argument("--template", action="store_true", help="only the headers, to be filled in")
    bring = actions.add_parser("import", help="bring a file's facts in: .xlsx, .csv or .yml")
    bring.add_argument("file", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="only say what it would do")
    bring.add_argument("--all-or-nothing", action="store_true", help="one refused row keeps all others out")
    bring.add_argument("--map", action="append", default=[], metavar="HEADER=COLUMN", help="what a header means")
    bring.add_argument("--all-rows", action="store_true", help="show rows that change nothing, too")

    train = commands.add_parser("train", help="train the language model")
    train.add_argument("--if-changed", action="store_true", help="only if what it learns from has changed")

    serve = commands.add_parser("serve", help="run the assistant (./scripts/serve prepares everything first)")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine only)")
    serve.add_argument("--port", type=int, help="port to listen on (default 8080; 0: any free one)")

    telegram = commands.add_parser("telegram", help="check the way in from Telegram, or run it on another host")
    deeds = telegram.add_subparsers(dest="action", required=True, metavar="action")
    deeds.add_parser("check", help="tell whether token, address and webhook are right")
    run = deeds.add_parser("run", help="run Telegram's connector alone, with the service on another host")
    run.add_argument("--service", required=True, metavar="URL", help="address of the service")
    run.add_argument("--host", help="address to listen on for a webhook (default 127.0.0.1)")
    run.add_argument("--port", type=int, help="port to listen on for a webhook (default 8080)")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code; whatever goes wrong is told in a sentence."""
    options = parser().parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    for ours in ("xiadu", "connectors"):
        logging.getLogger(ours).setLevel(logging.INFO)
    os.umask(0o077)  # what visitors say is nobody else's on this machine
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not have every script that a source is written in
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what was begun is tidied up
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except _told() as problem:
        print(f"xiadu: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        name = f" ({problem.filename})" if problem.filename else ""
        print(f"xiadu: {problem.strerror or problem}{name}.", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    # Imported here: `xiadu ask` needs none of the service.
    if options.command == "ask":
        from xiadu.ask import ask

        return ask(" ".join(options.question) or None, as_json=options.json, language=options.language, url=options.url)

    import settings

    if options.command == "serve":
        from xiadu.serve import serve

        serve(settings.load(host=options.host, port=options.port))
        return 0
    if options.command == "telegram":
        from xiadu import telegram

        if options.action == "check":
            return telegram.check_telegram(settings.load())
        telegram.run_telegram(settings.load(host=options.host, port=options.port), options.service)
        return 0
    if options.command == "train":
        from xiadu.serve import checked_data
        from xiadu.training import train

        checked_data()
        print(train(settings.load(), again=not options.if_changed))
        return 0

    if options.action in ("export", "import"):
        from xiadu import exchange_facts

        if options.action == "export":
            return exchange_facts.export_facts(settings.load(), options.file, options.topic, template=options.template)
        return exchange_facts.import_facts(
            settings.load(),
            options.file,
            options.map,
            dry_run=options.dry_run,
            all_or_nothing=options.all_or_nothing,
            show_unchanged=options.all_rows,
        )

    from xiadu import show_facts

    if options.action == "list":
        return show_facts.list_facts(settings.load(), options.topic)
    if options.action == "show":
        return show_facts.show_fact(settings.load(), options.key)
    return show_facts.check_files()


def _told() -> tuple[type[Exception], ...]:
    """Names the exceptions whose message is a sentence for the user. Only those of modules that are loaded can be raised."""
    names = {
        "settings": ["SettingError"],
        "xiadu.exchange_facts": ["CannotExchange"],
        "xiadu.client": ["NotRunning", "Refused"],
        "xiadu.start": ["CannotStart"],
        "xiadu.show_facts": ["NoDatabase"],
        "xiadu.training": ["TrainingFailed"],
    }
    return tuple(getattr(sys.modules[module], n) for module, ns in names.items() if module in sys.modules for n in ns)


if __name__ == "__main__":
    sys.exit(main())
