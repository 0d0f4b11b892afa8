// The demo page: the settings of its form go to the widget, and into the line to copy.
const form = document.getElementById("settings");
const tag = document.getElementById("tag");
const [script] = tag.value.match(/^<script src="[^"]*"/);

const chosen = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));

/** A text as the value of an attribute. */
const quoted = (text) => `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  // What is no longer chosen is taken back as well.
  window.XiaduChat?.set({ greeting: "", topic: "", ...chosen() });
  window.XiaduChat?.open();
});
form.addEventListener("input", () => {
  const attributes = Object.entries(chosen()).map(([name, value]) => ` data-${name}=${quoted(value)}`);
  tag.value = `${script}${attributes.join("")} async></script>`;
});
