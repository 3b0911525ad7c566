// Cases about header blocks: how they are cut into frames (RFC 9113 §4.3, §6.2, §6.10).
import type { Case, Topic } from "../../case.ts";
import { answered, has, request } from "../../checks.ts";
import {
  CONTINUATION,
  DATA,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  NO_FLAG,
  PING,
  PRIORITY,
  priority,
  SETTINGS,
  u32,
  WINDOW_UPDATE,
} from "../../wire/h2/frames.ts";
import { accepted, endsConnection, get, post, requestBlock } from "./wording.ts";

const CUT = "RFC 9113 §6.10";

const continued = (flags: number, payload: string, id = 1) =>
  frame(CONTINUATION, flags, id, payload);

/** Cuts a block into so many pieces, and returns them as HEADERS and CONTINUATION. */
function inPieces(block: string, pieces: number): string {
  const size = Math.ceil(block.length / pieces);
  const part = (index: number) => block.slice(index * size, (index + 1) * size);
  let frames = headers(1, part(0), END_STREAM);
  for (let i = 1; i < pieces; i++)
    frames += continued(i === pieces - 1 ? END_HEADERS : NO_FLAG, part(i));
  return frames;
}

const cut: readonly Case[] = (
  [
    [2, ["generic/3.10/1"]],
    [5, ["generic/3.10/2", "http2/6.10/1"]],
  ] as const
).map(([pieces, h2spec]) =>
  accepted(
    {
      id: `h2-continuation-${pieces}`,
      title: `a head in ${pieces} frames`,
      source: CUT,
      h2spec,
      rule: "forwarded whole",
    },
    [inPieces(requestBlock("GET", [["x-one", "1"]]), pieces)],
    1,
    answered(200),
    request(0, has("x-one", "1")),
  ),
);

const empty = accepted(
  { id: "h2-continuation-empty", title: "a head whose last frame is empty", source: CUT },
  [headers(1, requestBlock(), END_STREAM) + continued(NO_FLAG, "") + continued(END_HEADERS, "")],
  1,
  answered(200),
);

const between: readonly Case[] = (
  [
    [
      "priority",
      "PRIORITY",
      frame(PRIORITY, NO_FLAG, 1, priority(0)),
      ["http2/4.3/2", "http2/6.2/1"],
    ],
    ["headers", "HEADERS of another stream", get(3), ["http2/4.3/3", "http2/6.2/2"]],
    ["data", "DATA", data(1, "x"), ["http2/6.10/2"]],
    ["ping", "PING", frame(PING, NO_FLAG, 0, "12345678"), []],
    ["settings", "SETTINGS", frame(SETTINGS, NO_FLAG, 0), []],
    ["window-update", "WINDOW_UPDATE", frame(WINDOW_UPDATE, NO_FLAG, 0, u32(1)), []],
    ["unknown", "an unknown frame", frame(0xaa, NO_FLAG, 1, "x"), ["http2/5.5/2"]],
    ["continuation", "CONTINUATION of another stream", continued(NO_FLAG, "", 3), []],
  ] as const
).map(([id, name, bytes, h2spec]) =>
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: `h2-within-${id}`,
      title: `${name} within a head`,
      source: "RFC 9113 §4.3, §6.2",
      h2spec,
    },
    headers(1, requestBlock(), END_STREAM) + bytes + continued(END_HEADERS, ""),
  ),
);

const stray: readonly Case[] = [
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: "h2-continuation-zero",
      title: "CONTINUATION on stream 0 within a head",
      source: CUT,
      h2spec: ["http2/6.10/3"],
    },
    headers(1, requestBlock(), END_STREAM) + continued(END_HEADERS, "", 0),
  ),
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: "h2-continuation-after",
      title: "CONTINUATION behind a whole head",
      source: CUT,
      h2spec: ["http2/6.10/4"],
    },
    post() + continued(END_HEADERS, requestBlock()),
  ),
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: "h2-continuation-twice",
      title: "CONTINUATION behind the last one",
      source: CUT,
      h2spec: ["http2/6.10/5"],
    },
    headers(1, requestBlock(), NO_FLAG) + continued(END_HEADERS, "") + continued(END_HEADERS, ""),
  ),
  endsConnection(
    "PROTOCOL_ERROR",
    {
      id: "h2-continuation-data",
      title: "CONTINUATION behind DATA",
      source: CUT,
      h2spec: ["http2/6.10/6"],
    },
    headers(1, requestBlock(), NO_FLAG) + frame(DATA, NO_FLAG, 1, "x") + continued(END_HEADERS, ""),
  ),
];

export const h2HeaderBlocks: Topic = {
  name: "h2-header-blocks",
  title: "HTTP/2: header blocks",
  cases: [...cut, empty, ...between, ...stray],
};
