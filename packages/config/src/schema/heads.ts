// How large the heads of messages may be, at each place where one is read. The defaults are the same everywhere,
// so that what one tier takes the next takes too.
import { z } from "zod";
import { size } from "./units.ts";

const START_LINE = "8KiB";
const HEAD = "32KiB";
const FIELDS = 128;

/**
 * What a tier takes beyond its limits from a proxy that it trusts: the fields in which that one says whom it speaks
 * for (X-Forwarded-*, Forwarded, Via, X-Request-Id), so that it may hand on the largest head that it takes itself.
 */
export const PROXY_ALLOWANCE = { head: 4096, fields: 16 } as const;

const fieldCount = z.int().min(1).default(FIELDS);

/** Keys of a section that reads requests. */
export const requestHead = {
  head: size
    .prefault(HEAD)
    .meta({ description: "request line and all header fields together; beyond it: 431" }),
  fields: fieldCount.meta({ description: "number of header fields; beyond it: 431" }),
} as const;

/** And what only our own parser tells apart. */
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
