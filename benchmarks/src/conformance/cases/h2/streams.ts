// Cases about the states and numbers of streams, how many may be open, and priorities (RFC 9113 §5.1, §5.3). A request whose
// answer is awaited is half-closed (remote); one that was answered is closed.
import type { Case, Topic } from "../../case.ts";
import { answered, cutOff, forwardedTimes } from "../../checks.ts";
import { seen, usable } from "../../checks-h2.ts";
import {
  CONTINUATION,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  NO_FLAG,
  PRIORITY,
  priority,
  reset,
  SETTING,
  WITH_PRIORITY,
  windowUpdate,
} from "../../wire/h2/frames.ts";
import { turn } from "../wording.ts";
import {
  accepted,
  announced,
  endsConnection,
  endsStream,
  get,
  h2Case,
  PROBE,
  post,
  requestBlock,
  settled,
} from "./wording.ts";

const STATES = "RFC 9113 §5.1";
/** The origin does not answer while the case lasts. */
const HELD = [turn(5_000)];
const SLOW = [turn(150, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")];
const CONTINUED = frame(CONTINUATION, END_HEADERS, 1, requestBlock());

const idle = (
  [
    ["data", "DATA", data(1, "x", END_STREAM), ["http2/5.1/1"]],
    ["rst", "RST_STREAM", reset(1), ["http2/5.1/2", "http2/6.4/2"]],
    ["window-update", "WINDOW_UPDATE", windowUpdate(1, 100), ["http2/5.1/3"]],
    ["continuation", "CONTINUATION", CONTINUED, ["http2/5.1/4"]],
  ] as const
).map(([id, name, bytes, h2spec]) =>
  endsConnection(
    "PROTOCOL_ERROR",
    { id: `h2-idle-${id}`, title: `${name} on an idle stream`, source: STATES, h2spec },
    bytes,
  ),
);

const ended: readonly Case[] = [
  endsStream(
    "STREAM_CLOSED",
    {
      ...{ id: "h2-ended-data", title: "DATA behind the end of the request", source: STATES },
      ...{ origin: HELD, h2spec: ["http2/5.1/5", "http2/6.1/2"] },
    },
    get() + data(1, "x", END_STREAM),
  ),
  endsStream(
    "STREAM_CLOSED",
    {
      ...{ id: "h2-ended-headers", title: "HEADERS behind the end of the request", source: STATES },
      ...{ origin: HELD, h2spec: ["http2/5.1/6"] },
    },
    get() + get(),
  ),
  endsConnection(
    ["PROTOCOL_ERROR", "STREAM_CLOSED"],
    {
      ...{ id: "h2-ended-continuation", title: "CONTINUATION behind the end of the request" },
      ...{ source: "RFC 9113 §5.1, §6.10", origin: HELD, h2spec: ["http2/5.1/7"] },
    },
    get() + CONTINUED,
  ),
  accepted(
    {
      ...{ id: "h2-ended-window-update", title: "WINDOW_UPDATE behind the end of the request" },
      ...{ source: STATES, origin: SLOW, h2spec: ["generic/2/2"] },
    },
    [get() + windowUpdate(1, 100)],
    1,
    answered(200),
  ),
  accepted(
    {
      ...{ id: "h2-ended-priority", title: "PRIORITY behind the end of the request" },
      ...{ source: STATES, origin: SLOW, h2spec: ["generic/2/3"] },
    },
    [get() + frame(PRIORITY, NO_FLAG, 1, priority(0))],
    1,
    answered(200),
  ),
  h2Case(
    {
      ...{ id: "h2-ended-rst", title: "RST_STREAM behind the end of the request", source: STATES },
      ...{
        rule: "the server is left, the connection goes on",
        origin: HELD,
        h2spec: ["generic/2/4"],
      },
    },
    [get(), 50, reset(1), 50, ...PROBE],
    0,
    usable,
    cutOff,
  ),
];

/** Frames on a stream that the client itself has reset: it must not send them, and the stream is closed (§5.1). */
const afterReset = (
  [
    ["data", "DATA", data(1, "x", END_STREAM), ["http2/5.1/8"]],
    ["headers", "HEADERS", get(), ["http2/5.1/9"]],
  ] as const
).map(([id, name, bytes, h2spec]) =>
  endsConnection(
    "STREAM_CLOSED",
    {
      id: `h2-reset-${id}`,
      title: `${name} behind the client's RST_STREAM`,
      source: STATES,
      origin: HELD,
      h2spec,
    },
    post() + reset(1) + bytes,
  ),
);

const closed: readonly Case[] = [
  ...afterReset,
  endsConnection(
    ["PROTOCOL_ERROR", "STREAM_CLOSED"],
    {
      ...{ id: "h2-reset-continuation", title: "CONTINUATION behind the client's RST_STREAM" },
      ...{ source: "RFC 9113 §5.1, §6.10", origin: HELD, h2spec: ["http2/5.1/10"] },
    },
    post() + reset(1) + CONTINUED,
  ),
  endsConnection(
    "STREAM_CLOSED",
    {
      ...{ id: "h2-closed-data", title: "DATA on a stream that is answered", source: STATES },
      ...{ h2spec: ["http2/5.1/11"] },
    },
    get(),
    settled(1),
    data(1, "x", END_STREAM),
  ),
  endsConnection(
    "STREAM_CLOSED",
    {
      ...{ id: "h2-closed-headers", title: "HEADERS on a stream that is answered", source: STATES },
      ...{ h2spec: ["http2/5.1/12"] },
    },
    get(),
    settled(1),
    get(),
  ),
  endsConnection(
    ["PROTOCOL_ERROR", "STREAM_CLOSED"],
    {
      ...{ id: "h2-closed-continuation", title: "CONTINUATION on a stream that is answered" },
      ...{ source: "RFC 9113 §5.1, §6.10", h2spec: ["http2/5.1/13"] },
    },
    get(),
    settled(1),
    CONTINUED,
  ),
  accepted(
    {
      ...{
        id: "h2-closed-late",
        title: "WINDOW_UPDATE, RST_STREAM and PRIORITY on an answered stream",
      },
      ...{ source: STATES, rule: "ignored", h2spec: ["generic/2/5"] },
    },
    [get(), settled(1), windowUpdate(1, 1) + reset(1) + frame(PRIORITY, NO_FLAG, 1, priority(0))],
    1,
  ),
];

const numbers: readonly Case[] = [
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: "h2-even",
      title: "a request on stream 2",
      source: "RFC 9113 §5.1.1",
      h2spec: ["http2/5.1.1/1"],
    },
    get(2),
  ),
  endsConnection(
    ["PROTOCOL_ERROR", "STREAM_CLOSED"],
    {
      id: "h2-descending",
      title: "a request on stream 3 behind one on stream 5",
      source: "RFC 9113 §5.1.1",
      h2spec: ["http2/5.1.1/2"],
    },
    get(5),
    settled(1),
    get(3),
  ),
  accepted(
    {
      id: "h2-skipping",
      title: "requests on the streams 1, 7 and 2^31-1",
      source: "RFC 9113 §5.1.1",
    },
    [get(1) + get(7) + get(2 ** 31 - 1)],
    3,
    answered(200, 200, 200),
    forwardedTimes(3),
  ),
];

