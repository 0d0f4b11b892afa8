"""``python -m engine ARGUMENTS``: Rasa's own command line, lean (``run``, ``train``, ``test``, ``data validate``, ...)."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from pathlib import Path

import yaml

from engine import without_tensorflow

ROOT = Path(__file__).resolve().parent.parent


def die_with_parent() -> None:
    """Ends this process when standard input closes: the parent, however it ended, leaves no engine behind."""

    def watch() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def main() -> None:
    """Prepares the environment and hands over to Rasa."""
    # Rasa and its model are half a million objects that stay: looked through rarely, they start sooner.
    gc.set_threshold(50_000, 20, 50)
    if os.environ.get("XIADU_DIE_WITH_PARENT"):
        die_with_parent()
    sys.path.insert(0, str(ROOT))
    # Rasa asks its maker's servers on every command otherwise.
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    try:
        without_tensorflow.check_config(ROOT / "config.yml")
    except (without_tensorflow.NeedsTensorFlow, OSError) as problem:
        sys.exit(f"engine: {problem}")
    except yaml.YAMLError as problem:
        sys.exit(f"engine: config.yml is not valid YAML: {' '.join(str(problem).split())}")
    without_tensorflow.install()

    from engine import mends

    mends.apply()
    if "run" in sys.argv[1:2] and os.environ.get("XIADU_TRACKER_DB"):
        mends.prepare_tracker_file(Path(os.environ["XIADU_TRACKER_DB"]))

    import rasa.__main__

    logging.getLogger("rasa.shared.core.slot_mappings").setLevel(logging.ERROR)
    sys.argv[0] = "rasa"
    rasa.__main__.main()


if __name__ == "__main__":
    main()
