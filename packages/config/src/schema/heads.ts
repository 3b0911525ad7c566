// Limits on the size of a message's head, for each section that reads heads. The defaults are the same in all
// sections, so that a tier accepts every head that the tier before it accepts.
import { z } from "zod";
import { size } from "./units.ts";

const START_LINE = "8KiB";
const HEAD = "32KiB";
const FIELDS = 128;

const fieldCount = z.int().min(1).default(FIELDS);

/** Limits of a section that reads requests. */
export const requestHead = {
  head: size
    .prefault(HEAD)
    .meta({ description: "request line and all header fields together; beyond it: 431" }),
  fields: fieldCount.meta({ description: "number of header fields; beyond it: 431" }),
} as const;

/**
 * The limit on the request line. The section `appserver` has no such key, because an appserver uses Node's HTTP
 * parser, which has no limit for the request line alone.
 */
export const requestLine = size
  .prefault(START_LINE)
  .meta({ description: "method and target; beyond it: 414" });

export const responseHead = z
  .strictObject({
    statusLine: size
      .prefault(START_LINE)
      .meta({ description: "version, status and reason; beyond it: 502" }),
    head: size
      .prefault(HEAD)
      .meta({ description: "status line and all header fields together; beyond it: 502" }),
    fields: fieldCount.meta({ description: "number of header fields; beyond it: 502" }),
  })
  .prefault({})
  .meta({ title: "answer limits", description: "bounds on what a server may answer" });
