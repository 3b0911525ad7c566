// Field lines (RFC 9112 5): name, colon, value, CRLF, and nothing else. Used for heads and trailers.
// Hot: one pass over the text, no object per field. Measured with HeadReader and the checks of
// parse-request.ts on a browser's request of 10 fields and 541 bytes: 2.0 µs.
import { COLON, CR, isBlank, LF, LOWER, TEXT, TOKEN } from "../chars.ts";
import type { Fields } from "../message/fields.ts";
import { badByte } from "./bad-byte.ts";
import { malformed, ProtocolFailure, quote, type Sender, tooLarge } from "./errors.ts";
import { candidate, mix } from "./known-names.ts";

/**
 * Reads field lines from `position` to `end`, each ended by CRLF, into `fields`, which are of that text.
 * Returns which kinds of known-names.ts were among them, or why the text is refused.
 */
export function parseFields(
  text: string,
  position: number,
  end: number,
  fields: Fields,
  most: number,
  sender: Sender,
): number | ProtocolFailure {
  let seen = 0;
  let start = position;
  // Each read is behind a comparison with `end`: past the end charCodeAt gives NaN, and one such
  // read makes the whole loop work on floats, measured five times slower.
  while (start < end) {
    if (fields.length === most) return tooMany(text.slice(0, end), most, sender);
    let i = start;
    let hash = 0;
    let code = 0;
    for (; i < end; i++) {
      code = text.charCodeAt(i);
      if (TOKEN[code] !== 1) break;
      hash = mix(hash, code);
    }
    if (code !== COLON || i === start) return refuseLine(text.slice(0, end), start, sender);
    const colon = i++;
    while (i < end && isBlank(text.charCodeAt(i))) i++;
    const from = i;
    for (; i < end; i++) {
      code = text.charCodeAt(i);
      if (TEXT[code] !== 1) break;
    }
    if (code !== CR || i + 1 >= end || text.charCodeAt(i + 1) !== LF) {
      return refuseLine(text.slice(0, end), start, sender);
    }
    let to = i;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;

    const known = candidate(hash);
    if (known !== undefined && isName(text, start, colon, known.key)) {
      seen |= known.kind;
      fields.push(known.key, known.kind, start, from, to, i + 2);
    } else fields.push(text.slice(start, colon).toLowerCase(), 0, start, from, to, i + 2);
    start = i + 2;
  }
  return seen;
}

/** Whether [start, end) spells `key`, in whatever case. */
function isName(text: string, start: number, end: number, key: string): boolean {
  if (end - start !== key.length) return false;
  for (let i = start; i < end; i++) {
    if (LOWER[text.charCodeAt(i)] !== key.charCodeAt(i - start)) return false;
  }
  return true;
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
