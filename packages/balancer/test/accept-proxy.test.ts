// PROXY headers from a proxy in front of the balancer: what they change, and which connections are refused. The proxy is
// the test itself, and then a real HAProxy.
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import http2 from "node:http2";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import type { ConfigInput } from "@tandem/config";
import type { RefusalReason } from "@tandem/transport";
import t from "tap";
import { givenBalancer, givenOrigin, rawClient, roundTrip, until } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";
import { givenHaproxy, withoutHaproxy } from "./given-haproxy.ts";
import { freePort, givenReloadable, section } from "./given-reloadable.ts";

type Frontend = NonNullable<ConfigInput["balancer"]>["frontends"][string];

const LOCAL_PROXY: Partial<Frontend> = { acceptProxy: { from: ["127.0.0.1"] } };
const V1 = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 8443\r\n";
const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
const V2_FROM_6 = `${SIGNATURE}\x21\x21\0\x24 \x01\r\xb8${"\0".repeat(11)}\x01${"\0".repeat(15)}\x01\xdc\x04\x20\xfb`;
const V2_LOCAL = `${SIGNATURE}\x20\0\0\0`;
/** A header whose TLV says that the client spoke TLS with the proxy. */
const V2_TLS = `${SIGNATURE}\x21\x11\0\x14\xc0\0\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb\x20\0\x05\x01\0\0\0\x01`;
const GET = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

/** Answers with the fields that say who the client is. */
const givenTeller = () =>
  givenOrigin(({ headers }, response) => {
    const told = ["for", "proto", "port"].map((what) => headers[`x-forwarded-${what}`]);
    response.end(told.join(" "));
  });

const bodyOf = (answer: string): string => answer.split("\r\n\r\n")[1] ?? "";

t.test("the client is the one that the header names: fields, log", async (t) => {
  await using origin = await givenTeller();
  await using balancer = await givenBalancer([origin.port], {}, LOCAL_PROXY);
  const ask = async (header: string) => bodyOf(await roundTrip(balancer.port, header + GET));
  t.equal(await ask(V1), "192.0.2.1 http 8443");
  t.equal(await ask(V2_FROM_6), "2001:db8::1 http 8443");
  t.equal(await ask(V2_TLS), "192.0.2.1 https 443", "the proxy decrypted the connection");
  t.equal(await ask(V2_LOCAL), `127.0.0.1 http ${balancer.port}`);
  t.equal(await ask("PROXY UNKNOWN\r\n"), `127.0.0.1 http ${balancer.port}`);
  const log = await balancer.log(5);
  t.match(log[0], /^192\.0\.2\.1:56324 /);
  t.match(log[1], /^2001:db8::1:56324 /);
  t.match(log[3], /^127\.0\.0\.1:\d+ /);
});

t.test("a header in pieces, and requests after it in the same read", async (t) => {
  await using origin = await givenTeller();
  await using balancer = await givenBalancer([origin.port], {}, LOCAL_PROXY);
  for (const header of [V1, V2_FROM_6]) {
    using client = await rawClient(balancer.port);
    client.socket.setNoDelay(true);
    for (const byte of header) {
      client.send(byte);
      await new Promise(setImmediate);
    }
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.received(/ 8443$/);
    client.send(GET);
    t.match(await client.closed(), /8443HTTP.* 8443$/s, "one header for all requests");
  }
});

t.test("trustedProxies are asked about the client, and no longer about the proxy", async (t) => {
  await using origin = await givenTeller();
  const frontend = { ...LOCAL_PROXY, trustedProxies: ["127.0.0.1", "198.18.0.0/15"] };
  await using balancer = await givenBalancer([origin.port], {}, frontend);
  const claiming = GET.replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
  const ask = async (header: string) => bodyOf(await roundTrip(balancer.port, header + claiming));
  t.match(await ask(V1), /^192\.0\.2\.1 /, "a client that is not trusted");
  const trusted = V1.replace("192.0.2.1", "198.18.0.9");
  t.match(await ask(trusted), /^203\.0\.113\.9, 198\.18\.0\.9 /, "a proxy in front of the proxy");
  t.match((await balancer.log(2))[1], /^203\.0\.113\.9:0 /);
});

