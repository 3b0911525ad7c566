// Server names (SNI) that no certificate is for, and requests whose host belongs to another certificate than the one of
// their connection (RFC 9110 §15.5.20).
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http2 from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ConnectionOptions, connect } from "node:tls";
import type { ConfigInput } from "@tandem/config";
import t from "tap";
import { get, givenBalancer, givenOrigin, until } from "./given.ts";
import { selfSigned } from "./self-signed.ts";
import { visit } from "./tls-visits.ts";

type Frontend = NonNullable<ConfigInput["balancer"]>["frontends"][string];

const folder = mkdtempSync(join(tmpdir(), "tandem-names-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const wildcard = selfSigned(folder, "wildcard", "ec", ["*.d.test", "d.test"]);
const wildcardRsa = selfSigned(folder, "wildcard-rsa", "rsa", ["*.d.test"]);
const exact = selfSigned(folder, "exact", "ec", ["a.d.test"]);
const other = selfSigned(folder, "other", "ec", ["other.test", "shared.test", "192.0.2.1"]);
const certificates = [wildcard, wildcardRsa, exact, other];

const edge = (more: Partial<NonNullable<Frontend["tls"]>> = {}): Partial<Frontend> => ({
  tls: { certificates, ...more },
});

/** Makes a handshake. Returns the common name of the certificate that is shown, or the code of the error. */
async function shown(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  try {
    await once(socket, "secureConnect");
    return String(socket.getPeerCertificate().subject.CN);
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.destroy();
  }
}

t.test("unknown and missing names are refused with an alert that says so", async (t) => {
  for (const list of [certificates, [other]]) {
    const tls = { certificates: list, unknownNames: "reject" } as const;
    await using balancer = await givenBalancer([1], {}, { tls });
    const { port, plane } = balancer;
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const ask = (servername: string) =>
        shown(port, { servername, minVersion: version, maxVersion: version });
      for (const name of ["other.test", "OTHER.test", "shared.test."])
        t.equal(await ask(name), "other", `${name} ${version}`);
      for (const name of ["else.test", "x.other.test", "test"])
        t.equal(await ask(name), "ERR_SSL_TLSV1_UNRECOGNIZED_NAME", `${name} ${version}`);
      t.match(await ask(""), /^ERR_SSL_.*(MISSING_EXTENSION|UNKNOWN_ALERT_TYPE|SSLV3_ALERT)/);
    }
    const refused = () => plane.status().frontends[0]?.refused;
    t.match(refused(), { "server-name": 8, "plain-http": 0 });
    await get(port).catch(() => undefined);
    await until(() => refused()?.["plain-http"] === 1);
    t.equal(refused()?.["server-name"], 8, "bytes that are not TLS are no missing name");
  }
});

t.test("a session cannot be resumed under a name that is refused", async (t) => {
  const tls = { certificates: [other], unknownNames: "reject" as const };
  await using balancer = await givenBalancer([1], {}, { tls });
  const { session } = await visit(balancer.port, "TLSv1.3", undefined, "other.test");
  t.equal((await visit(balancer.port, "TLSv1.3", session, "other.test")).resumed, true);
  await t.rejects(visit(balancer.port, "TLSv1.3", session, "else.test"), {
    code: "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
  });
});

/** Sends requests for `hosts` on one connection of HTTP/1.1; returns their statuses. */
async function statuses(port: number, servername: string, hosts: readonly string[]) {
  const socket = connect({ port, host: "127.0.0.1", servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const last = hosts.length - 1;
  for (const [index, host] of hosts.entries())
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${host}\r\n${index === last ? "Connection: close\r\n" : ""}\r\n`,
    );
  return [...(await text(socket)).matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) =>
    Number(status),
  );
}

t.test("421 where the host belongs to another certificate, and only there", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  await using balancer = await givenBalancer([origin.port], {}, edge());
  const { port } = balancer;
  const cases: readonly (readonly [server: string, host: string, status: number, why: string])[] = [
    ["b.d.test", "b.d.test", 200, "its own name"],
    ["b.d.test", "B.D.test.:8443", 200, "capitals, final dot and port"],
    ["b.d.test", "c.d.test", 200, "the wildcard that is shown covers it"],
    ["b.d.test", "a.d.test", 200, "so it does, although another certificate bears the name"],
    ["other.test", "shared.test", 200, "another name of the same certificate"],
    ["b.d.test", "other.test", 421, "the name of another certificate"],
    ["a.d.test", "b.d.test", 421, "the wildcard is not shown to a client that asks for a.d.test"],
    ["b.d.test", "192.0.2.1", 421, "an address in another certificate"],
    ["b.d.test", "else.test", 200, "no certificate bears it, so routes decide"],
    ["b.d.test", "127.0.0.1:1", 200, "an address in no certificate"],
    ["else.test", "b.d.test", 200, "the first certificate is shown, which covers it"],
    ["else.test", "other.test", 421, "the first certificate is shown, which does not"],
    ["", "other.test", 200, "a client that asks for no name could not get another certificate"],
  ];
  for (const [server, host, status, why] of cases)
    t.same(
      await statuses(port, server, [host]),
      [status],
      `${server || "no name"}, ${host}: ${why}`,
    );
  t.same(
    await statuses(port, "b.d.test", ["b.d.test", "other.test", "b.d.test", "c.d.test"]),
    [200, 421, 200, 200],
    "each request is judged on its own, and the connection goes on",
  );
  const log = await balancer.log(cases.length + 4);
  t.match(
    log.find((line) => line.includes(" 421 ")),
    /PR--.*cause="its host belongs to another certificate than that of the connection"/,
  );
});

t.test("one certificate, or one pair of both kinds: never 421", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  for (const list of [[other], [wildcardRsa, selfSigned(folder, "same", "ec", ["*.d.test"])]]) {
    const tls = { certificates: list };
    await using balancer = await givenBalancer([origin.port], {}, { tls });
    for (const host of ["other.test", "b.d.test", "else.test"])
      t.same(await statuses(balancer.port, "b.d.test", [host]), [200], host);
  }
});

t.test("HTTP/2: a connection is used for every name of its certificate", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const redirected = edge({ alpn: ["h2", "http/1.1"] });
  await using balancer = await givenBalancer([origin.port], {}, redirected);
  const open = (servername: string) => {
    const options = { servername, rejectUnauthorized: false };
    return http2.connect(`https://127.0.0.1:${balancer.port}`, options);
  };
  const status = async (session: http2.ClientHttp2Session, authority: string): Promise<unknown> => {
    const stream = session.request({ ":authority": authority, ":path": "/" });
    const [head] = await once(stream, "response");
    stream.resume();
    await once(stream, "close");
    return head[":status"];
  };
  const session = open("b.d.test");
  t.equal(await status(session, "b.d.test"), 200);
  t.equal(await status(session, "c.d.test"), 200, "coalesced by the wildcard");
  t.equal(await status(session, "d.test:8443"), 200, "coalesced by another name");
  t.equal(await status(session, "other.test"), 421);
  t.equal(await status(session, "b.d.test"), 200, "the connection goes on");
  const again = open("other.test");
  t.equal(await status(again, "other.test"), 200, "a browser tries again on its own connection");
  t.equal(await status(again, "shared.test"), 200);
  for (const one of [session, again]) one.destroy();
});
