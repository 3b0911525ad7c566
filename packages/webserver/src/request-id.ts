// The name under which a request is found in the logs of every tier. Forwarded requests get theirs from
// the forwarding engine; these are the ones answered here.
import { randomUUID } from "node:crypto";
import type { Fields } from "@tandem/http";

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** The id a trusted peer gave the request, or a new one. */
export function requestId(fields: Fields, trusted: boolean): string {
  const given = trusted ? fields.get("x-request-id") : undefined;
  return given !== undefined && WELL_FORMED.test(given) ? given : randomUUID();
}
