// Ids for requests, which the log of every tier repeats. An id is a random prefix per thread and a count. It is
// unique like a UUID but can be guessed, and costs a tenth. It has twelve characters, because the engine keeps texts
// of that length in one piece. It would keep a longer text as parts, and join them again wherever the id is written.
import { randomBytes } from "node:crypto";
import type { Fields } from "@tandem/http";

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** 42 random bits, followed by five digits to the base 36. When all numbers are used, a new prefix is made. */
const PREFIX = 7;
const FIRST = 36 ** 4;
const LAST = 36 ** 5 - 1;

let prefix = "";
let count = LAST;

/**
 * The X-Request-Id that a trusted peer gave the request, or a new one. When there are two lines, the last is the
 * peer's, because some proxies, HAProxy among them, add theirs after the client's.
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
