"""axe-core on a page: what a machine can see of WCAG."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from settings import ROOT

SCRIPT = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Lists what axe-core finds on a page as it is shown now, shadow roots included: ``rule: what is wrong: where``.

    The script is evaluated by the browser's own tools, which the page's policy doesn't hold for; a script tag would be refused.
    """
    if not page.evaluate("() => typeof axe === 'object'"):
        page.evaluate(f"() => {{ {_script()} }}")
    found = page.evaluate(
        """(tags) => axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })""", TAGS
    )
    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
