// Builds what every page loads: one style sheet, one script, one sprite of icons.
//
//   npm run build  ->  src/linli/channels/web/static/built/{app.<hash>.css, app.<hash>.js, icons.<hash>.svg, manifest.json}
//
// Names carry a hash of the content, so browsers may keep them for ever. Next to each file stands a .gz and a .br of it,
// for servers that send a ready-made one. The template tags `built` and `icon` read manifest.json.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const web = join(root, "src/linli/channels/web");
const output = join(web, "static/built");
const modules = join(root, "node_modules");
const target = ["chrome87", "safari15", "firefox90"]; // phones of five years ago, and web views that never update

const templates = filesUnder(join(web, "templates"), ".html");
const manifest = {};

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
put("app.css", await styles());
put("app.js", await script());
put("icons.svg", sprite());
writeFileSync(join(output, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
for (const [name, { file, gzip }] of Object.entries(manifest)) console.log(`${name} -> ${file}  ${gzip} bytes compressed`);

// Tabler without the rules that no template uses, then our own style sheets.
async function styles() {
  const [tabler] = await new PurgeCSS().purge({
    css: [join(modules, "@tabler/core/dist/css/tabler.css")],
    content: [...templates, ...filesUnder(join(web, "assets"), ".js")],
    variables: true,
    keyframes: true,
  });
  const own = ["tokens", "frame", "controls", "photos", "parts", "notices", "pages", "office", "print"].map((name) => readFileSync(join(web, `assets/${name}.css`), "utf8"));
  const { code } = await esbuild.transform([tabler.css, ...own].join("\n"), { loader: "css", minify: true, target });
  return code;
}

async function script() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(web, "assets/app.js")],
    bundle: true, minify: true, format: "iife", write: false, target, supported: { destructuring: true }, nodePaths: [modules],
  });
  return outputFiles[0].text;
}

// One <symbol> for each icon of assets/icons.json: {our name: file of @tabler/icons}.
function sprite() {
  const icons = JSON.parse(readFileSync(join(web, "assets/icons.json"), "utf8"));
  const symbols = Object.entries(icons).map(([name, file]) => {
    const svg = readFileSync(join(modules, `@tabler/icons/icons/${file}.svg`), "utf8");
    const shapes = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>|<\/svg>/g, "").replace(/<path stroke="none"[^>]*>/g, "").replace(/\s*\n\s*/g, "");
    const paint = file.startsWith("filled/")
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

function put(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  const zipped = gzipSync(text, { level: 9 });
  writeFileSync(join(output, file), text);
  writeFileSync(join(output, `${file}.gz`), zipped);
  writeFileSync(join(output, `${file}.br`), brotliCompressSync(text));
  manifest[name] = { file, gzip: zipped.length };
}

function filesUnder(folder, ending) {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((name) => name.endsWith(ending));
}
