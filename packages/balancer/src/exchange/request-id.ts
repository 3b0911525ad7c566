// Ids for requests, which the log of every tier repeats. An id is a random prefix per thread and a count. An id is
// unique like a UUID, but it can be guessed, and making it costs a tenth as much. An id has twelve characters,
// because V8 keeps texts of that length in one piece. V8 would keep a longer text as parts, and join the parts again
// wherever the id is written.
import { randomBytes } from "node:crypto";
import type { Fields } from "@tandem/http";

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/**
 * An id is a prefix of seven characters (42 random bits), followed by five digits to the base 36.
 * When all numbers of five digits are used, a new prefix is made.
 */
const PREFIX = 7;
const FIRST = 36 ** 4;
const LAST = 36 ** 5 - 1;

let prefix = "";
let count = LAST;

/**
 * Returns the X-Request-Id that a trusted peer gave the request, or a new id. When the request has
 * two X-Request-Id lines, the last line is the peer's: some proxies, such as HAProxy, add their
 * line after the client's line.
 */
export function requestIdOf(fields: Fields, trusted: boolean): string {
  const given = trusted ? fields.last("x-request-id") : undefined;
  return given !== undefined && WELL_FORMED.test(given) ? given : newId();
}

/** Returns a new id. */
export function newId(): string {
  if (count === LAST) {
    prefix = randomBytes(6).toString("base64url").slice(0, PREFIX);
    count = FIRST - 1;
  }
  count += 1;
  return prefix + count.toString(36);
}
