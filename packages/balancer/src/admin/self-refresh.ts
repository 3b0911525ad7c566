// How the status page stays true in an open tab: it asks for itself again and puts the new body in the place of the
// old one. While the balancer is away it says so and goes on asking; a browser's own refresh would end on the
// browser's error page and stay there. Until it answers again the page claims no health: the headline says unknown and
// no state below it is in the colour of health. Without scripts the browser's refresh has to do.
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
    note.textContent = "No answer from this balancer since " + silentSince + ". What stands below was so before; it is asked again every ${EVERY_SECONDS} s.";
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

/** For the page's head. */
export const SELF_REFRESH = `<noscript><meta http-equiv="refresh" content="${EVERY_SECONDS}"></noscript><script>${SCRIPT}</script>`;

/** What the page may do: this script, its own style, and to ask for itself. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; " +
  `script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
