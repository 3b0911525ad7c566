// Cases about the form of frames: types, flags, lengths, padding and the streams they stand on (RFC 9113 §4.1, §4.2, §5.5, §6).
import type { Case, Topic } from "../../case.ts";
import { answered, body, forwardedTimes, request } from "../../checks.ts";
import {
  CODES,
  CONTINUATION,
  DATA,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  HEADERS,
  headers,
  NO_FLAG,
  PADDED,
  PING,
  PRIORITY,
  PUSH_PROMISE,
  priority,
  RST_STREAM,
  reset,
  u32,
  WINDOW_UPDATE,
  WITH_PRIORITY,
  windowUpdate,
} from "../../wire/h2/frames.ts";
import {
  accepted,
  endsConnection,
  get,
  h2Case,
  PROBE,
  post,
  requestBlock,
  settled,
} from "./wording.ts";

const WHOLE = END_HEADERS | END_STREAM;
const FORMAT = "RFC 9113 §4.1";
const SIZE = "RFC 9113 §4.2";
const UNKNOWN = 0xaa;

/** A request whose body is sent in these DATA frames, and reaches the origin as `text`. */
function carried(
  id: string,
  title: string,
  source: string,
  h2spec: readonly string[],
  text: string,
  ...frames: readonly string[]
): Case {
  return accepted(
    { id, title, source, h2spec, rule: "forwarded whole" },
    [post() + frames.join("")],
    1,
    answered(200),
    forwardedTimes(1),
    request(0, body(text)),
  );
}

const plain: readonly Case[] = [
  carried(
    "h2-data",
    "a body in one DATA frame",
    "RFC 9113 §6.1",
    ["generic/3.1/1"],
    "hello",
    data(1, "hello", END_STREAM),
  ),
  carried(
    "h2-data-many",
    "a body in three DATA frames",
    "RFC 9113 §6.1",
    ["generic/3.1/2"],
    "hello you",
    ...[data(1, "hello"), data(1, " "), data(1, "you", END_STREAM)],
  ),
  carried(
    "h2-data-empty",
    "an empty DATA frame ends the body",
    "RFC 9113 §6.1",
    [],
    "hello",
    data(1, "hello"),
    data(1, "", END_STREAM),
  ),
  carried(
    "h2-data-padded",
    "DATA with padding",
    "RFC 9113 §6.1",
    ["generic/3.1/3"],
    "hello",
    data(1, `\x06hello${"\0".repeat(6)}`, PADDED | END_STREAM),
  ),
  carried(
    "h2-data-padding-only",
    "DATA with padding and no data",
    "RFC 9113 §6.1",
    [],
    "hello",
    ...[
      data(1, `\x05${"\0".repeat(5)}`, PADDED),
      data(1, "\0", PADDED),
      data(1, "\0hello", PADDED | END_STREAM),
    ],
  ),
  carried(
    "h2-data-16384",
    "a DATA frame of 2^14 bytes",
    SIZE,
    ["http2/4.2/1"],
    "a".repeat(16_384),
    data(1, "a".repeat(16_384), END_STREAM),
  ),
  accepted(
    {
      id: "h2-headers",
      title: "a head in one frame",
      source: "RFC 9113 §6.2",
      h2spec: ["generic/3.2/1"],
    },
    [get()],
    1,
    answered(200),
    forwardedTimes(1),
  ),
  accepted(
    {
      id: "h2-headers-padded",
      title: "a head with padding",
      source: "RFC 9113 §6.2",
      h2spec: ["generic/3.2/2"],
    },
    [headers(1, `\x06${requestBlock()}${"\0".repeat(6)}`, WHOLE | PADDED)],
    1,
    answered(200),
  ),
  accepted(
    {
      id: "h2-headers-priority",
      title: "a head with a priority",
      source: "RFC 9113 §6.2",
      h2spec: ["generic/3.2/3"],
    },
    [headers(1, priority(0, 256, true) + requestBlock(), WHOLE | WITH_PRIORITY)],
    1,
    answered(200),
  ),
  accepted(
    { id: "h2-headers-both", title: "a head with padding and a priority", source: "RFC 9113 §6.2" },
    [
      headers(
        1,
        `\x04${priority(3)}${requestBlock()}${"\0".repeat(4)}`,
        WHOLE | PADDED | WITH_PRIORITY,
      ),
    ],
    1,
    answered(200),
  ),
];

const ignored: readonly Case[] = [
  accepted(
    {
      id: "h2-unknown-type",
      title: "a frame of an unknown type",
      source: "RFC 9113 §5.5",
      rule: "ignored",
      h2spec: ["http2/4.1/1", "http2/5.5/1"],
    },
    [frame(UNKNOWN, NO_FLAG, 0, "12345678"), frame(UNKNOWN, 0xff, 5, "x"), get()],
    1,
    answered(200),
  ),
  accepted(
    {
      id: "h2-unknown-flags",
      title: "flags that are not defined",
      source: FORMAT,
      rule: "ignored",
      h2spec: ["http2/4.1/2"],
    },
    [frame(PING, 0xfe, 0, "flagged."), headers(1, requestBlock(), WHOLE | 0xd2)],
    1,
    answered(200),
  ),
  accepted(
    {
      id: "h2-reserved-bit",
      title: "the reserved bit of the stream's id",
      source: FORMAT,
      rule: "ignored",
      h2spec: ["http2/4.1/3"],
    },
    [frame(PING, NO_FLAG, 2 ** 31, "reserved"), get(2 ** 31 + 1)],
    1,
    answered(200),
  ),
  accepted(
    {
      id: "h2-window-update-reserved",
      title: "the reserved bit of WINDOW_UPDATE",
      source: "RFC 9113 §6.9",
      rule: "ignored",
    },
    [windowUpdate(0, 2 ** 31 + 1), get()],
    1,
    answered(200),
  ),
];

