// Makes the heads of answers, and trailers, from their fields (RFC 9113 §8.1, §8.3.2).
import { declaredLength } from "../h1/framing.ts";
import type { Fields } from "../message/fields.ts";
import { CHUNKED, ResponseHead } from "../message/head.ts";
import { CONTENT_LENGTH } from "../message/known-names.ts";
import { ProtocolFailure } from "../message/protocol-failure.ts";
import { reasonPhrase } from "../message/status.ts";
import { dropForbiddenTrailers } from "../message/trailers.ts";
import type { H2Failure } from "./error-code.ts";
import { fieldsOf, type HeadFields, linesOf, malformed } from "./head-fields.ts";

/** Returns the head of an answer to a request with `method`. `ends` says whether the answer ends with its head. */
export function responseHead(
  head: HeadFields,
  ends: boolean,
  method: string,
): ResponseHead | H2Failure {
  if (head.malformed !== undefined) return head.malformed;
  if (head.excess !== undefined) return malformed("head-too-large", "The head exceeds a limit");
  const text = head.pseudo(":status") ?? "";
  if (head.pseudoCount !== 1 || !/^[1-9]\d\d$/.test(text)) {
    return malformed("bad-status", "An answer has :status with three digits, and no other");
  }
  const status = Number(text);
  if (status === 101) return malformed("bad-status", "HTTP/2 has no 101 (§8.6)");
  if (status < 200 && ends) return malformed("short-answer", "An interim answer ends the stream");
  const fields = fieldsOf(head.list, linesOf(head.list));
  const declared =
    (head.kinds & CONTENT_LENGTH) === 0 ? undefined : declaredLength(fields, 11, "server");
  if (declared instanceof ProtocolFailure) return malformed(declared.code, declared.message);
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304;
  if (ends && !bodiless && declared !== undefined && declared !== 0) {
    return malformed("short-body", `Content-Length is ${declared}, and no body follows`);
  }
  // A success opens a tunnel, whatever its Content-Length says (RFC 9110 §9.3.6).
  const tunnel = method === "CONNECT" && status >= 200 && status < 300 && !ends;
  const length = tunnel ? CHUNKED : bodiless || ends ? 0 : (declared ?? CHUNKED);
  return new ResponseHead(status, reasonPhrase(status), 20, fields, head.kinds, length, true);
}

/** Returns the trailers that end a body, without those that may not be there; undefined when none is left. */
export function trailerFields(head: HeadFields): Fields | undefined | H2Failure {
  if (head.malformed !== undefined) return head.malformed;
  if (head.pseudoCount > 0) return malformed("pseudo-field-in-trailers", "A trailer begins with :");
  if (head.excess !== undefined) return malformed("head-too-large", "Trailers exceed a limit");
  const fields = fieldsOf(head.list, linesOf(head.list));
  dropForbiddenTrailers(fields);
  return fields.length === 0 ? undefined : fields;
}