t.test("hashing by source goes by the client", async (t) => {
  await using one = await givenOrigin((_request, response) => void response.end("one"));
  await using two = await givenOrigin((_request, response) => void response.end("two"));
  const balance = { algorithm: "source" } as const;
  await using balancer = await givenBalancer([one.port, two.port], { balance }, LOCAL_PROXY);
  const places = new Set<string>();
  for (let host = 1; host <= 20; host++) {
    const from = (port: number) => `PROXY TCP4 192.0.2.${host} 198.51.100.7 ${port} 80\r\n`;
    const first = bodyOf(await roundTrip(balancer.port, from(1000) + GET));
    t.equal(bodyOf(await roundTrip(balancer.port, from(2000) + GET)), first, "the port is no part");
    places.add(first);
  }
  t.equal(places.size, 2);
});

t.test("TLS and HTTP/2 begin after the header", async (t) => {
  await using certificates = await givenCertificates();
  await using origin = await givenTeller();
  const tls = { certificates: [certificates.site], alpn: ["h2" as const, "http/1.1" as const] };
  await using balancer = await givenBalancer([origin.port], {}, { ...LOCAL_PROXY, tls });
  for (const header of [V1, V2_FROM_6]) {
    const raw = connect(balancer.port, "127.0.0.1");
    raw.write(header, "latin1");
    const options = { ca: certificates.authority, servername: "www.foobar.com" };
    const socket = connectTls({ ...options, socket: raw, ALPNProtocols: ["h2"] });
    await once(socket, "secureConnect");
    const session = http2.connect("https://www.foobar.com", { createConnection: () => socket });
    const stream = session.request({ ":path": "/" });
    let body = "";
    for await (const chunk of stream) body += chunk;
    t.match(body, /^(?:192\.0\.2\.1|2001:db8::1) https 8443$/);
    const closed = once(session, "close");
    session.close();
    await closed;
  }
});

t.test("what is no header, comes late or breaks off is closed, counted and logged", async (t) => {
  await using origin = await givenTeller();
  const acceptProxy = { from: ["127.0.0.1"], timeout: "200ms" };
  const first = section({ one: origin.port });
  const front = { bind: "127.0.0.1:0", routes: [{ backend: "web" }], acceptProxy };
  await using balancer = await givenReloadable(
    { ...first, frontends: { front } },
    { level: "info" },
  );
  const port = balancer.plane.ports.front ?? 0;
  const counted = async (): Promise<Readonly<Record<RefusalReason, number>>> => {
    const status = await balancer.plane.status();
    return status.frontends[0]?.refused as Readonly<Record<RefusalReason, number>>;
  };
  t.equal(await roundTrip(port, GET), "", "no byte is answered");
  t.equal(await roundTrip(port, `PROXY TCP4 1 2 3 4\r\n${GET}`), "");
  t.equal(await roundTrip(port, "PROXY TCP4 192"), "", "late");
  using leaving = await rawClient(port);
  leaving.send("PROXY TCP4 192");
  leaving.socket.end();
  await leaving.closed();
  t.match(await counted(), { preface: 2, timeout: 1, closed: 1, untrusted: 0 });
  const [no, wrong] = await balancer.said("PROXY header: ", 1);
  t.match(no, { reason: "preface", client: "127.0.0.1", frontend: "front" });
  t.match(no?.msg ?? no?.message, /its PROXY header: the connection does not begin with one/);
  t.equal(wrong, undefined, "the second of its kind within ten seconds");
  t.equal(origin.requests.length, 0);
});

