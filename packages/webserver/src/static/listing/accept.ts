// Reads the field Accept (RFC 9110 §12.5.1) as far as a choice between HTML and JSON needs it.
import type { Fields } from "@tandem/http";

/**
 * Whether the client prefers JSON to HTML. It does only when it names `application/json`: browsers and most tools
 * send wildcards, and get HTML.
 */
export function prefersJson(request: Fields): boolean {
  const accept = request.all("accept").join(",").toLowerCase();
  if (!accept.includes("application/json")) return false;
  let [json, html] = [0, 0];
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    if (type === "application/json") json = Math.max(json, quality(parameters));
    else if (type === "text/html") html = Math.max(html, quality(parameters));
  }
  return json > html;
}

/** Returns the weight of a media range: 1 without `q=`, 0 when its number cannot be read. */
function quality(parameters: readonly string[]): number {
  const written = parameters.find((parameter) => parameter.startsWith("q="));
  if (written === undefined) return 1;
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(written) ? Number(written.slice(2)) : 0;
}
