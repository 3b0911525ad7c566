// The kinds of traffic in a soak test. Each function makes one visit of a client, and throws when
// the balancer handles that visit wrongly.
import { setTimeout as sleep } from "node:timers/promises";
import { open } from "./client.ts";

type Visit = (port: number, random: () => number) => Promise<void>;

const GET = (path: string, fields = ""): string =>
  `GET ${path} HTTP/1.1\r\nHost: soak\r\n${fields}\r\n`;

function expect(what: string, holds: boolean, received: Buffer): void {
  if (holds) return;
  throw new Error(`${what}: ${JSON.stringify(received.toString("latin1").slice(0, 120))}`);
}

const statusOf = (received: Buffer): number =>
  Number(/^HTTP\/1\.1 (\d{3})/.exec(received.toString("latin1", 0, 16))?.[1] ?? 0);

const good: Visit = async (port, random) => {
  using client = await open(port);
  for (let i = 0; i < 5; i++) client.send(GET("/"));
  const answers = await client.until((all) => all.toString().split("hello").length === 6);
  expect("five pipelined GETs", answers.toString().split("200 OK").length === 6, answers);
  const body = "b".repeat(1 + Math.floor(random() * 200_000));
  using uploader = await open(port);
  uploader.send(
    `POST /echo HTTP/1.1\r\nHost: soak\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const echoed = await uploader.until((all) => all.subarray(-5).toString() === "0\r\n\r\n");
  expect("an echoed body", echoed.length > body.length, echoed);
};

const BAD = [
  "GET / HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(300)}\r\n`,
] as const;

const bad: Visit = async (port, random) => {
  using client = await open(port);
  client.send(BAD[Math.floor(random() * BAD.length)] ?? "");
  const answer = await client.until((all) => all.includes("\r\n\r\n"));
  expect("a refusal", [400, 414, 431].includes(statusOf(answer)), answer);
};

const slow: Visit = async (port, random) => {
  using client = await open(port);
  const text =
    random() < 0.5 ? GET("/") : "POST /echo HTTP/1.1\r\nHost: soak\r\nContent-Length: 50\r\n\r\nx";
  for (const character of text.slice(0, -1)) {
    if (client.socket.destroyed) break;
    client.send(character);
    await sleep(20);
  }
  if (random() < 0.5) client.send(text.slice(-1));
  await client.until((all) => all.length > 0);
};

const aborted: Visit = async (port, random) => {
  using client = await open(port);
  if (random() < 0.5) client.send(GET(random() < 0.5 ? "/large" : "/late"));
  else client.send("POST /echo HTTP/1.1\r\nHost: soak\r\nContent-Length: 999999\r\n\r\nsome");
  await sleep(random() * 100);
  if (random() < 0.5) client.socket.resetAndDestroy();
};

const cutShort: Visit = async (port) => {
  using client = await open(port);
  client.send(GET("/die"));
  const answer = await client.until(() => false);
  expect("a truncated answer", !answer.includes("0\r\n\r\n"), answer);
};

const upgraded: Visit = async (port, random) => {
  using client = await open(port);
  client.send(GET("/ws", "Connection: upgrade\r\nUpgrade: websocket\r\n"));
  const switched = await client.until((all) => all.includes("\r\n\r\n"));
  expect("a switch of protocols", statusOf(switched) === 101, switched);
  client.send("ping");
  const pong = await client.until((all) => all.includes("ping"));
  expect("an echo through the tunnel", pong.includes("ping"), pong);
  if (random() < 0.3) client.socket.resetAndDestroy();
  else if (random() < 0.5) {
    client.send("bye");
    await client.until(() => false);
  }
};

export const TRAFFIC: Readonly<Record<string, Visit>> = {
  good,
  bad,
  slow,
  aborted,
  cutShort,
  upgraded,
};
