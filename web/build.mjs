// Builds what browsers load into dist/: bundles whose names change with their content, compressed, and a list of them.
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = (name) => join(here, "source", name);
const dist = join(here, "dist");
const ENTRIES = ["chat.js", "widget.js", "pages.js", "demo.js", "chat.css", "pages.css"];

const built = await build({
  absWorkingDir: here,
  entryPoints: ENTRIES.map(source),
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome105", "firefox101", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  loader: { ".shadow.css": "text" },
  write: false,
  logLevel: "warning",
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const manifest = {};
for (const { path, contents } of built.outputFiles) {
  const name = basename(path);
  const kind = extname(name);
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  const stored = `${basename(name, kind)}-${hash}${kind}`;
  writeFileSync(join(dist, stored), contents);
  writeFileSync(join(dist, `${stored}.gz`), gzipSync(contents, { level: 9 }));
  writeFileSync(join(dist, `${stored}.br`), brotliCompressSync(contents));
  manifest[name] = stored;
}
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