/** Asks for one stream more than the proxy has announced. */
function oneTooMany(received: string): string {
  const most = announced(received, SETTING.maxConcurrentStreams) ?? 1000;
  return Array.from({ length: most + 1 }, (_, index) => get(2 * index + 1)).join("");
}

const concurrency: Case = h2Case(
  {
    ...{ id: "h2-streams", title: "a stream more than announced", source: "RFC 9113 §5.1.2" },
    ...{ rule: "RST_STREAM REFUSED_STREAM, the others go on", refuses: "frame" },
    ...{ origin: Array.from({ length: 1001 }, () => turn(5_000)), h2spec: ["http2/5.1.2/1"] },
  },
  [oneTooMany, settled(1), ...PROBE],
  1,
  seen(({ streams }) => {
    const codes = streams.flatMap(({ reset: code }) => code ?? []);
    return codes.length === 1 && codes[0] === "REFUSED_STREAM"
      ? undefined
      : `ended: ${codes.length} streams`;
  }),
  usable,
);

const priorities = (
  [
    ["1", "weight 1", [frame(PRIORITY, NO_FLAG, 1, priority(0, 1))], ["generic/3.3/1"]],
    ["256", "weight 256", [frame(PRIORITY, NO_FLAG, 1, priority(0, 256))], ["generic/3.3/2"]],
    ["depends", "a dependency", [frame(PRIORITY, NO_FLAG, 1, priority(5))], ["generic/3.3/3"]],
    [
      "exclusive",
      "an exclusive dependency",
      [frame(PRIORITY, NO_FLAG, 1, priority(5, 16, true))],
      ["generic/3.3/4"],
    ],
    [
      "higher",
      "a stream above that of the request",
      [frame(PRIORITY, NO_FLAG, 5, priority(0))],
      ["generic/3.3/5", "generic/2/1"],
    ],
    [
      "self",
      "a dependency on itself",
      [frame(PRIORITY, NO_FLAG, 1, priority(1))],
      ["http2/5.3.1/2"],
    ],
  ] as const
).map(([id, what, [bytes], h2spec]) =>
  accepted(
    {
      id: `h2-priority-${id}`,
      title: `PRIORITY with ${what}, then a request`,
      source: "RFC 9113 §5.3.2",
      rule: "ignored, answered",
      h2spec,
    },
    [bytes + get()],
    1,
    answered(200),
  ),
);

const selfDependent: Case = accepted(
  {
    ...{
      id: "h2-headers-self",
      title: "a head that depends on its own stream",
      source: "RFC 9113 §5.3.2",
    },
    ...{ rule: "ignored, answered", h2spec: ["http2/5.3.1/1"] },
  },
  [headers(1, priority(1) + requestBlock(), END_HEADERS | END_STREAM | WITH_PRIORITY)],
  1,
  answered(200),
);

export const h2Streams: Topic = {
  name: "h2-streams",
  title: "HTTP/2: streams and priorities",
  cases: [...idle, ...ended, ...closed, ...numbers, concurrency, ...priorities, selfDependent],
};
