// Elements without markup: every text goes in as text, so that nothing anybody wrote can become an element.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 * @param {string} name e.g. "button" or "button.quiet"
 * @param {object} attributes attributes; `on...` are listeners; null and false are left out
 * @param {...(Node|string|null)} children
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  if (tag === "button") made.type = "button";
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SHAPES = {
  up: "M7 11v9H4v-9zm0 0 4-8c1.7 0 2.5 1.2 2.2 3L12.7 9H19c1.2 0 2 1 1.8 2.2l-1.2 7A2 2 0 0 1 17.6 20H7",
  down: "M17 13V4h3v9zm0 0-4 8c-1.7 0-2.5-1.2-2.2-3l.5-3H5c-1.2 0-2-1-1.8-2.2l1.2-7A2 2 0 0 1 6.4 4H17",
  copy: "M9 9h11v12H9zM5 15H4V3h11v1",
  card: "M3 5h18v14H3zM7 10h6M7 14h10",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  menu: "M4 6h16M4 12h16M4 18h16",
  minimise: "M5 19h14",
};

/** An icon; its button has the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: 18,
    height: 18,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    focusable: "false",
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon. */
export const iconButton = (shape, label, onclick, attributes = {}) =>
  el("button.icon", { "aria-label": label, title: label, onclick, ...attributes }, icon(shape));
