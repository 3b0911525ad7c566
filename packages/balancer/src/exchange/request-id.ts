// Names for requests, repeated by every tier's log. Random per thread, then counted: unique like a UUID
// and no secret, at a tenth of its price. Twelve characters, because the engine keeps shorter texts in
// one piece: a longer one is joined from its parts again wherever it is written.
import { randomBytes } from "node:crypto";
import type { Fields } from "@tandem/http";

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** 42 random bits, then five digits to the base 36; when they are used up, another prefix. */
const PREFIX = 7;
const FIRST = 36 ** 4;
const LAST = 36 ** 5 - 1;

let prefix = "";
let count = LAST;

/**
 * The X-Request-Id that a trusted peer gave the request, or a new one. Of two lines the last is the peer's: some
 * proxies, HAProxy among them, add theirs behind the client's.
 */
export function requestIdOf(fields: Fields, trusted: boolean): string {
  const given = trusted ? fields.last("x-request-id") : undefined;
  if (given !== undefined && WELL_FORMED.test(given)) return given;
  if (count === LAST) {
    prefix = randomBytes(6).toString("base64url").slice(0, PREFIX);
    count = FIRST - 1;
  }
  count += 1;
  return prefix + count.toString(36);
}
