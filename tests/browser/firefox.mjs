// A walk in Firefox: the launcher on another site's page, the chat in its frame, a question and its answer.
// Usage: node firefox.mjs FIREFOX HOST_PAGE SCREENSHOT. Prints the answer; any failure ends it with an error.
import puppeteer from "../../web/node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js";

const [firefox, address, screenshot] = process.argv.slice(2);
const LIMIT = 30_000;

/** Waits for an element within a shadow root. (waitForSelector hears nothing of changes in there.) */
async function within(frame, host, selector) {
  const look = (host, selector) => document.querySelector(host)?.shadowRoot?.querySelector(selector);
  const found = await frame.waitForFunction(look, { polling: 100, timeout: LIMIT }, host, selector);
  return found.asElement();
}

/** Opens the chat and gives its frame. */
async function opened(page) {
  await (await within(page, "xiadu-chat", "button[part=launcher]")).click();
  return (await within(page, "xiadu-chat", "iframe[data-ready]")).contentFrame();
}

const browser = await puppeteer.launch({
  browser: "firefox", // through WebDriver BiDi, which Debian's Firefox speaks by itself
  executablePath: firefox,
  headless: true,
  extraPrefsFirefox: { "intl.accept_languages": "en-GB,en" },
});
try {
  const page = await browser.newPage();
  await page.goto(address);
  const frame = await opened(page);
  const input = await within(frame, "deep-chat", "#text-input[aria-multiline]");
  await input.type("How many students took part in the homestays?");
  await page.keyboard.press("Enter");
  const answer = await within(frame, "deep-chat", ".place[data-key^='m-'] .body");
  console.log(await answer.evaluate((body) => body.textContent));
  if (screenshot) await page.screenshot({ path: screenshot });
  // A second visit: the talk is still there.
  await page.reload();
  await within(await opened(page), "deep-chat", ".place[data-key^='m-'] .body");
  console.log("still there");
} finally {
  await browser.close();
}
