// Keeps the status page current in an open tab: a script fetches the page again and replaces its body. When the
// balancer does not answer, the page says so and the script tries again; the browser's own way to refresh a page
// would stop for ever at the browser's error page. Until the balancer answers again, the headline says unknown and no
// state below it has the colour of a healthy state. In a browser without scripts, the browser's own refresh is used.
import { createHash } from "node:crypto";

const EVERY_SECONDS = 2;

const SCRIPT = `
let silentSince;
const look = async () => {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    document.body.replaceWith(page.body);
    silentSince = undefined;
  } catch {
    silentSince ??= new Date().toLocaleTimeString();
    document.title = "Tandem: no answer";
    const note = document.getElementById("silent") ?? document.createElement("p");
    note.id = "silent";
    note.className = "down";
    note.setAttribute("role", "status");
    note.textContent = "No answer from this balancer since " + silentSince + ". Everything below is from before; this page asks again every ${EVERY_SECONDS} s.";
    document.body.prepend(note);
    document.body.className = "stale";
    const verdict = document.getElementById("verdict");
    if (verdict !== null) {
      verdict.textContent = "unknown";
      verdict.className = "";
    }
  }
  setTimeout(look, ${EVERY_SECONDS * 1000});
};
setTimeout(look, ${EVERY_SECONDS * 1000});
`;

/** The HTML elements that refresh the page, for the page's `<head>`. */
export const SELF_REFRESH = `<noscript><meta http-equiv="refresh" content="${EVERY_SECONDS}"></noscript><script>${SCRIPT}</script>`;

/**
 * The page's Content-Security-Policy. The page may run this script, use the styles that are written in the page, and
 * send requests to the admin server.
 */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; " +
  `script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
