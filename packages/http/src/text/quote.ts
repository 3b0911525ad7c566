// Makes received text safe, so that the reason of a refusal can quote it.

const QUOTED_LENGTH = 40;

/** Returns received text in a form that is safe in a log line or an answer: quoted, escaped and cut. */
export function quote(text: string): string {
  let quoted = "";
  for (const character of text.slice(0, QUOTED_LENGTH)) {
    const code = character.charCodeAt(0);
    const plain = code >= 0x20 && code < 0x7f && character !== '"' && character !== "\\";
    quoted += plain ? character : `\\x${code.toString(16).padStart(2, "0")}`;
  }
  return text.length > QUOTED_LENGTH ? `"${quoted}…"` : `"${quoted}"`;
}

/** Does the same as `quote` for a host or URI. The part before an @ is left out, because it may contain a password. */
export function quoteAuthority(text: string): string {
  const at = text.lastIndexOf("@");
  return quote(at < 0 ? text : `(credentials)${text.slice(at)}`);
}
