// Makes the field lines for the next hop in a fast way: as slices of the received text, without a few kinds of fields.
// That is enough for nearly all messages. For a message with fields that need an edit (such as Upgrade or Trailer),
// these functions return undefined, and the caller edits a copy of the fields instead.
import type { RequestHead, ResponseHead } from "../message/head.ts";
import { namesNothing } from "../message/hop-by-hop.ts";
import * as known from "../message/known-names.ts";
import { writePlainHead } from "./serializer.ts";

/**
 * Kinds of fields whose values matter when a request is passed on. For a request with such a field, `plainRequestLines`
 * returns undefined.
 */
const ASKED_OF_REQUESTS = known.VIA | known.TE | known.TRAILER | known.UPGRADE;
const DROPPED_FROM_REQUESTS =
  known.HOP_BY_HOP | known.FRAMING | known.FORWARDING | known.REQUEST_ID;

/**
 * Returns the field lines of a request for the next hop, without framing and without the fields that an untrusted
 * client may not set. Returns undefined when the fields need an edit.
 */
export function plainRequestLines({ section }: RequestHead): string | undefined {
  const asked = section.version < 11 ? ASKED_OF_REQUESTS | known.EXPECT : ASKED_OF_REQUESTS;
  if ((section.kinds & asked) !== 0) return undefined;
  if ((section.kinds & known.CONNECTION) !== 0 && !namesNothing(section.fields)) return undefined;
  return section.fields.lines(DROPPED_FROM_REQUESTS);
}

const ASKED_OF_ANSWERS = known.TRAILER | known.UPGRADE | known.KEEP_ALIVE | known.LOAD_REPORT;
const DROPPED_FROM_ANSWERS = known.HOP_BY_HOP | known.FRAMING;

/**
 * Returns the head of an answer as the client gets it. The caller adds the lines about the client's connection and the
 * empty line. Returns undefined for interim answers, for answers without a body of known length, and when the fields
 * need an edit.
 */
export function plainAnswerHead(head: ResponseHead): string | undefined {
  if (head.bodyLength <= 0 || head.status < 200) return undefined;
  if ((head.kinds & ASKED_OF_ANSWERS) !== 0) return undefined;
  if ((head.kinds & known.CONNECTION) !== 0 && !namesNothing(head.fields)) return undefined;
  const lines = head.fields.lines(DROPPED_FROM_ANSWERS);
  return writePlainHead(head.status, head.reason, lines, head.bodyLength);
}
