// Cases about protocol switches (RFC 9110 §7.8, RFC 6455 §4). Only after the server's 101 may the
// proxy relay bytes in both directions as a tunnel.
import type { Case, Topic } from "../case.ts";
import {
  all,
  answered,
  body,
  closed,
  cutOff,
  forwardedTimes,
  has,
  keptOpen,
  lacks,
  request,
  response,
} from "../checks.ts";
import { HALF_CLOSE, RESET } from "../wire/steps.ts";
import { get, head, ok, post, turn } from "./wording.ts";

const UPGRADE = "RFC 9110 §7.8";
const WEBSOCKET = "RFC 6455 §4.2";
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const asks = get(
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${KEY}`,
);
const switches = head(
  "HTTP/1.1 101 Switching Protocols",
  "Connection: Upgrade",
  "Upgrade: websocket",
  `Sec-WebSocket-Accept: ${ACCEPT}`,
);

/** Checks that the origin receives exactly `text` after the head of the upgrade request. */
const reached =
  (text: string) =>
  ({ connections }: { readonly connections: readonly { readonly bytes: string }[] }) => {
    const [first] = connections;
    const after = first?.bytes.slice(first.bytes.indexOf("\r\n\r\n") + 4);
    return after === text ? undefined : "client's bytes lost";
  };

const got =
  (text: string) =>
  ({ received }: { readonly received: string }) =>
    received.endsWith(`\r\n\r\n${text}`) ? undefined : "server's bytes lost";

const tunnels: readonly Case[] = (
  [
    {
      id: "websocket",
      title: "WebSocket: 101, then bytes both ways",
      source: WEBSOCKET,
      rule: "relayed both ways",
      send: [asks, /101[\s\S]*\r\n\r\n/, "ping", /pong/, 50],
      origin: [turn(switches, 100, "pong")],
      answers: 1,
      checks: [
        answered(101),
        response(0, has("sec-websocket-accept", ACCEPT)),
        request(0, all(has("upgrade", "websocket"), has("sec-websocket-key", KEY))),
        reached("ping"),
        got("pong"),
        keptOpen,
      ],
    },
    {
      id: "websocket-first-bytes",
      title: "bytes in the packets of the request and of the 101",
      source: WEBSOCKET,
      rule: "none lost",
      send: [`${asks}ping`, /pong/, 50],
      origin: [turn(50, `${switches}pong`)],
      answers: 1,
      checks: [answered(101), reached("ping"), got("pong")],
    },
    {
      id: "websocket-server-dies",
      title: "the server of a tunnel dies",
      source: "RFC 6455 §7.1",
      rule: "the client's connection is closed",
      send: [asks, /101/],
      origin: [turn(switches, 50, RESET)],
      answers: 0,
      checks: [answered(101), closed],
    },
    {
      id: "websocket-client-dies",
      title: "the client of a tunnel dies",
      source: "RFC 6455 §7.1",
      rule: "the server's connection is closed",
      send: [asks, /101/, 50, RESET, 150],
      origin: [turn(switches)],
      answers: 0,
      checks: [cutOff],
    },
    {
      id: "websocket-half-close",
      title: "one side of a tunnel half-closes",
      source: UPGRADE,
      rule: "passed on; the other direction stays",
      send: [asks, /101/, "last", HALF_CLOSE, /answer/],
      origin: [turn(switches, 150, "answer", HALF_CLOSE)],
      answers: 0,
      checks: [answered(101), reached("last"), got("answer"), closed],
    },
    {
      id: "upgrade-declined",
      title: "the server answers an upgrade with 426",
      source: UPGRADE,
      rule: "a usual answer; the connection lives on",
      send: [asks, /426[\s\S]*no/, get()],
      origin: [turn(`${head("HTTP/1.1 426 Upgrade Required", "Content-Length: 2")}no`)],
      answers: 2,
      checks: [answered(426, 200), keptOpen, forwardedTimes(2)],
    },
    {
      id: "tunnel-idle",
      title: "a tunnel without traffic",
      source: "RFC 9112 §9.5",
      rule: "closed after its own timeout",
      send: [asks, /101/],
      origin: [turn(switches)],
      answers: 0,
      checks: [answered(101), closed, cutOff],
    },
  ] satisfies readonly Case[]
).map((each) => ({ ...each, needs: "upgrades" }));

/**
 * Makes a case in which the proxy must not forward the Upgrade field. The proxy must serve the
 * request as if the request had no Upgrade field.
 */
function ignored(id: string, title: string, rule: string, send: string): Case {
  return {
    id,
    title,
    source: UPGRADE,
    rule,
    send: [send],
    answers: 1,
    checks: [answered(200), forwardedTimes(1), request(0, lacks("upgrade", "http2-settings"))],
  };
}

const dropped = "Upgrade removed, served";

const plain: readonly Case[] = [
  ignored(
    "h2c",
    "`Upgrade: h2c`",
    dropped,
    get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
  ),
  ignored(
    "upgrade-unknown",
    "`Upgrade: frob/2`",
    dropped,
    get("Connection: Upgrade", "Upgrade: frob/2"),
  ),
  ignored(
    "upgrade-unnamed",
    "Upgrade that Connection does not name",
    dropped,
    get("Upgrade: websocket"),
  ),
  ignored(
    "upgrade-with-body",
    "an upgrade with a body",
    dropped,
    post(["Connection: Upgrade", "Upgrade: websocket", "Content-Length: 5"], "hello"),
  ),
  ignored(
    "upgrade-http-1.0",
    "an upgrade on HTTP/1.0",
    dropped,
    head("GET / HTTP/1.0", "Host: example.com", "Connection: Upgrade", "Upgrade: websocket"),
  ),
  {
    id: "unasked-101",
    title: "101 without a request for it",
    source: UPGRADE,
    rule: "502",
    send: [get()],
    origin: [turn(switches)],
    answers: 1,
    refuses: "answer",
    checks: [answered(502)],
  },
  {
    id: "upgrade-then-request",
    title: "a request behind a declined upgrade",
    source: UPGRADE,
    rule: "answered as a request",
    send: [asks + get()],
    origin: [turn(`${ok("Content-Length: 2")}no`)],
    answers: 2,
    checks: [answered(200, 200), response(0, body("no")), forwardedTimes(2)],
  },
];

export const upgrade: Topic = {
  name: "upgrade",
  title: "Protocol switches and tunnels",
  cases: [...tunnels, ...plain],
};
