// Reads ids and cursors from addresses. An invalid id finds nothing; an invalid cursor means the first page.
import type { FastifyRequest } from "fastify";
import type { Cursor } from "../data/listing.ts";

/** The largest value of an INTEGER in both databases. */
const MOST = 2_147_483_647;

export function idParam(request: FastifyRequest): number {
  const { id } = request.params as { id?: string };
  const number = /^\d{1,10}$/.test(id ?? "") ? Number(id) : 0;
  return number <= MOST ? number : 0;
}

/**
 * Reads the cursor in the links between pages of a list, such as `?before=1700000000000-42` (time
 * in milliseconds since 1970, and id of the post). Returns undefined for the first page.
 */
export function cursorParam(request: FastifyRequest): Cursor | undefined {
  const { before, after } = request.query as { before?: unknown; after?: unknown };
  const text = before ?? after;
  const [, posted, id] = (typeof text === "string" && /^(\d{1,15})-(\d{1,10})$/.exec(text)) || [];
  if (posted === undefined) return undefined;
  return { posted: Number(posted), id: Number(id), newer: before === undefined };
}
