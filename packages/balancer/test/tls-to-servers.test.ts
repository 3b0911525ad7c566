// TLS to servers that are not tiers of Tandem: which authorities are trusted, which name is verified, and what the
// operator and the client are told when a certificate is refused.
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TlsOptions } from "node:tls";
import { createAuthority, issue, type KeyPair } from "@tandem/cluster";
import t from "tap";
import { get, givenBalancer, statusOf } from "./given.ts";
import { givenReloadable, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "tandem-to-servers-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const now = Date.now();
const publicAuthority = await createAuthority("public", now - 1000 * DAY);
const ownAuthority = await createAuthority("own", now);
const ca = join(folder, "own.crt");
writeFileSync(ca, ownAuthority.cert);
// The system's authorities, for this process: only the one that plays the public authority here.
process.env.SSL_CERT_FILE = join(folder, "public.crt");
process.env.SSL_CERT_DIR = folder;
writeFileSync(process.env.SSL_CERT_FILE, publicAuthority.cert);

const signed = (by: KeyPair, names: readonly string[], at = now) =>
  issue(by, { name: names[0] ?? "", names: [...names], use: "site" }, at);

interface TlsOrigin extends AsyncDisposable {
  readonly port: number;
  /** The server name in each handshake; false = none. */
  readonly names: (string | false)[];
  /** Whether each handshake resumed a session. */
  readonly resumed: boolean[];
}

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Returns a server that answers every read with 200, over TLS. */
async function givenTlsServer(options: TlsOptions): Promise<TlsOrigin> {
  const names: (string | false)[] = [];
  const resumed: boolean[] = [];
  const server = createServer(options, (socket) => {
    names.push(socket.servername ?? false);
    resumed.push(socket.isSessionReused());
    socket.on("error", () => undefined);
    socket.on("data", () => socket.end(ANSWER.replace("OK\r\n", "OK\r\nConnection: close\r\n")));
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    names,
    resumed,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}

t.test("tls: {} trusts the system's authorities, for the host of the address", async (t) => {
  await using origin = await givenTlsServer(await signed(publicAuthority, ["127.0.0.1"]));
  await using balancer = await givenBalancer([origin.port], { tls: {} });
  t.equal(statusOf(await get(balancer.port)), 200);
  t.equal(statusOf(await get(balancer.port)), 200);
  t.same(new Set(origin.names), new Set([false]), "an address is never sent as a server name");
});

t.test("an authority of one's own, and a name that differs from the address", async (t) => {
  await using origin = await givenTlsServer(await signed(ownAuthority, ["*.shop.test"]));
  await using balancer = await givenBalancer([origin.port], {
    tls: { ca, serverName: "eu.shop.test" },
  });
  t.equal(balancer.plane.status().backends[0]?.servers[0]?.check.status, "L7OK");
  t.equal(statusOf(await get(balancer.port)), 200);
  t.equal(statusOf(await get(balancer.port)), 200);
  t.same(new Set(origin.names), new Set(["eu.shop.test"]));
  t.equal(origin.resumed.at(-1), true, "the next connection resumes the session");
});

t.test("a server whose address is a name is asked for that name", async (t) => {
  await using origin = await givenTlsServer(await signed(ownAuthority, ["localhost"]));
  const tls = { ca };
  const servers = { s1: { address: `localhost:${origin.port}` } };
  await using balancer = await givenBalancer([], { tls, servers });
  t.equal(statusOf(await get(balancer.port)), 200);
  t.same(new Set(origin.names), new Set(["localhost"]));
});

const untrusted = /: no authority in tls\.ca .*name the authority in tls\.ca/;
const own = selfSigned(folder, "own-signed", "ec", ["127.0.0.1"]);
const refusals = {
  "another authority": {
    certificate: signed(publicAuthority, ["127.0.0.1"]),
    why: untrusted,
  },
  "other names": {
    certificate: signed(ownAuthority, ["other.test"]),
    why: /: the server's certificate is for other names; set tls\.serverName .*127\.0\.0\.1.*/,
  },
  "a certificate that has expired": {
    certificate: signed(ownAuthority, ["127.0.0.1"], now - 500 * DAY),
    why: /: the server's certificate has expired; renew it there/,
  },
  "a certificate of the future": {
    certificate: signed(ownAuthority, ["127.0.0.1"], now + 10 * DAY),
    why: /: the server's certificate is not valid yet; compare the clocks/,
  },
} as const;

for (const [what, { certificate, why }] of Object.entries(refusals))
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
    t.test(`${what}, ${maxVersion}: no request goes there, twice`, async (t) => {
      await using origin = await givenTlsServer({ ...(await certificate), maxVersion });
      await using down = await givenBalancer([origin.port], { tls: { ca } });
      const { state, check } = down.plane.status().backends[0]?.servers[0] ?? {};
      t.match({ state, status: check?.status }, { state: "down", status: "L6RSP" });
      t.match(`: ${check?.why}`, why, "the page says why");
      await using unchecked = await givenBalancer([origin.port], { tls: { ca }, check: false });
      for (let time = 0; time < 2; time++) {
        const answer = await get(unchecked.port);
        t.equal(statusOf(answer), 502);
        t.match(answer, /error=tls_certificate_error/);
      }
      const lines = await unchecked.log(2);
      for (const line of lines) t.match(line, / 502 .* SC-- /);
      for (const line of lines) t.match(line, why, "the log says why");
    });

t.test("a self-signed certificate is trusted once it is named as its own authority", async (t) => {
  const pair = { cert: readFileSync(own.cert), key: readFileSync(own.key) };
  await using origin = await givenTlsServer(pair);
  await using refused = await givenBalancer([origin.port], { tls: { ca } });
  t.match(refused.plane.status().backends[0]?.servers[0]?.check.why, /no authority in tls\.ca/);
  await using trusted = await givenBalancer([origin.port], { tls: { ca: own.cert } });
  t.equal(statusOf(await get(trusted.port)), 200);
});

t.test("a server without TLS: 502, and the log says so", async (t) => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  await using balancer = await givenBalancer([port], { tls: { ca }, check: false });
  const answer = await get(balancer.port);
  t.equal(statusOf(answer), 502);
  t.match(answer, /error=tls_protocol_error/);
  t.match((await balancer.log(1))[0], /the server answers without TLS; name its TLS port/);
});

t.test("a reload that names another authority opens new connections at once", async (t) => {
  await using origin = await givenTlsServer(await signed(ownAuthority, ["127.0.0.1"]));
  const file = (trusted: string) =>
    section({ s1: origin.port }, { tls: { ca: trusted }, check: false });
  await using balancer = await givenReloadable(file(ca));
  const port = balancer.plane.ports.front ?? 0;
  t.equal(statusOf(await get(port)), 200);
  await balancer.reload(file(process.env.SSL_CERT_FILE ?? ""));
  t.equal(statusOf(await get(port)), 502, "neither a kept connection nor a session is used");
  await balancer.reload(file(ca));
  t.equal(statusOf(await get(port)), 200);
});

t.test("an authority that cannot be used stops the start with its name", async (t) => {
  const broken = join(folder, "broken.crt");
  writeFileSync(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  await t.rejects(
    givenBalancer([1], { tls: { ca: join(folder, "missing.crt") } }),
    /tls\.ca: cannot read .*missing\.crt \(no such file\)$/,
  );
  await t.rejects(givenBalancer([1], { tls: { ca: broken } }), /tls\.ca: .*broken\.crt/);
});
