// Cases about flow control (RFC 9113 §5.2, §6.9): what a proxy may send, and what it lets its client send.
import type { Case, Topic } from "../../case.ts";
import { answered, body, forwardedTimes, request } from "../../checks.ts";
import { answeredOn, seen } from "../../checks-h2.ts";
import {
  bodyBytes,
  DATA,
  DEFAULT_WINDOW,
  data,
  END_STREAM,
  type Frame,
  NO_FLAG,
  PADDED,
  PING,
  readFrames,
  readNumber,
  SETTING,
  type Settings,
  settings,
  WINDOW_UPDATE,
  windowUpdate,
} from "../../wire/h2/frames.ts";
import type { Until } from "../../wire/steps.ts";
import { ok, turn } from "../wording.ts";
import {
  accepted,
  announced,
  bodiesOf,
  endsConnection,
  endsStream,
  get,
  headOn,
  opening,
  PROBE,
  post,
  settled,
} from "./wording.ts";

const WINDOW = "RFC 9113 §6.9.1";
const INITIAL = "RFC 9113 §6.9.2";
const says = (text: string) => [turn(`${ok(`Content-Length: ${text.length}`)}${text}`)];

/** Checks the lengths of the DATA frames on stream 1 that are not empty. */
const lengths = (...expected: readonly number[]) =>
  seen(({ frames }) => {
    const own = frames.filter(
      ({ type, stream, payload }) => type === DATA && stream === 1 && payload !== "",
    );
    const got = own.map(({ payload }) => payload.length);
    return got.join() === expected.join() ? undefined : `DATA of ${got.join(", ")} bytes`;
  });

/** Replaces the opening of a case. */
const openedWith = (which: Case, pairs: Settings): Case => ({
  ...which,
  send: [...opening(...pairs), ...which.send.slice(opening().length)],
});

const sending: readonly Case[] = [
  openedWith(
    accepted(
      {
        id: "h2-window-1",
        title: "an initial window of 1 byte",
        source: WINDOW,
        rule: "one byte is sent, the rest after WINDOW_UPDATE",
        h2spec: ["http2/6.9.1/1"],
      },
      [get(), bodiesOf(1), windowUpdate(1, 100), settled(1)],
      1,
      answered(200),
      lengths(1, 4),
    ),
    [[SETTING.initialWindowSize, 1]],
  ),
  openedWith(
    accepted(
      {
        id: "h2-window-0",
        title: "an initial window of 0, widened later",
        source: INITIAL,
        rule: "the head alone, then the body",
        h2spec: ["http2/6.9.2/1"],
      },
      [
        get(),
        headOn(1),
        ...PROBE,
        settings([SETTING.initialWindowSize, 1]),
        bodiesOf(1),
        settings([SETTING.initialWindowSize, 1000]),
        settled(1),
      ],
      1,
      answered(200),
      lengths(1, 4),
    ),
    [[SETTING.initialWindowSize, 0]],
  ),
  openedWith(
    accepted(
      {
        id: "h2-window-negative",
        title: "an initial window that makes an open one negative",
        source: INITIAL,
        rule: "nothing is sent before it is positive again",
        h2spec: ["http2/6.9.2/2"],
      },
      [
        get(),
        bodiesOf(3),
        settings([SETTING.initialWindowSize, 2]),
        windowUpdate(1, 2),
        bodiesOf(4),
        windowUpdate(1, 100),
        settled(1),
      ],
      1,
      answered(200),
      lengths(3, 1, 1),
    ),
    [[SETTING.initialWindowSize, 3]],
  ),
  openedWith(
    accepted(
      {
        id: "h2-window-last",
        title: "two values of INITIAL_WINDOW_SIZE in one frame",
        source: "RFC 9113 §6.5.3",
        rule: "the last one counts",
        h2spec: ["http2/6.5.3/1"],
      },
      [get(), bodiesOf(2), windowUpdate(1, 100), settled(1)],
      1,
      answered(200),
      lengths(2, 3),
    ),
    [
      [SETTING.initialWindowSize, 100],
      [SETTING.initialWindowSize, 2],
    ],
  ),
  accepted(
    {
      id: "h2-window-connection",
      title: "an answer larger than the window of the connection",
      source: WINDOW,
      rule: "65535 bytes, the rest after WINDOW_UPDATE",
      origin: says("a".repeat(70_000)),
    },
    [
      get(),
      windowUpdate(1, 10_000),
      bodiesOf(65_535),
      ...PROBE,
      windowUpdate(0, 10_000),
      settled(1),
    ],
    1,
    answeredOn(1, 200, body("a".repeat(70_000))),
    seen(({ frames }) =>
      sentBeforePong(frames) === 65_535 ? undefined : `${sentBeforePong(frames)} bytes`,
    ),
  ),
  openedWith(
    accepted(
      {
        id: "h2-frame-size",
        title: "an answer of 40000 bytes",
        source: "RFC 9113 §4.2",
        rule: "no frame above 16384 bytes",
        origin: says("a".repeat(40_000)),
      },
      [get()],
      1,
      answeredOn(1, 200, body("a".repeat(40_000))),
      seen(({ frames }) =>
        frames.every(({ payload }) => payload.length <= 16_384) ? undefined : "a larger frame",
      ),
    ),
    [[SETTING.maxFrameSize, 16_384]],
  ),
  accepted(
    {
      id: "h2-window-updates",
      title: "WINDOW_UPDATE for connection and stream",
      source: "RFC 9113 §6.9",
      h2spec: ["generic/3.9/1", "generic/3.9/2"],
    },
    [post(), windowUpdate(0, 100), windowUpdate(1, 100), data(1, "x", END_STREAM)],
    1,
    answered(200),
  ),
];

