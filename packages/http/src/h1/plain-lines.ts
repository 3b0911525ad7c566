// The way of nearly every message: nothing in it is unusual, so the lines for the next hop are those that
// came but for a few kinds, taken as slices of what was read. Whatever is unusual gets undefined here and
// goes the careful way, on a copy of its fields.
import type { RequestHead, ResponseHead } from "../message/head.ts";
import { namesNothing } from "../message/hop-by-hop.ts";
import * as known from "../message/known-names.ts";
import { writePlainHead } from "./serializer.ts";

/** What has to be looked at before a request is passed on. */
const ASKED_OF_REQUESTS = known.VIA | known.TE | known.TRAILER | known.UPGRADE;
const DROPPED_FROM_REQUESTS =
  known.HOP_BY_HOP | known.FRAMING | known.FORWARDING | known.REQUEST_ID;

/** The lines of a request for the next hop, without framing, and without what an untrusted client may not say. */
export function plainRequestLines({ section }: RequestHead): string | undefined {
  const asked = section.version < 11 ? ASKED_OF_REQUESTS | known.EXPECT : ASKED_OF_REQUESTS;
  if ((section.kinds & asked) !== 0) return undefined;
  if ((section.kinds & known.CONNECTION) !== 0 && !namesNothing(section.fields)) return undefined;
  return section.fields.lines(DROPPED_FROM_REQUESTS);
}

const ASKED_OF_ANSWERS = known.TRAILER | known.UPGRADE | known.KEEP_ALIVE | known.LOAD_REPORT;
const DROPPED_FROM_ANSWERS = known.HOP_BY_HOP | known.FRAMING;

/**
 * The head of a final answer with a body of known length, as the client gets it; all but what depends on
 * the client's connection, and the empty line.
 */
export function plainAnswerHead(head: ResponseHead): string | undefined {
  if (head.bodyLength <= 0 || head.status < 200) return undefined;
  if ((head.kinds & ASKED_OF_ANSWERS) !== 0) return undefined;
  if ((head.kinds & known.CONNECTION) !== 0 && !namesNothing(head.fields)) return undefined;
  const lines = head.fields.lines(DROPPED_FROM_ANSWERS);
  return writePlainHead(head.status, head.reason, lines, head.bodyLength);
}
