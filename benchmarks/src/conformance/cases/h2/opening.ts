// Cases about the beginning of a connection, and SETTINGS (RFC 9113 §3.4, §6.5).
import type { Case, Topic } from "../../case.ts";
import { answered, closed, nothingForwarded } from "../../checks.ts";
import { seen } from "../../checks-h2.ts";
import {
  ACK,
  frame,
  HEADERS,
  NO_FLAG,
  PREFACE,
  ping,
  SETTING,
  SETTINGS,
  settings,
} from "../../wire/h2/frames.ts";
import {
  accepted,
  endsConnection,
  get,
  h2Case,
  opening,
  PROBE,
  SETTINGS_ACK,
  SETTINGS_SEEN,
  settled,
  until,
} from "./wording.ts";

const PREFACE_SECTION = "RFC 9113 §3.4";
const DEFINED = "RFC 9113 §6.5.2";

/** Returns steps that send `bytes` in pieces of `size` bytes, with pauses that keep them apart. */
function pieces(bytes: string, size: number): Case["send"] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => [bytes.slice(i * size, (i + 1) * size), 5]).flat();
}

/** Puts other steps in place of the usual opening. */
function opened(which: Case, ...send: Case["send"]): Case {
  return { ...which, send };
}

const settingsFirst = seen(({ frames }) =>
  frames[0]?.type === SETTINGS && (frames[0].flags & ACK) === 0 ? undefined : "no SETTINGS first",
);

const prefaces: readonly Case[] = [
  accepted(
    {
      ...{ id: "h2-preface-good", title: "the client's preface", source: PREFACE_SECTION },
      ...{ rule: "the first frame is SETTINGS", h2spec: ["generic/1/1", "http2/3.5/1"] },
    },
    [],
    0,
    settingsFirst,
  ),
  opened(
    h2Case(
      {
        ...{ id: "h2-preface-invalid", title: "a preface that is none", source: PREFACE_SECTION },
        ...{ rule: "closed, with or without GOAWAY", h2spec: ["http2/3.5/2"], refuses: "frame" },
      },
      [],
      0,
      closed,
    ),
    "INVALID * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    until("GOAWAY", ({ goaway }) => goaway !== undefined),
  ),
  opened(
    h2Case(
      {
        ...{ id: "h2-preface-http1", title: "a request of HTTP/1.1", source: PREFACE_SECTION },
        ...{ rule: "closed, nothing forwarded", refuses: "head" },
      },
      [],
      0,
      nothingForwarded,
      closed,
    ),
    "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
    until("GOAWAY", ({ goaway }) => goaway !== undefined),
  ),
  opened(
    accepted(
      {
        ...{ id: "h2-preface-pieces", title: "preface and SETTINGS in pieces" },
        ...{ source: PREFACE_SECTION },
      },
      [],
      0,
    ),
    ...pieces(PREFACE + settings(), 5),
    SETTINGS_SEEN,
    SETTINGS_ACK,
    ...PROBE,
  ),
  opened(
    accepted(
      {
        ...{ id: "h2-preface-request", title: "a request right behind the preface" },
        ...{ source: PREFACE_SECTION },
      },
      [],
      1,
      answered(200),
    ),
    PREFACE + settings() + get(),
    settled(1),
    SETTINGS_ACK,
    ...PROBE,
  ),
  opened(
    endsConnection("PROTOCOL_ERROR", {
      ...{ id: "h2-preface-ping", title: "PING in place of the first SETTINGS" },
      ...{ source: PREFACE_SECTION },
    }),
    PREFACE + ping("12345678"),
    ...PROBE,
  ),
  opened(
    endsConnection("PROTOCOL_ERROR", {
      ...{ id: "h2-preface-ack", title: "an acknowledgement in place of the first SETTINGS" },
      ...{ source: PREFACE_SECTION },
    }),
    PREFACE + SETTINGS_ACK,
    ...PROBE,
  ),
  opened(
    endsConnection("PROTOCOL_ERROR", {
      ...{ id: "h2-preface-headers", title: "a request in place of the first SETTINGS" },
      ...{ source: PREFACE_SECTION },
    }),
    PREFACE + get(),
    ...PROBE,
  ),
];