function sentBeforePong(frames: readonly Frame[]): number {
  return bodyBytes(
    frames.slice(
      0,
      frames.findIndex(({ type, payload }) => type === PING && payload === "conforms"),
    ),
  );
}

const zero: readonly Case[] = [
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: "h2-window-update-0",
      title: "WINDOW_UPDATE of 0 for the connection",
      source: "RFC 9113 §6.9",
      h2spec: ["http2/6.9/1"],
    },
    windowUpdate(0, 0),
  ),
  endsStream(
    "PROTOCOL_ERROR",
    {
      id: "h2-window-update-stream-0",
      title: "WINDOW_UPDATE of 0 for a stream",
      source: "RFC 9113 §6.9",
      h2spec: ["http2/6.9/2"],
    },
    post() + windowUpdate(1, 0),
  ),
];

const overflow: readonly Case[] = [
  endsConnection(
    "FLOW_CONTROL_ERROR",
    {
      id: "h2-window-overflow",
      title: "a connection's window beyond 2^31-1",
      source: WINDOW,
      h2spec: ["http2/6.9.1/2"],
    },
    windowUpdate(0, 2 ** 31 - 1) + windowUpdate(0, 2 ** 31 - 1),
  ),
  endsStream(
    "FLOW_CONTROL_ERROR",
    {
      id: "h2-window-overflow-stream",
      title: "a stream's window beyond 2^31-1",
      source: WINDOW,
      h2spec: ["http2/6.9.1/3"],
    },
    post() + windowUpdate(1, 2 ** 31 - 1) + windowUpdate(1, 2 ** 31 - 1),
  ),
  endsConnection(
    "FLOW_CONTROL_ERROR",
    {
      id: "h2-window-overflow-setting",
      title: "a stream's window beyond 2^31-1 by SETTINGS",
      source: INITIAL,
    },
    post() + windowUpdate(1, 2 ** 31 - 1 - 65_535) + settings([SETTING.initialWindowSize, 65_536]),
  ),
];

/** Returns how many bytes the proxy lets the client send on stream 1, and on the connection, since its beginning. */
function allowance(received: string): number {
  const given = (id: number) =>
    readFrames(received)
      .filter(({ type, stream }) => type === WINDOW_UPDATE && stream === id)
      .reduce((sum, { payload }) => sum + readNumber(payload, 0, 4), 0);
  const initial = announced(received, SETTING.initialWindowSize) ?? DEFAULT_WINDOW;
  return Math.min(initial + given(1), DEFAULT_WINDOW + given(0));
}

/** Waits until the client may have sent so many bytes. */
const allowed = (bytes: number): Until => ({
  step: "until",
  what: `room for ${bytes} bytes`,
  holds: (received) => allowance(received) >= bytes,
});

/** A body of 1 MiB, each frame sent as soon as the windows allow it. */
const UPLOAD = Array.from({ length: 64 }, (_, index) => [
  allowed((index + 1) * 16_384),
  data(1, "a".repeat(16_384), index === 63 ? END_STREAM : NO_FLAG),
]).flat();

/** A frame of 257 bytes, one of which is data. */
const PADDED_BYTE = data(1, `\xffa${"\0".repeat(255)}`, PADDED);

const receiving: readonly Case[] = [
  accepted(
    {
      id: "h2-upload",
      title: "a body larger than the windows",
      source: WINDOW,
      rule: "room is given back, forwarded whole",
    },
    [post(), ...UPLOAD],
    1,
    answered(200),
    forwardedTimes(1),
    request(0, body("a".repeat(64 * 16_384))),
  ),
  accepted(
    {
      id: "h2-padding-counts",
      title: "a window full of padding",
      source: "RFC 9113 §6.1, §6.9.1",
      rule: "counted, and given back",
    },
    [
      post(),
      (received) => PADDED_BYTE.repeat(Math.floor(allowance(received) / 257)),
      { step: "until", what: "room for more", holds: (received) => givesBack(received) },
      data(1, "", END_STREAM),
    ],
    1,
    answered(200),
    ({ received }) => (givesBack(received) ? undefined : "no room is given back"),
  ),
];

/** Whether WINDOW_UPDATE came for stream 1. */
function givesBack(received: string): boolean {
  return readFrames(received).some(({ type, stream }) => type === WINDOW_UPDATE && stream === 1);
}

export const h2FlowControl: Topic = {
  name: "h2-flow-control",
  title: "HTTP/2: flow control",
  cases: [...sending, ...zero, ...overflow, ...receiving],
};
