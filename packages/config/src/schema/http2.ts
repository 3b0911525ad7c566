// The bounds of HTTP/2 towards clients; docs/concepts/http2-floods.md has those that no key changes.
import { z } from "zod";
import { size } from "./units.ts";

const KIB = 1024;
/** The window that every connection begins with (RFC 9113 §6.9.2); it cannot be made smaller. */
const LEAST_CONNECTION = 64 * KIB;
const MOST_WINDOW = 1024 * KIB * KIB;

const window = (least: number, words: string) =>
  size.refine((bytes) => bytes >= least && bytes <= MOST_WINDOW, `expected a size from ${words}`);

export const http2 = z
  .strictObject({
    maxConcurrentStreams: z.int().min(1).max(1000).default(100).meta({
      description:
        "requests that a connection may have open at once; one beyond it is refused, and its client may send it again",
    }),
    initialWindowSize: window(KIB, "1KiB to 1GiB").prefault("256KiB").meta({
      description: "how much of a request's body is taken before the server has taken it",
    }),
    rxbuf: window(LEAST_CONNECTION, "64KiB to 1GiB").prefault("1MiB").meta({
      description: "the same for all bodies of a connection together",
    }),
    maxTotalStreams: z.int().min(1).optional().meta({
      description:
        "requests after which a connection is drained, and its client opens another one; unlimited when absent",
    }),
    glitchesThreshold: z.int().min(1).max(1_000_000).default(200).meta({
      description:
        "requests that a client may reset, or that its faults end, at once, and a quarter as many in each second; beyond it the connection is ended",
    }),
  })
  .meta({ title: "http2", description: "bounds on what a client of HTTP/2 may do" });

export type Http2Config = z.output<typeof http2>;
