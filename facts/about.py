"""Questions about the last answer itself: where it comes from, and whether it still holds."""

from __future__ import annotations

from dataclasses import replace

from facts.dates import spoken_date
from facts.records import FactRecord
from facts.reply import Composer, Reply, ShownSource


def tell_sources(fact: FactRecord, composer: Composer) -> Reply:
    """Says where a fact comes from, and how far that can be trusted."""
    held = [source for key in fact.sources if (source := composer.snapshot.sources.get(key))]
    plain = composer.state(fact)
    if not held:
        return replace(plain, text=composer.say("about.no_source"), facts=(), as_of=None)
    named = composer.say("about.and").join(_named(source, composer) for source in plain.sources)
    best = min(source.reliability for source in held)
    text = composer.join(composer.say("about.source", sources=named), composer.say(f"about.reliability.{best}"))
    return replace(plain, text=text)


def tell_currency(fact: FactRecord, composer: Composer) -> Reply:
    """Says what date a fact is of, and that more isn't known; where its subject's present state is a fact or a gap, says that."""
    status = next((other for other in composer.snapshot.about(fact.subject) if other.aspect == "status"), None)
    plain = composer.state(fact)
    date = spoken_date(fact.as_of, composer.language)
    dated = composer.say("about.as_of", date=date) if date else composer.say("about.no_date")
    if status is None or status.key == fact.key:
        return replace(
            plain, text=composer.join(dated, composer.say("about.not_known_since"), composer.say("where_to_ask"))
        )
    said, _ = composer.text_of(status)
    if status.kind == "gap":
        return replace(plain, text=composer.join(dated, said, composer.say("where_to_ask")))
    stated = composer.state(status)
    return replace(stated, text=composer.join(dated, said))


def _named(source: ShownSource, composer: Composer) -> str:
    when = source.get("note") or spoken_date(source["date"], composer.language) or composer.say("about.undated")
    parts = [composer.say("about.title", title=source["title"]), source["publisher"] or "", when]
    return composer.say("about.comma").join(part for part in parts if part)
