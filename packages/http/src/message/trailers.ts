// Which fields may follow a body as trailers (RFC 9110 6.5.1). A trailer field about framing, routing, access or the
// meaning of the content is dropped, whatever its value, because it comes too late: the message was routed and its head
// was forwarded before the body.
import { listMembers } from "./connection.ts";
import type { Fields } from "./fields.ts";
import { FORWARDING, LOOKALIKE, REQUEST_ID } from "./known-names.ts";

const FORBIDDEN = new Set(
  `age authorization cache-control connection cookie date expect expires host http2-settings
  keep-alive location max-forwards pragma proxy-authenticate proxy-authorization proxy-connection
  range retry-after set-cookie te trailer transfer-encoding upgrade vary via warning www-authenticate`.split(
    /\s+/,
  ),
);

/**
 * Drops the fields that must not come as trailers. Those that only this proxy may write, such as the fields about the
 * client's certificate, are the same in the head and here, because both go by the kinds of known-names.ts.
 */
export function dropForbiddenTrailers(trailers: Fields): void {
  trailers.removeKinds(FORWARDING | REQUEST_ID | LOOKALIKE);
  trailers.removeWhere(
    (key) =>
      FORBIDDEN.has(key) ||
      key.startsWith("content-") ||
      key.startsWith("if-") ||
      key.startsWith("x-forwarded-"),
  );
}

/**
 * Returns the trailers that the Trailer field in `headFields` announces; undefined when there are none. `received`
 * are the fields of the head as they came: a trailer that their Connection names is hop-by-hop (RFC 9110 §7.6.1), so
 * it is dropped.
 */
export function announcedTrailers(
  trailers: Fields | undefined,
  headFields: Fields,
  received: Fields,
): Fields | undefined {
  if (trailers === undefined) return undefined;
  const announced = listMembers(headFields, "trailer");
  const hopByHop = received.has("connection") ? listMembers(received, "connection") : [];
  trailers.removeWhere((key) => !announced.includes(key) || hopByHop.includes(key));
  return trailers.length === 0 ? undefined : trailers;
}

/**
 * Returns the trailers to pass on: those that `announcedTrailers` returns, or all of them when `marked`. That is when
 * both sides speak HTTP/2, which tells trailers from the head, so that no receiver takes them for a part of the head
 * (RFC 9113 §8.1). gRPC announces none.
 */
export function passedTrailers(
  trailers: Fields | undefined,
  marked: boolean,
  headFields: Fields,
  received: Fields,
): Fields | undefined {
  return marked ? trailers : announcedTrailers(trailers, headFields, received);
}

/**
 * Drops trailers that would undo an edit of the head. `received` are the fields of the head as they
 * came, and `edited` the fields after the edit. A trailer is dropped when its name is in `received`
 * or in `edited`. Otherwise a receiver that merges trailers into the head would use the sender's
 * value in place of the edit.
 */
export function dropOverruling(trailers: Fields, edited: Fields, received: Fields): void {
  trailers.removeWhere((key) => edited.has(key) || received.has(key));
}

/** Returns whether a request says `TE: trailers`. Call this before `stripHopByHop`, which removes TE. */
export function acceptsTrailers(fields: Fields): boolean {
  return fields.has("te") && listMembers(fields, "te").includes("trailers");
}
