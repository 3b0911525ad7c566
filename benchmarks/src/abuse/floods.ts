// The floods, a row each. Each has the name by which it became known, or that of the frame that it is made of.
import { type Flood, repeated, type Script, streamIds } from "./flood.ts";
import {
  CANCEL,
  END_HEADERS,
  END_STREAM,
  frame,
  INITIAL_WINDOW_SIZE,
  literal,
  request,
  requestBlock,
  setting,
  TYPE,
  u32,
} from "./frames.ts";
import { HOLDING } from "./holding.ts";

const NOTHING = Buffer.alloc(0);
/** How many frames, or pairs of them, are written at once. */
const BATCH = 50;

/** Sends the same frame again and again, after `begin`. */
function same(bytes: Buffer, begin: Buffer = NOTHING): Script {
  const batch = repeated(BATCH, () => bytes);
  const beginFrames = begin.length === 0 ? 0 : 1;
  return { begin, beginFrames, more: () => batch, moreFrames: BATCH };
}

/** Sends what `make` returns for the next stream, again and again. */
function streams(frames: number, make: (id: number) => Buffer, begin: Buffer = NOTHING): Script {
  const next = streamIds();
  const more = () => repeated(BATCH, () => make(next()));
  return { begin, beginFrames: begin.length === 0 ? 0 : 1, more, moreFrames: BATCH * frames };
}

const openBlock = (block: Buffer): Buffer => frame(TYPE.headers, END_STREAM, 1, block);

export const FLOODS: readonly Flood[] = [
  {
    name: "rapid-reset",
    what: "requests that are reset at once (CVE-2023-44487)",
    ends: ["rapid-reset"],
    open: () =>
      streams(2, (id) =>
        Buffer.concat([request(id, "GET", "/slow"), frame(TYPE.rstStream, 0, id, u32(CANCEL))]),
      ),
  },
  {
    name: "made-you-reset",
    what: "requests with a fault that makes the proxy reset them (CVE-2025-8671)",
    ends: ["made-you-reset"],
    open: () =>
      streams(2, (id) =>
        Buffer.concat([request(id, "GET", "/slow"), frame(TYPE.windowUpdate, 0, id, u32(0))]),
      ),
  },
  {
    name: "continuation",
    what: "a head that never ends, in small CONTINUATION frames (CVE-2024-27316)",
    ends: ["continuation-flood"],
    open: () =>
      same(frame(TYPE.continuation, 0, 1, literal("a", "b")), openBlock(literal("a", "b"))),
  },
  {
    name: "large-continuation",
    what: "a head that never ends, in large CONTINUATION frames",
    ends: ["header-block-too-large"],
    open: () => {
      const block = literal("a", "b".repeat(16_000));
      return same(frame(TYPE.continuation, 0, 1, block), openBlock(block));
    },
  },
  {
    name: "settings",
    what: "SETTINGS frames, each of which has to be acknowledged (CVE-2019-9515)",
    ends: ["settings-flood"],
    open: () => same(setting(INITIAL_WINDOW_SIZE, 100)),
  },
  {
    name: "ping",
    what: "PING frames, each of which has to be answered (CVE-2019-9512)",
    ends: ["ping-flood"],
    open: () => same(frame(TYPE.ping, 0, 0, Buffer.alloc(8))),
  },
  {
    name: "priority",
    what: "PRIORITY frames (CVE-2019-9513)",
    ends: ["priority-flood"],
    open: () => same(frame(TYPE.priority, 0, 1, Buffer.from([0, 0, 0, 0, 16]))),
  },
  {
    name: "window-update",
    what: "WINDOW_UPDATE frames for a connection on which nothing is sent",
    ends: ["window-update-flood"],
    open: () => same(frame(TYPE.windowUpdate, 0, 0, u32(1))),
  },
  {
    name: "empty-data",
    what: "DATA frames without data (CVE-2019-9518)",
    ends: ["empty-data-flood"],
    open: () => same(frame(TYPE.data, 0, 1), request(1, "POST", "/upload")),
  },
  {
    name: "empty-headers",
    what: "HEADERS frames without a field (CVE-2019-9516 and its like)",
    ends: ["bad-request-flood"],
    open: () => streams(1, (id) => frame(TYPE.headers, END_HEADERS | END_STREAM, id)),
  },
  {
    name: "late-headers",
    what: "HEADERS frames on a stream that the proxy has reset",
    ends: ["late-frame-flood"],
    open: () => {
      const begin = [request(1, "POST", "/upload"), frame(TYPE.windowUpdate, 0, 1, u32(0))];
      return same(frame(TYPE.headers, END_HEADERS, 1, literal("a", "b")), Buffer.concat(begin));
    },
  },
  {
    name: "hpack-bomb",
    what: "a field of 4 KB in the table, and heads that name it 15,000 times each (CVE-2016-6581)",
    ends: ["hpack-bomb"],
    open: () => {
      const next = streamIds();
      const large = literal("a", "b".repeat(4000), 0x40);
      const begin = frame(
        TYPE.headers,
        END_HEADERS | END_STREAM,
        next(),
        Buffer.concat([requestBlock("GET", "/small"), large]),
      );
      const block = Buffer.concat([requestBlock("GET", "/small"), Buffer.alloc(15_000, 0x80 | 62)]);
      const more = () => frame(TYPE.headers, END_HEADERS | END_STREAM, next(), block);
      return { begin, beginFrames: 1, more, moreFrames: 1 };
    },
  },
  {
    name: "too-many-streams",
    what: "requests beyond the number that may be open at once",
    ends: ["stream-flood"],
    open: () => streams(1, (id) => request(id, "POST", "/upload")),
  },
  {
    name: "tiny-window",
    what: "a large answer, asked for byte by byte (CVE-2019-9511)",
    ends: ["tiny-window-flood", "window-update-flood"],
    open: () =>
      same(
        frame(TYPE.windowUpdate, 0, 1, u32(1)),
        Buffer.concat([setting(INITIAL_WINDOW_SIZE, 0), request(1, "GET", "/1m")]),
      ),
  },
  ...HOLDING,
];
