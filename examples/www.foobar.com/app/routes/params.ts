// Numbers and places in addresses. What is none reads as one that finds nothing, or as the beginning.
import type { FastifyRequest } from "fastify";
import type { Cursor } from "../data/listing.ts";

/** Both databases count to this in an INTEGER. */
const MOST = 2_147_483_647;

export function idParam(request: FastifyRequest): number {
  const { id } = request.params as { id?: string };
  const number = /^\d{1,10}$/.test(id ?? "") ? Number(id) : 0;
  return number <= MOST ? number : 0;
}

/** `?before=` or `?after=`, as a pager's links have them; undefined for the first page. */
export function cursorParam(request: FastifyRequest): Cursor | undefined {
  const { before, after } = request.query as { before?: unknown; after?: unknown };
  const text = before ?? after;
  const [, posted, id] = (typeof text === "string" && /^(\d{1,15})-(\d{1,10})$/.exec(text)) || [];
  if (posted === undefined) return undefined;
  return { posted: Number(posted), id: Number(id), newer: before === undefined };
}
