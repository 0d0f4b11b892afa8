"""The report of an evaluation: text, JSON, and a plot."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.evaluate.judge import VERDICTS, WRONG, Judged

WORST = 20
COLOURS = {"right": "#2e7d32", "asked back": "#90a4ae", "refused though known": "#f9a825", "other": "#bdbdbd"}
RED = "#c62828"
WIDTH, ROW = 760, 22


def kind_of(judged: Judged) -> str:
    """Tells what kind of question it was: a talk, one that must not be answered, small talk, or one that is to be answered."""
    if judged.talk:
        return "talk"
    if "answer" in judged.case.outcomes:
        return "to be answered"
    if {"unknown", "out_of_scope"} & set(judged.case.outcomes):
        return "not to be answered"
    return "small talk"


def summarise(judged: Sequence[Judged]) -> dict[str, Any]:
    """Gives the shares of all verdicts, by language, kind and topic."""
    languages = sorted({one.case.language for one in judged})
    groups: dict[str, Callable[[Judged], str]] = {"by kind": kind_of, "by topic": lambda one: one.case.topic}
    summary: dict[str, Any] = {}
    for language in languages:
        ours = [one for one in judged if one.case.language == language]
        summary[language] = {"all": _shares(ours)} | {
            name: {key: _shares(of) for key, of in _grouped(ours, by)} for name, by in groups.items()
        }
    return summary


def as_text(summary: dict[str, Any], judged: Sequence[Judged], surroundings: dict[str, str]) -> str:
    """Writes the report as Markdown."""
    lines = ["# How well the product answers", "", "Written by `./scripts/evaluate`; see docs/evaluation.md.", ""]
    lines += [f"* {name}: {value}" for name, value in surroundings.items()]
    head = "| | asked | right | wrong claims | refused though known | asked back | other |"
    for language, of in summary.items():
        lines += ["", f"## {language}", "", head, "| --- " * 7 + "|", _row("**all**", of["all"])]
        for name in ("by kind", "by topic"):
            lines += [_row(f"*{name}*", None), *(_row(key, shares) for key, shares in of[name].items())]
    lines += ["", f"## The worst {WORST}", ""]
    bad = sorted((one for one in judged if one.verdict != "right"), key=_badness)[:WORST]
    for one in bad:
        wanted = "/".join(one.case.outcomes) + (f" {', '.join(one.case.facts or one.case.all_facts)}")
        given = f"{one.reply['outcome']} {', '.join(one.reply['facts'])}"
        lines.append(f"* **{one.verdict}**: “{one.case.text}” ({one.talk or one.case.topic})")
        lines.append(f"  wanted {wanted.strip()}; got {given.strip()}: {one.reply['text'].splitlines()[0][:160]}")
    return "\n".join(lines) + "\n"


def as_plot(summary: dict[str, Any]) -> str:
    """Draws the verdicts by topic as an SVG."""
    bars = [
        (f"{language} {key}", shares)
        for language, of in summary.items()
        for key, shares in (("all", of["all"]), *of["by kind"].items(), *of["by topic"].items())
    ]
    height = ROW * (len(bars) + 2)
    left, full = 190, WIDTH - 260
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        "<title>Share of right answers, wrong claims and the rest</title>",
    ]
    for n, (name, shares) in enumerate(bars):
        y = ROW * n + 6
        parts.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{name}</text>')
        x = float(left)
        for verdict in VERDICTS:
            wide = full * shares[verdict]
            colour = COLOURS.get(verdict, RED)
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="16" fill="{colour}"/>')
            x += wide
        parts.append(f'<text x="{left + full + 8}" y="{y + 12}">{shares["right"]:.0%} of {shares["asked"]}</text>')
    names = [("right", COLOURS["right"]), ("wrong claim", RED), ("refused", COLOURS["refused though known"])]
    names += [("asked back", COLOURS["asked back"]), ("other", COLOURS["other"])]
    for n, (name, colour) in enumerate(names):
        parts.append(f'<rect x="{left + 110 * n}" y="{height - 26}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{left + 16 + 110 * n}" y="{height - 15}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def write(folder: Path, judged: Sequence[Judged], surroundings: dict[str, str]) -> dict[str, Any]:
    """Writes all three files and returns the summary."""
    summary = summarise(judged)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.md").write_text(as_text(summary, judged, surroundings), encoding="utf-8")
    (folder / "evaluation.svg").write_text(as_plot(summary), encoding="utf-8")
    content = {"surroundings": surroundings, "summary": summary}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    return summary


def _shares(judged: Sequence[Judged]) -> dict[str, Any]:
    counts = Counter(one.verdict for one in judged)
    shares = {verdict: round(counts[verdict] / len(judged), 4) for verdict in VERDICTS}
    return {"asked": len(judged), "wrong": round(sum(counts[verdict] for verdict in WRONG) / len(judged), 4)} | shares


def _grouped(judged: Iterable[Judged], by: Callable[[Judged], str]) -> list[tuple[str, list[Judged]]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[by(one)].append(one)
    return sorted(groups.items())


def _row(name: str, shares: dict[str, Any] | None) -> str:
    if shares is None:
        return f"| {name} " + "| " * 6 + "|"
    numbers = [shares[part] for part in ("right", "wrong", "refused though known", "asked back", "other")]
    return f"| {name} | {shares['asked']} | " + " | ".join(f"{number:.1%}" for number in numbers) + " |"


def _badness(judged: Judged) -> tuple[int, str]:
    order = ("answered though unknown", "wrong claim", "refused though known", "other", "asked back")
    return order.index(judged.verdict), judged.case.text
