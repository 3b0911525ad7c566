// Names for requests, repeated by every tier's log. Random per thread, then counted: unique like a UUID
// and no secret, at a tenth of its price.
import { randomBytes } from "node:crypto";
import type { Fields } from "@tandem/http";

const WELL_FORMED = /^[\w.:-]{1,128}$/;
const thread = randomBytes(9).toString("base64url");
let count = 0;

/** The X-Request-Id that a trusted peer gave the request, or a new one. */
export function requestIdOf(fields: Fields, trusted: boolean): string {
  const given = trusted ? fields.get("x-request-id") : undefined;
  if (given !== undefined && WELL_FORMED.test(given)) return given;
  count += 1;
  return `${thread}-${count.toString(36)}`;
}