const priorityUpdate: Case = accepted(
  {
    id: "h2-priority-update",
    title: "PRIORITY_UPDATE",
    source: "RFC 9218 §7.1",
    rule: "accepted, answered",
  },
  [frame(0x10, NO_FLAG, 0, `${u32(1)}u=1`), get()],
  1,
  answered(200),
);

const tooLarge = (
  [
    ["data", "a DATA frame of 2^14+1 bytes", DATA, 1, ["http2/4.2/2"], post()],
    ["headers", "a HEADERS frame of 2^14+1 bytes", HEADERS, 1, ["http2/4.2/3"], ""],
    ["unknown", "an unknown frame of 2^14+1 bytes", UNKNOWN, 0, [], ""],
  ] as const
).map(([id, title, type, on, h2spec, before]) =>
  endsConnection(
    "FRAME_SIZE_ERROR",
    { id: `h2-large-${id}`, title, source: SIZE, h2spec },
    before + frame(type, NO_FLAG, on, "a".repeat(16_385)),
  ),
);

const lengths = (
  [
    [
      "priority",
      "PRIORITY of 4 bytes",
      PRIORITY,
      "\0\0\0\0",
      1,
      "RFC 9113 §6.3",
      ["http2/6.3/2"],
      "",
    ],
    [
      "rst",
      "RST_STREAM of 3 bytes",
      RST_STREAM,
      "\0\0\x08",
      1,
      "RFC 9113 §6.4",
      ["http2/6.4/3"],
      post(),
    ],
    [
      "window-update",
      "WINDOW_UPDATE of 3 bytes",
      WINDOW_UPDATE,
      "\0\0\x01",
      0,
      "RFC 9113 §6.9",
      ["http2/6.9/3"],
      "",
    ],
  ] as const
).map(([id, title, type, payload, on, source, h2spec, before]) =>
  endsConnection(
    "FRAME_SIZE_ERROR",
    { id: `h2-length-${id}`, title, source, h2spec },
    before + frame(type, NO_FLAG, on, payload),
  ),
);

const onStreamZero = (
  [
    ["data", "DATA", DATA, "hello", "RFC 9113 §6.1", ["http2/6.1/1"]],
    ["headers", "HEADERS", HEADERS, requestBlock(), "RFC 9113 §6.2", ["http2/6.2/3"]],
    ["priority", "PRIORITY", PRIORITY, priority(0), "RFC 9113 §6.3", ["http2/6.3/1"]],
    ["rst", "RST_STREAM", RST_STREAM, u32(8), "RFC 9113 §6.4", ["http2/6.4/1"]],
    ["continuation", "CONTINUATION", CONTINUATION, requestBlock(), "RFC 9113 §6.10", []],
  ] as const
).map(([id, name, type, payload, source, h2spec]) =>
  endsConnection(
    "PROTOCOL_ERROR",
    { id: `h2-zero-${id}`, title: `${name} on stream 0`, source, h2spec },
    frame(type, type === HEADERS || type === CONTINUATION ? WHOLE : NO_FLAG, 0, payload),
  ),
);

const padding = (
  [
    [
      "data",
      "DATA whose padding is longer than the frame",
      DATA,
      "\x06hello",
      ["http2/6.1/3"],
      post(),
    ],
    ["data-equal", "DATA whose padding is as long as the frame", DATA, "\x07hello!", [], post()],
    ["data-none", "DATA with the flag PADDED and no byte", DATA, "", [], post()],
    [
      "headers",
      "HEADERS whose padding is longer than the frame",
      HEADERS,
      `\xff${requestBlock()}`,
      ["http2/6.2/4"],
      "",
    ],
  ] as const
).map(([id, title, type, payload, h2spec, before]) =>
  endsConnection(
    ["PROTOCOL_ERROR"],
    { id: `h2-padding-${id}`, title, source: "RFC 9113 §6.1, §6.2", h2spec },
    before + frame(type, PADDED | END_STREAM | (type === HEADERS ? END_HEADERS : 0), 1, payload),
  ),
);

const tooShort: readonly Case[] = [
  endsConnection(
    ["FRAME_SIZE_ERROR", "PROTOCOL_ERROR"],
    { id: "h2-headers-short", title: "HEADERS too short for their priority", source: SIZE },
    headers(1, "\0\0", WHOLE | WITH_PRIORITY),
  ),
];

const push: Case = endsConnection(
  "PROTOCOL_ERROR",
  {
    id: "h2-push-promise",
    title: "PUSH_PROMISE of a client",
    source: "RFC 9113 §8.4",
    h2spec: ["http2/8.2/1"],
  },
  frame(PUSH_PROMISE, END_HEADERS, 1, u32(2) + requestBlock()),
);

const unknownCode: Case = h2Case(
  {
    id: "h2-rst-code",
    title: "RST_STREAM with an unknown code",
    source: "RFC 9113 §7",
    rule: "accepted, no special behaviour",
    h2spec: ["http2/7/2", "generic/3.4/1"],
  },
  [post() + reset(1, 0xff) + reset(1, CODES.indexOf("CANCEL")), get(3), settled(1), ...PROBE],
  1,
  answered(200),
);

export const h2Frames: Topic = {
  name: "h2-frames",
  title: "HTTP/2: form of frames",
  cases: [
    ...plain,
    ...ignored,
    priorityUpdate,
    ...tooLarge,
    ...lengths,
    ...onStreamZero,
    ...padding,
    ...tooShort,
    push,
    unknownCode,
  ],
};
