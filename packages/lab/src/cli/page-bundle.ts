// Builds the laboratory's page from the sources in src/page: either as HTML with one script, one worker and one style
// sheet, or as a single file that can be hosted anywhere or opened from a disk. Node builds it when the page is
// served or exported.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (name: string) => fileURLToPath(new URL(`../page/${name}`, import.meta.url));

export interface Parts {
  readonly html: string;
  readonly script: string;
  readonly worker: string;
  readonly style: string;
}

/** Browsers of the last two years, which have `popover`, `oklch` and `color-mix`. */
const TARGET = ["chrome120", "firefox125", "safari17"];

export async function bundlePage(): Promise<Parts> {
  const [html, script, worker, style] = await Promise.all([
    readFile(here("index.html"), "utf8"),
    bundled("main.ts"),
    bundled("worker.ts"),
    bundled("page.css"),
  ]);
  return { html, script, worker, style };
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: TARGET,
    legalComments: "eof",
    charset: "utf8",
    logLevel: "silent",
    // The repository's TypeScript settings are for type checking only, so esbuild gets empty
    // settings.
    tsconfigRaw: "{}",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return file.text;
}

/** Returns the HTML of the served page. The page loads its script, worker and style sheet from its own origin. */
export function servedHtml({ html }: Parts): string {
  return filled(html, {
    head: '<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css">',
    body: '<script src="page.js"></script>',
  });
}

/** Returns the page as one file. Its Content-Security-Policy allows only this script and style, by their hashes. */
export function singleFile({ html, script, worker, style }: Parts): string {
  const source = JSON.stringify(worker);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(inScript(script))}'`,
    `style-src '${hashOf(style)}'`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return filled(html, {
    head: `<meta http-equiv="Content-Security-Policy" content="${policy}"><link rel="icon" href="data:,"><style>${style}</style>`,
    body: `<script type="application/json" id="worker-source">${inScript(source)}</script><script>${inScript(script)}</script>`,
  });
}

function filled(html: string, parts: { readonly head: string; readonly body: string }): string {
  // The replacements are functions, because a dollar sign in a replacement text would have a special meaning.
  return html.replace("<!-- head -->", () => parts.head).replace("<!-- body -->", () => parts.body);
}

/**
 * Makes a text safe inside a script element. There the text must not contain `</`, which would end the element. In
 * strings and regular expressions `<\/` means the same as `</`.
 */
function inScript(text: string): string {
  return text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
