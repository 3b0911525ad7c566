// HTTP/1.1: pages and forms in turns, by the visitor that the other tests of the site have. A request that fails on an
// accepted connection is not sent again.
import { Visitor } from "../site/visitor.ts";
import type { ClientOptions } from "./client.ts";

/** Milliseconds between two requests; the visitors take these values in turn. */
const PAUSES_MS = [20, 60, 200, 700];

/** Returns the ids of the notes that were answered. */
export async function http1(options: ClientOptions & { readonly name: string }): Promise<string[]> {
  const { site, over, counts, index, box, name } = options;
  const pauseMs = PAUSES_MS[index % PAUSES_MS.length] ?? 0;
  const visitor = new Visitor({ site, name, pauseMs, fresh: index % 4 === 3 }, box);
  await visitor.visit(over);
  counts.answered += visitor.gets + visitor.notes.length;
  counts.moved += visitor.moved;
  counts.failed.push(...visitor.failed);
  return visitor.notes;
}