t.test("a peer that is no proxy is refused at once; a reload changes who is one", async (t) => {
  await using origin = await givenTeller();
  const port = await freePort();
  const withProxies = (from: string[] | undefined) => {
    const acceptProxy = from && { acceptProxy: { from } };
    const front = { bind: `127.0.0.1:${port}`, routes: [{ backend: "web" }], ...acceptProxy };
    return { ...section({ one: origin.port }), frontends: { front } };
  };
  await using balancer = await givenReloadable(withProxies(["192.0.2.0/24", "::1"]));
  using silent = await rawClient(port);
  t.equal(await silent.closed(), "", "before it has sent a byte");
  const status = await balancer.plane.status();
  t.match(status.frontends[0]?.refused, { untrusted: 1 });
  // For a moment after a reload the kernel may still give a connection to the listener from before.
  const answers = (bytes: string, expected: RegExp) =>
    until(async () => expected.test(await roundTrip(port, bytes)));
  t.match(await balancer.reload(withProxies(["127.0.0.0/8"])), { ok: true });
  await answers(V1 + GET, /\r\n\r\n192\.0\.2\.1 /);
  t.match(await balancer.reload(withProxies(undefined)), { ok: true });
  await answers(GET, /\r\n\r\n127\.0\.0\.1 /);
  await answers(V1 + GET, /^HTTP\/1\.1 400 /); // a header that is not expected
});

t.test("HAProxy in front, with every version", { skip: withoutHaproxy }, async (t) => {
  await using certificates = await givenCertificates();
  await using origin = await givenTeller();
  const tls = { certificates: [certificates.site], alpn: ["h2" as const, "http/1.1" as const] };
  await using plain = await givenBalancer([origin.port], {}, LOCAL_PROXY);
  await using secure = await givenBalancer([origin.port], {}, { ...LOCAL_PROXY, tls });
  const both = join(t.testdir({}), "both.pem");
  writeFileSync(both, [certificates.site.cert, certificates.site.key].map(read).join(""));
  const [v1, v2, ended, passed] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const listen = (name: string, port: number, bind: string, server: string) =>
    `listen ${name}\n mode tcp\n bind 127.0.0.1:${port} ${bind}\n server s ${server} check inter 100ms\n`;
  await using _haproxy = await givenHaproxy(
    passed,
    listen("v1", v1, "", `127.0.0.1:${plain.port} send-proxy`) +
      listen(
        "v2",
        v2,
        "",
        `127.0.0.1:${plain.port} send-proxy-v2 proxy-v2-options crc32c,unique-id`,
      ) +
      listen(
        "ended",
        ended,
        `ssl crt ${both}`,
        `127.0.0.1:${plain.port} send-proxy-v2-ssl-cn proxy-v2-options crc32c,authority,ssl-cipher`,
      ) +
      listen(
        "passed",
        passed,
        "",
        `127.0.0.1:${secure.port} send-proxy-v2 proxy-v2-options crc32c`,
      ),
  );
  for (const [port, scheme] of [
    [v1, "http"],
    [v2, "http"],
    [ended, "https"],
    [passed, "https"],
  ] as const) {
    const host = "127.0.0.1";
    const options = { ca: certificates.authority, servername: "www.foobar.com", host, port };
    const client = scheme === "http" ? connect(port, host) : connectTls(options);
    await once(client, scheme === "http" ? "connect" : "secureConnect");
    const { localPort } = client;
    client.write(GET);
    let text = "";
    for await (const chunk of client) text += chunk;
    t.equal(bodyOf(text), `127.0.0.1 ${scheme} ${port}`);
    const balancer = port === passed ? secure : plain;
    await until(async () =>
      (await balancer.log(0)).some((line) => line.includes(`:${localPort} `)),
    );
  }
  // HAProxy's checks of `secure` end before the TLS handshake, which counts as a client that left.
  for (const { plane } of [plain, secure]) {
    const [front] = (await plane.status()).frontends;
    t.match(front?.refused, { preface: 0, untrusted: 0, timeout: 0, malformed: 0 });
  }
});

function read(file: string): string {
  return readFileSync(file, "utf8");
}
