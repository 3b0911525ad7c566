// Functions that build the usual parts of cases over HTTP/2: the opening of a connection, requests, and whole cases.
import type { Case, Check } from "../../case.ts";
import { nothingForwarded } from "../../checks.ts";
import { connectionError, isPong, streamError, usable } from "../../checks-h2.ts";
import {
  ACK,
  bodyBytes,
  type Code,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  headers,
  PREFACE,
  ping,
  readFrames,
  readNumber,
  SETTINGS,
  type Settings,
  settings,
} from "../../wire/h2/frames.ts";
import { block } from "../../wire/h2/hpack-write.ts";
import { type H2Seen, readH2, settledStreams } from "../../wire/h2/seen.ts";
import type { Step, Until } from "../../wire/steps.ts";

export type Fields = readonly (readonly [name: string, value: string])[];

/** Waits until what the client has seen is as it should be. */
export function until(what: string, holds: (seen: H2Seen) => boolean): Until {
  return { step: "until", what, holds: (received) => holds(readH2(received)) };
}

/** Waits until so many streams are answered or reset. */
export function settled(streams: number): Until {
  return until(`${streams} streams to settle`, (seen) => settledStreams(seen) >= streams);
}

/** Waits until the proxy has sent a head on the stream. */
export function headOn(id: number): Until {
  return until(`a head on stream ${id}`, (seen) =>
    seen.streams.some((stream) => stream.id === id && stream.answers.length > 0),
  );
}

/** Waits until so many bytes of bodies have come on a stream, or on all. */
export function bodiesOf(bytes: number, id?: number): Until {
  return until(`${bytes} bytes of bodies`, ({ frames }) => bodyBytes(frames, id) >= bytes);
}

/** Waits until the proxy has sent SETTINGS. */
export const SETTINGS_SEEN = until("SETTINGS", ({ frames }) =>
  frames.some(({ type, flags }) => type === SETTINGS && (flags & ACK) === 0),
);
export const SETTINGS_ACK = frame(SETTINGS, ACK, 0);

/**
 * Opens a connection as a client does: the preface, SETTINGS, and the acknowledgement of those of the proxy. Frames that
 * follow cannot be taken for a part of the opening.
 */
export function opening(...pairs: Settings): readonly Step[] {
  return [PREFACE + settings(...pairs), SETTINGS_SEEN, SETTINGS_ACK];
}

/** The end of many cases: when this PING is acknowledged, or the connection ended, all frames before it were acted on. */
export const PROBE: readonly Step[] = [
  ping("conforms"),
  until(
    "the answer to PING, or GOAWAY",
    ({ frames, goaway }) =>
      frames.some((each) => isPong(each) && each.payload === "conforms") ||
      (goaway !== undefined && goaway !== "NO_ERROR"),
  ),
];

/** Returns the value of a setting of the proxy; undefined when it has not announced it. */
export function announced(received: string, id: number): number | undefined {
  let value: number | undefined;
  for (const { type, payload } of readFrames(received)) {
    for (let at = 0; type === SETTINGS && at < payload.length; at += 6)
      if (readNumber(payload, at, 2) === id) value = readNumber(payload, at + 2, 4);
  }
  return value;
}

/** Returns the pseudo-fields of a request. */
export function pseudo(method = "GET", path = "/"): Fields {
  return [
    [":method", method],
    [":scheme", "http"],
    [":path", path],
    [":authority", "example.com"],
  ];
}

/** Returns the block of a request with the given fields in addition to the pseudo-fields. */
export function requestBlock(method = "GET", fields: Fields = [], path = "/"): string {
  return block([...pseudo(method, path), ...fields]);
}

/** Returns a whole GET. */
export function get(id = 1, fields: Fields = [], path = "/"): string {
  return headers(id, requestBlock("GET", fields, path), END_HEADERS | END_STREAM);
}

/** Returns the head of a POST whose body follows. */
export function post(id = 1, fields: Fields = [], path = "/"): string {
  return headers(id, requestBlock("POST", fields, path), END_HEADERS);
}

/** Returns the trailers of request 1, which end its body unless `flags` say otherwise. */
export function ends(fields: Fields, flags = END_HEADERS | END_STREAM): string {
  return headers(1, block(fields), flags);
}

/** Returns a request without a body that has exactly these fields. */
export function bare(fields: Fields, id = 1): string {
  return headers(id, block(fields), END_HEADERS | END_STREAM);
}

/** Returns GOAWAY. */
export function goaway(payload: string, id = 0): string {
  return frame(GOAWAY, 0, id, payload);
}

type About = Pick<Case, "id" | "title" | "source"> &
  Partial<Pick<Case, "h2spec" | "needs" | "origin">>;

/** Makes a case over HTTP/2. `send` follows the opening of the connection. */
export function h2Case(
  about: About & Pick<Case, "rule"> & Partial<Pick<Case, "refuses">>,
  send: readonly Step[],
  answers: number,
  ...checks: readonly Check[]
): Case {
  return { protocol: "h2", ...about, send: [...opening(), ...send], answers, checks };
}

/** Makes a case of something that has to be accepted: `answers` streams are answered, and the connection goes on. */
export function accepted(
  about: About & Partial<Pick<Case, "rule">>,
  send: readonly Step[],
  answers: number,
  ...checks: readonly Check[]
): Case {
  const wait = answers > 0 ? [settled(answers)] : [];
  const rule = answers > 0 ? "accepted, answered" : "accepted";
  return h2Case({ rule, ...about }, [...send, ...wait, ...PROBE], answers, ...checks, usable);
}

/** Makes a case of a connection error (RFC 9113 §5.4.1). */
export function endsConnection(
  code: Code | readonly Code[],
  about: About & Partial<Pick<Case, "rule">>,
  ...send: readonly Step[]
): Case {
  const codes: readonly Code[] = typeof code === "string" ? [code] : code;
  return h2Case(
    { rule: `GOAWAY ${codes.join(" or ")}, close`, refuses: "frame", ...about },
    [...send, ...PROBE],
    0,
    connectionError(...codes),
  );
}

/** Makes a case of a stream error (RFC 9113 §5.4.2) on stream 1, which ends that stream alone. */
export function endsStream(
  code: Code,
  about: About & Partial<Pick<Case, "refuses">>,
  ...send: readonly Step[]
): Case {
  return h2Case(
    { rule: `RST_STREAM ${code}`, refuses: "frame", ...about },
    [...send, settled(1), ...PROBE],
    1,
    streamError(1, code),
    usable,
  );
}

/** Makes a case of a malformed request (RFC 9113 §8.1.1): its stream is reset, and nothing reaches the origin. */
export function malformed(about: About, ...send: readonly Step[]): Case {
  const { checks, ...rest } = endsStream("PROTOCOL_ERROR", { refuses: "head", ...about }, ...send);
  return {
    ...rest,
    rule: "RST_STREAM PROTOCOL_ERROR, not forwarded",
    checks: [nothingForwarded, ...checks],
  };
}