const badSettings = (
  [
    ["push", "ENABLE_PUSH of 2", SETTING.enablePush, 2, "PROTOCOL_ERROR", ["http2/6.5.2/1"]],
    [
      ...["window", "INITIAL_WINDOW_SIZE of 2^31", SETTING.initialWindowSize, 2 ** 31],
      ...["FLOW_CONTROL_ERROR", ["http2/6.5.2/2", "http2/6.9.2/3"]],
    ],
    [
      ...["frame-small", "MAX_FRAME_SIZE of 16383", SETTING.maxFrameSize, 16_383],
      ...["PROTOCOL_ERROR", ["http2/6.5.2/3"]],
    ],
    [
      ...["frame-large", "MAX_FRAME_SIZE of 2^24", SETTING.maxFrameSize, 2 ** 24],
      ...["PROTOCOL_ERROR", ["http2/6.5.2/4"]],
    ],
  ] as const
).map(([id, title, setting, value, code, h2spec]) =>
  endsConnection(
    code,
    { id: `h2-setting-${id}`, title, source: DEFINED, h2spec },
    settings([setting, value]),
  ),
);

const goodSettings = (
  [
    ["unknown", "an unknown setting", 0xf0f0, 7, DEFINED, ["http2/6.5.2/5"]],
    ["push-1", "ENABLE_PUSH of 1", SETTING.enablePush, 1, DEFINED],
    ["frame-largest", "MAX_FRAME_SIZE of 2^24-1", SETTING.maxFrameSize, 2 ** 24 - 1, DEFINED],
    [
      "window-largest",
      "INITIAL_WINDOW_SIZE of 2^31-1",
      SETTING.initialWindowSize,
      2 ** 31 - 1,
      DEFINED,
    ],
    ["streams-0", "MAX_CONCURRENT_STREAMS of 0", SETTING.maxConcurrentStreams, 0, DEFINED],
    ["no-priorities", "NO_RFC7540_PRIORITIES", 9, 1, "RFC 9218 §2.1"],
  ] as const
).map(([id, title, setting, value, source, h2spec = []]) =>
  accepted(
    { id: `h2-setting-${id}`, title, source, h2spec },
    [settings([setting, value]), get()],
    1,
    answered(200),
  ),
);

const acknowledgements = (times: number) =>
  seen(({ frames }) => {
    const acks = frames.filter(({ type, flags }) => type === SETTINGS && (flags & ACK) !== 0);
    return acks.length === times ? undefined : `${acks.length} acknowledgements`;
  });

const settingsFrames: readonly Case[] = [
  accepted(
    {
      ...{ id: "h2-settings-ack", title: "SETTINGS", source: "RFC 9113 §6.5.3" },
      ...{ rule: "acknowledged", h2spec: ["generic/3.5/1", "http2/6.5.3/2"] },
    },
    [settings([SETTING.enablePush, 0])],
    0,
    acknowledgements(2), // of these SETTINGS, and of those in the opening
  ),
  endsConnection(
    "FRAME_SIZE_ERROR",
    {
      ...{ id: "h2-settings-ack-payload", title: "an acknowledgement with a payload" },
      ...{ source: "RFC 9113 §6.5", h2spec: ["http2/6.5/1"] },
    },
    frame(SETTINGS, ACK, 0, "\0"),
  ),
  endsConnection(
    "PROTOCOL_ERROR",
    {
      ...{ id: "h2-settings-stream", title: "SETTINGS on a stream" },
      ...{ source: "RFC 9113 §6.5", h2spec: ["http2/6.5/2"] },
    },
    frame(SETTINGS, NO_FLAG, 1, "\0\x03\0\0\0d"),
  ),
  endsConnection(
    "FRAME_SIZE_ERROR",
    {
      ...{ id: "h2-settings-length", title: "SETTINGS of 3 bytes" },
      ...{ source: "RFC 9113 §6.5", h2spec: ["http2/6.5/3"] },
    },
    frame(SETTINGS, NO_FLAG, 0, "\0\x03\0"),
  ),
];

const noTable = seen(({ frames }) => {
  const block = frames.find(({ type }) => type === HEADERS)?.payload ?? "";
  return block.charCodeAt(0) === 0x20 ? undefined : "the smaller table is not announced";
});

const table: Case = {
  ...accepted(
    {
      ...{ id: "h2-setting-table-0", title: "HEADER_TABLE_SIZE of 0", source: "RFC 7541 §4.2" },
      ...{ rule: "the next head begins with the table's new size" },
    },
    [],
    2,
    answered(200, 200),
    noTable,
  ),
  send: [
    ...opening([SETTING.headerTableSize, 0]),
    get(1),
    settled(1),
    get(3),
    settled(2),
    ...PROBE,
  ],
};

export const h2Opening: Topic = {
  name: "h2-opening",
  title: "HTTP/2: the opening and SETTINGS",
  cases: [...prefaces, ...settingsFrames, ...goodSettings, ...badSettings, table],
};
