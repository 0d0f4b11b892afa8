// How one message looks.
import { el, icon, iconButton } from "./dom.js";
import { date, moment, t } from "./words.js";

const here = () => document.documentElement.lang;

/** What a visitor wrote. `state`: sending, sent, or unsent (with a button to send it again). */
export function visitorMessage({ text, at, language }, state, { retry, discard } = {}) {
  const body = el(
    "div.body",
    { title: at ? moment(at) : null },
    el("span.unseen", {}, t("you") + t("colon")),
    el("p", { lang: language }, text),
  );
  if (state === "unsent") {
    body.append(
      el(
        "div.unsent",
        {},
        el("strong", {}, `⚠ ${t("not_sent")}`),
        el("button", { onclick: retry }, t("send_again")),
        el("button", { onclick: discard }, t("discard")),
      ),
    );
  }
  return body;
}

/**
 * What the assistant said.
 * @param {object} message as the API gives it
 * @param {object} deeds what its buttons do: `choose(button)`, `rate(message, rating, comment)`, `copy(text)`, `card(cards)`
 */
export function assistantMessage(message, deeds) {
  const body = el(
    "div.body",
    { lang: message.language },
    el("span.unseen", { lang: here() }, t("assistant") + t("colon")),
    el("p", {}, message.text),
  );
  const beside = el("div.beside", { lang: here() });
  if (message.degraded) beside.append(el("p.degraded", {}, `ⓘ ${t("degraded")}`));
  if (message.as_of) beside.append(el("p", {}, t("as_of", { date: date(message.as_of) })));
  if (message.sources?.length) beside.append(sources(message.sources));
  if (message.id) beside.append(tools(message, deeds));
  body.append(beside);
  if (message.buttons?.length)
    body.append(choices(t(message.outcome === "clarify" ? "meant" : "next"), message.buttons, deeds.choose));
  return body;
}

/** Choices as quick replies: `buttons` have a `title`. */
export function choices(label, buttons, choose) {
  return el(
    "div.choices",
    { role: "group", "aria-label": label },
    el("span.label", { "aria-hidden": "true", lang: here() }, label + t("colon").trimEnd()),
    ...buttons.map((button) => el("button.choice", { onclick: () => choose(button) }, button.title)),
  );
}

function sources(all) {
  const line = el("p.sources", {}, t(all.length > 1 ? "sources" : "source") + t("colon"));
  all.forEach((source, index) => {
    const title = source.url
      ? el(
          "a",
          { href: source.url, target: "_blank", rel: "noopener noreferrer nofollow" },
          source.title,
          el("span.unseen", {}, ` (${t("new_window")})`),
        )
      : el("cite", {}, source.title);
    const rest = [source.publisher, source.date ? date(source.date) : (source.note ?? t("undated"))].filter(Boolean);
    line.append(index ? t("semicolon") : "", title, ...rest.map((part) => t("comma") + part));
  });
  return line;
}

function tools(message, deeds) {
  const bar = el("div.tools");
  const said = el("span.said", { role: "status" });
  const remark = el("form.remark", { hidden: true });
  const opinions = ["up", "down"].map((rating) =>
    iconButton(rating, t(rating), () => rate(rating), { "aria-pressed": String(message.rating === rating) }),
  );

  async function rate(rating, comment) {
    try {
      await deeds.rate(message.id, rating, comment);
    } catch {
      said.textContent = t("failed");
      return;
    }
    message.rating = rating;
    opinions.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(["up", "down"][index] === rating));
    });
    said.textContent = t(comment ? "comment_kept" : "rated");
    remark.hidden = Boolean(comment);
    if (comment) opinions[["up", "down"].indexOf(rating)].focus(); // the form had it
    text.placeholder = t(rating === "up" ? "comment_up" : "comment");
    text.setAttribute("aria-label", text.placeholder);
    said.scrollIntoView({ block: "nearest" });
    remark.scrollIntoView({ block: "nearest" });
  }

  const text = el("textarea", { "aria-label": t("comment"), placeholder: t("comment"), maxlength: 2000, rows: 2 });
  remark.append(text, el("button", { onclick: () => remark.requestSubmit() }, t("comment_send")));
  remark.addEventListener("submit", (event) => {
    event.preventDefault();
    if (text.value.trim()) rate(message.rating, text.value.trim());
  });

  bar.append(...opinions);
  bar.append(
    iconButton("copy", t("copy"), async () => {
      said.textContent = t((await deeds.copy(plain(message))) ? "copied" : "copy_failed");
    }),
  );
  for (const fact of message.facts ?? []) {
    bar.append(
      el(
        "a.icon",
        {
          href: `/facts/${encodeURIComponent(fact)}?language=${here()}`,
          target: "_blank",
          "aria-label": `${t("fact_page")} (${t("new_window")})`,
          title: t("fact_page"),
        },
        icon("link"),
      ),
    );
  }
  if (message.facts?.length) {
    // Whether there is a card to show, the server tells in a moment.
    deeds.cards(message.facts).then((cards) => {
      if (cards.length) bar.append(el("button.card", { onclick: () => deeds.card(cards) }, icon("card"), t("card")));
    });
  }
  return el("div", {}, bar, said, remark);
}

/** A message as plain text, for copying and saving. */
export function plain(message) {
  const lines = [message.text];
  if (message.as_of) lines.push(t("as_of", { date: date(message.as_of) }));
  for (const source of message.sources ?? []) {
    const parts = [
      source.title,
      source.publisher,
      source.date ? date(source.date) : (source.note ?? t("undated")),
      source.url,
    ];
    lines.push(t("source") + t("colon") + parts.filter(Boolean).join(t("comma")));
  }
  return lines.join("\n");
}
