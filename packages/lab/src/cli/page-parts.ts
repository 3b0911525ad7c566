// Makes HTML of the parts of the page: a page that loads the other parts from its own origin, or all of it in one file
// that can be hosted anywhere or opened from a disk.
import { createHash } from "node:crypto";

export interface Parts {
  readonly html: string;
  readonly script: string;
  readonly worker: string;
  readonly style: string;
}

/**
 * Returns the HTML of the served page. The page loads its script, worker and style sheet from its own origin. With `own`
 * it loads the script of the user's files before its own.
 */
export function servedHtml({ html }: Parts, own = false): string {
  return filled(html, {
    head: '<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css">',
    body: `${own ? '<script src="own.js"></script>' : ""}<script src="page.js"></script>`,
  });
}

/** Returns the parts with the script of the user's files before the page's script and the worker's. */
export function withOwn(parts: Parts, own: string): Parts {
  return { ...parts, script: own + parts.script, worker: own + parts.worker };
}

/** Returns the whole page in one file. The page's policy allows exactly these scripts and styles, by their hashes. */
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
