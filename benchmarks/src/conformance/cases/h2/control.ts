// Cases about PING and GOAWAY (RFC 9113 §6.7, §6.8).
import type { Case, Topic } from "../../case.ts";
import { answered, closed, forwardedTimes } from "../../checks.ts";
import { isPong, seen } from "../../checks-h2.ts";
import { ACK, CODES, frame, NO_FLAG, PING, ping, u32 } from "../../wire/h2/frames.ts";
import { accepted, endsConnection, get, goaway, h2Case, PROBE, settled, until } from "./wording.ts";

const pongs = (payload: string, times: number) =>
  seen(({ frames }) => {
    const found = frames.filter((each) => isPong(each) && each.payload === payload).length;
    return found === times ? undefined : `${found} answers`;
  });

const pings: readonly Case[] = [
  accepted(
    {
      ...{
        id: "h2-ping",
        title: "PING",
        source: "RFC 9113 §6.7",
        rule: "answered with its payload",
      },
      ...{ h2spec: ["generic/3.7/1", "http2/6.7/1"] },
    },
    [ping("\0\x01\x02\x03\xff\xfe\xfd\xfc")],
    0,
    pongs("\0\x01\x02\x03\xff\xfe\xfd\xfc", 1),
  ),
  accepted(
    {
      ...{ id: "h2-ping-ack", title: "an answer to no PING", source: "RFC 9113 §6.7" },
      ...{ rule: "not answered", h2spec: ["http2/6.7/2"] },
    },
    [ping("stranger", ACK)],
    0,
    pongs("stranger", 0),
  ),
  endsConnection(
    "PROTOCOL_ERROR",
    {
      ...{ id: "h2-ping-stream", title: "PING on a stream", source: "RFC 9113 §6.7" },
      ...{ h2spec: ["http2/6.7/3", "http2/5.4.1/1", "http2/5.4.1/2"] },
    },
    frame(PING, NO_FLAG, 3, "12345678"),
  ),
  endsConnection(
    "FRAME_SIZE_ERROR",
    {
      ...{ id: "h2-ping-length", title: "PING of 6 bytes", source: "RFC 9113 §6.7" },
      ...{ h2spec: ["http2/6.7/4"] },
    },
    frame(PING, NO_FLAG, 0, "123456"),
  ),
];

const leaving: readonly Case[] = [
  h2Case(
    {
      ...{ id: "h2-goaway", title: "GOAWAY behind a request", source: "RFC 9113 §6.8" },
      ...{ rule: "the request is answered, then closed", h2spec: ["generic/3.8/1"] },
    },
    [get() + goaway(u32(0) + u32(0)), settled(1), until("the end", () => false)],
    1,
    answered(200),
    forwardedTimes(1),
    closed,
  ),
  h2Case(
    {
      ...{ id: "h2-goaway-code", title: "GOAWAY with an unknown code", source: "RFC 9113 §7" },
      ...{ rule: "nothing special: PING is answered, or closed", h2spec: ["http2/7/1"] },
    },
    [goaway(u32(0) + u32(0xff)), ...PROBE],
    0,
    ({ h2, ending }) =>
      ending !== "open" || h2?.frames.some(isPong) ? undefined : "no answer to PING",
  ),
  endsConnection(
    "PROTOCOL_ERROR",
    {
      ...{ id: "h2-goaway-stream", title: "GOAWAY on a stream", source: "RFC 9113 §6.8" },
      ...{ h2spec: ["http2/6.8/1"] },
    },
    goaway(u32(0) + u32(CODES.indexOf("NO_ERROR")), 1),
  ),
  endsConnection(
    "FRAME_SIZE_ERROR",
    { id: "h2-goaway-length", title: "GOAWAY of 7 bytes", source: "RFC 9113 §4.2" },
    goaway("\0\0\0\0\0\0\0"),
  ),
];

const idle: Case = h2Case(
  {
    ...{ id: "h2-idle", title: "idle after an answer", source: "RFC 9113 §6.8, §9.1" },
    ...{ rule: "GOAWAY NO_ERROR, closed", needs: "short timeouts" },
  },
  [get(), settled(1), until("the end", () => false)],
  1,
  answered(200),
  seen(({ goaway: code }) => (code === "NO_ERROR" ? undefined : "no GOAWAY")),
  closed,
);

export const h2Control: Topic = {
  name: "h2-control",
  title: "HTTP/2: PING and GOAWAY",
  cases: [...pings, ...leaving, idle],
};
