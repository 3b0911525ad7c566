// A page in Chromium opens a WebSocket over the HTTP/2 connection that it was loaded on (RFC 8441).

import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import t from "tap";
import { WebSocketServer } from "ws";
import { givenBalancer, givenOrigin, until } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";

const CHROMIUM = "/usr/bin/chromium";
const PAGE = "<!doctype html><title>chat</title><p>a page</p>";

/** Runs in the page. Returns what the WebSocket has said, and how it was closed. */
function talk(
  host: string,
): Promise<readonly [protocol: string, got: readonly string[], code: number]> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`wss://${host}/chat`, ["chat"]);
    const got: string[] = [];
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => {
      got.push(String(data).slice(0, 10));
      if (got.length === 1) socket.send("x".repeat(500_000));
      else socket.close(4_001);
    };
    socket.onclose = ({ code }) => resolve([socket.protocol, got, code]);
  });
}

/** Chromium takes the certificate of this key for valid. */
function pinOf(certificate: string): string {
  const { publicKey } = new X509Certificate(readFileSync(certificate));
  const key = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

const skip = !existsSync(CHROMIUM) && `no browser at ${CHROMIUM}`;
t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("a WebSocket of a page in a browser", { skip, timeout: 230_000 }, async (t) => {
  const certificates = await givenCertificates();
  t.teardown(() => certificates[Symbol.asyncDispose]());
  await using origin = await givenOrigin((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(PAGE);
  });
  const server = new WebSocketServer({ server: origin.server });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
  await using balancer = await givenBalancer(
    [origin.port],
    {},
    { tls: { certificates: [certificates.site], alpn: ["h2", "http/1.1"] } },
  );
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    env: { PATH: process.env.PATH ?? "", HOME: t.testdir() },
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--host-resolver-rules=MAP www.foobar.com 127.0.0.1"],
      `--ignore-certificate-errors-spki-list=${pinOf(certificates.site.cert)}`,
    ],
  });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const host = `www.foobar.com:${balancer.port}`;
  await page.goto(`https://${host}/`);
  t.same(await page.evaluate(talk, host), ["chat", ["hello", "xxxxxxxxxx"], 4_001]);
  // The browser asks for the icon of the site too, at a time of its own.
  let opened: string | undefined;
  await until(async () => {
    opened = (await balancer.log(2)).find((line) => line.includes("/chat"));
    return opened !== undefined;
  });
  t.match(opened, / 101 .* ---- .*"GET \/chat HTTP\/2\.0"/);
});
