"""What the figures were taken on, and how large the environments are."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.engine.systems import ENGINE_PYTHON, STOCK, STOCK_PYTHON
from settings import ROOT

VERSIONS = """
import platform, sys
from importlib.metadata import version
print(platform.python_version(), *(f"{name} {version(name)}" for name in sys.argv[1:]), sep=", ")
"""


def describe() -> dict[str, Any]:
    """Returns day, machine and versions; no name or path of this machine."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": _first("/proc/cpuinfo", r"model name\s*: (.*)") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(_first("/proc/meminfo", r"MemTotal:\s+(\d+)") or 0) / 1e6),
        "system": platform.system() + " " + platform.release().partition("-")[0],
        "other_engines": _other_engines(),
        "stock": "Python " + _run(STOCK_PYTHON, VERSIONS, "rasa", "rasa-sdk", "tensorflow"),
        "engine": "Python " + _run(ENGINE_PYTHON, VERSIONS, "rasa", "scikit-learn"),
        "service": "Python " + _run(Path(sys.executable), VERSIONS, "rasa-sdk", "starlette", "uvicorn"),
    }


def sizes() -> dict[str, dict[str, int]]:
    """Returns by system the installed bytes of the engine, and of engine and action server, without bytecode."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    lines = (STOCK / "requirements.in").read_text().splitlines()
    stock = _size(STOCK_PYTHON, [line for line in lines if line and not line.startswith("#")])
    engine = _size(ENGINE_PYTHON, groups["engine"])
    both = engine + _size(Path(sys.executable), groups["service"])
    return {
        "stock": {"size_engine": stock, "size_both": stock},  # one environment: Rasa needs rasa-sdk itself
        "ours": {"size_engine": engine, "size_both": both},
        "product": {"size_engine": engine, "size_both": both},
    }


def _other_engines() -> int:
    """Counts engines that run already: they share files with ours, which makes its memory (PSS) look smaller than it is."""
    found = 0
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += b"\0-m\0engine\0run\0" in file.read_bytes()
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return found


def _size(python: Path, requirements: list[str]) -> int:
    return int(_run(python, Path(__file__).with_name("size.py").read_text(), *requirements))


def _run(python: Path, code: str, *arguments: str) -> str:
    done = subprocess.run([python, "-c", code, *arguments], check=True, capture_output=True, text=True, cwd=ROOT)
    return done.stdout.strip()


def _first(file: str, pattern: str) -> str | None:
    try:
        found = re.search(pattern, Path(file).read_text())
    except OSError:
        return None
    return found[1].strip() if found else None
