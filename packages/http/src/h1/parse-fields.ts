// Field lines (RFC 9112 5): name, colon, value, CRLF, and nothing else. Used for heads and trailers.
// Hot: one pass over the text, no strings for known names, no object per field.
import { COLON, CR, HTAB, LF, SP, TEXT, TOKEN } from "../chars.ts";
import type { Fields } from "../message/fields.ts";
import { badByte } from "./bad-byte.ts";
import { malformed, ProtocolFailure, quote, type Sender, tooLarge } from "./errors.ts";
import { candidate, mix } from "./known-names.ts";

/**
 * Reads field lines from `position` to the end of the text, each ended by CRLF, into `fields`.
 * Returns which of the fields with a bit in known-names.ts were among them, or why the text is refused.
 */
export function parseFields(
  text: string,
  position: number,
  fields: Fields,
  most: number,
  sender: Sender,
): number | ProtocolFailure {
  const { names, keys, values } = fields;
  const end = text.length;
  let seen = 0;
  let start = position;
  while (start < end) {
    if (keys.length === most) return tooMany(text, most, sender);
    let i = start;
    let hash = 0;
    let code = text.charCodeAt(i);
    while (TOKEN[code] === 1) {
      hash = mix(hash, code);
      code = text.charCodeAt(++i);
    }
    if (code !== COLON || i === start) return refuseLine(text, start, sender);
    const colon = i++;
    code = text.charCodeAt(i);
    while (code === SP || code === HTAB) code = text.charCodeAt(++i);
    const from = i;
    while (TEXT[code] === 1) code = text.charCodeAt(++i);
    if (code !== CR || text.charCodeAt(i + 1) !== LF) return refuseLine(text, start, sender);
    const next = i + 2;
    while (i > from && isBlank(text.charCodeAt(i - 1))) i--;

    const known = candidate(hash);
    if (known !== undefined && known.name.length === colon - start) {
      if (text.startsWith(known.name, start)) {
        names.push(known.name);
        keys.push(known.key);
        seen |= known.bit;
      } else {
        const name = text.slice(start, colon);
        const key = name.toLowerCase();
        const same = key === known.key;
        names.push(name);
        keys.push(same ? known.key : key);
        if (same) seen |= known.bit;
      }
    } else {
      const name = text.slice(start, colon);
      names.push(name);
      keys.push(name.toLowerCase());
    }
    values.push(text.slice(from, i));
    start = next;
  }
  return seen;
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}

function tooMany(text: string, most: number, sender: Sender): ProtocolFailure {
  const worse = badByte(text, sender);
  if (worse !== undefined) return worse;
  return new ProtocolFailure("too-many-fields", tooLarge(sender), `More than ${most} field lines`);
}

/** Cold: finds out what is wrong with the line that starts at `start`. */
function refuseLine(text: string, start: number, sender: Sender): ProtocolFailure {
  const worse = badByte(text, sender);
  if (worse !== undefined) return worse;
  const status = malformed(sender);
  const line = text.slice(start, text.indexOf("\r\n", start));
  const colon = line.indexOf(":");
  if (isBlank(line.charCodeAt(0))) {
    return new ProtocolFailure(
      "obsolete-line-folding",
      status,
      "A field line begins with white space",
    );
  }
  if (colon < 0) {
    return new ProtocolFailure("field-without-colon", status, "A field line has no colon");
  }
  if (colon === 0)
    return new ProtocolFailure("empty-field-name", status, "A field line has no name");
  const name = line.slice(0, colon);
  if (isBlank(name.charCodeAt(colon - 1))) {
    return new ProtocolFailure(
      "space-before-colon",
      status,
      `White space between the field name ${quote(name.trimEnd())} and its colon`,
    );
  }
  return new ProtocolFailure(
    "bad-field-name",
    status,
    `The field name ${quote(name)} is not a token`,
  );
}
