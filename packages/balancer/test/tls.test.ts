// TLS with clients, where the server name chooses the certificate; and TLS to the servers, verified by both sides.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { createAuthority, issue, type KeyPair } from "@tandem/cluster";
import t from "tap";
import { CHECKED_ONCE, get, givenBalancer, givenRawOrigin, statusOf, until } from "./given.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-tls-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const EMPTY = "HTTP/1.1 204 No Content\r\n\r\n";
const now = Date.now();
const authority = await createAuthority("foobar.com", now);
const stranger = await createAuthority("elsewhere", now);

/** Issues a certificate and writes it to files, as tandem.yaml needs them. */
async function files(name: string, names: readonly string[], by: KeyPair, use: "site" | "box") {
  const pair = await issue(by, { name, names: [...names], use }, now);
  const path = join(folder, `${name}-${by === authority ? "ours" : "theirs"}`);
  const paths = { cert: `${path}.crt`, key: `${path}.key` };
  writeFileSync(paths.cert, pair.cert);
  writeFileSync(paths.key, pair.key);
  return { ...pair, paths };
}

const ca = join(folder, "ca.crt");
writeFileSync(ca, authority.cert);
const site = await files("www.foobar.com", ["www.foobar.com"], authority, "site");
const api = await files("api.foobar.com", ["*.api.foobar.com"], authority, "site");
const balancerFiles = await files("balancer", ["balancer"], authority, "box");
const internal = { ca, ...balancerFiles.paths };

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", ca: authority.cert, ...options });
  await once(socket, "secureConnect");
  return socket;
}

t.test(
  "the edge: certificate by SNI, the first as default; old TLS and HTTP/2 are declined",
  async (t) => {
    await using balancer = await givenBalancer(
      [1],
      {},
      {
        tls: { certificates: [site.paths, api.paths] },
      },
    );
    const shown = async (servername: string) => {
      const socket = await handshake(balancer.port, { servername, rejectUnauthorized: false });
      const { subject } = socket.getPeerCertificate();
      const protocol = socket.alpnProtocol;
      socket.destroy();
      return [subject.CN, protocol];
    };
    t.same(await shown("www.foobar.com"), ["www.foobar.com", false]);
    t.same(await shown("v1.api.foobar.com"), ["api.foobar.com", false]);
    t.same(await shown("unknown.example"), ["www.foobar.com", false]);
    const h1 = await handshake(balancer.port, {
      servername: "www.foobar.com",
      ALPNProtocols: ["h2", "http/1.1"],
    });
    t.equal(h1.alpnProtocol, "http/1.1");
    h1.destroy();
    await t.rejects(handshake(balancer.port, { maxVersion: "TLSv1.1", minVersion: "TLSv1" }));
  },
);

t.test("the edge: HSTS is in every answer once, also in the balancer's own", async (t) => {
  const ANSWERS = {
    "/plain": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    "/chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    "/empty": EMPTY,
    "/own": "HTTP/1.1 200 OK\r\nstrict-transport-security: max-age=7\r\nContent-Length: 1\r\n\r\nx",
    "/broken": "SSH-2.0\r\n\r\n",
  };
  await using origin = await givenRawOrigin((socket, chunk) => {
    const path = /^\w+ (\/\w*)/.exec(`${chunk}`)?.[1] ?? "";
    socket.write(ANSWERS[path as keyof typeof ANSWERS] ?? EMPTY);
  });
  const edge = (hsts: { maxAge?: string; includeSubDomains?: boolean; preload?: boolean }) =>
    givenBalancer([origin.port], {}, { tls: { certificates: [site.paths], hsts } });
  const fields = async (port: number, path: string, method = "GET", host = "www.foobar.com") => {
    const socket = await handshake(port, { servername: "www.foobar.com" });
    socket.end(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return [...(await text(socket)).matchAll(/^strict-transport-security: (.*)\r$/gim)].map(
      (m) => m[1],
    );
  };
  await using year = await edge({});
  for (const path of ["/plain", "/chunked", "/empty", "/broken"]) {
    t.strictSame(await fields(year.port, path), ["max-age=31536000"], path);
  }
  t.strictSame(await fields(year.port, "/plain", "HEAD"), ["max-age=31536000"]);
  t.strictSame(
    await fields(year.port, "/", "TRACE"),
    ["max-age=31536000"],
    "a refusal by the balancer",
  );
  t.strictSame(
    await fields(year.port, "/", "GET", "b@d"),
    ["max-age=31536000"],
    "the answer to a malformed request",
  );
  t.strictSame(await fields(year.port, "/own"), ["max-age=7"], "the server's own stays");
  await using all = await edge({ maxAge: "1h", includeSubDomains: true, preload: true });
  t.strictSame(await fields(all.port, "/plain"), ["max-age=3600; includeSubDomains; preload"]);
  await using none = await givenBalancer(
    [origin.port],
    {},
    { tls: { certificates: [site.paths] } },
  );
  t.strictSame(await fields(none.port, "/plain"), []);
});

t.test("the edge: rules for a host hold, whatever the server name of the handshake", async (t) => {
  await using origin = await givenRawOrigin((socket) => socket.write(EMPTY));
  const tls = { certificates: [site.paths] };
  const routes = [{ match: { host: "api.foobar.com" }, backend: "web" }];
  await using balancer = await givenBalancer([origin.port], {}, { tls, routes });
  for (const servername of ["www.foobar.com", "api.foobar.com", ""]) {
    for (const host of ["api.foobar.com", "api.foobar.com.", "API.foobar.com.:8443"]) {
      const rejectUnauthorized = false;
      const socket = await handshake(balancer.port, { servername, rejectUnauthorized });
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      t.equal(statusOf(await text(socket)), 204, `${host}, with the server name ${servername}`);
    }
  }
});

t.test("the edge: a truncated answer that lasts until close ends with a reset", async (t) => {
  await using origin = await givenRawOrigin((socket, head) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    if (!head.startsWith("GET /endless")) socket.end();
  });
  const tls = { certificates: [site.paths] };
  await using balancer = await givenBalancer([origin.port], {}, { tls });
  for (const path of ["/", "/", "/endless"]) {
    const socket = await handshake(balancer.port, { servername: "www.foobar.com" });
    const seen: string[] = [];
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("end", () => seen.push("end"));
    socket.on("error", (error: NodeJS.ErrnoException) => seen.push(error.code ?? error.message));
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    await until(() => text.endsWith("half"));
    if (path === "/endless") await balancer.plane.stop();
    await until(() => socket.closed);
    t.match(text, /\r\n\r\nhalf$/);
    t.same(seen, ["ECONNRESET"], "neither TLS nor TCP ends normally");
  }
  const { deaths } = balancer.plane.status().threads;
  t.equal(deaths, 0);
  await until(() => balancer.plane.status().frontends[0]?.current === 0);
});

async function tlsOrigin(options: ServerOptions): Promise<Server & AsyncDisposable> {
  const server = createServer(options, (_, response) => response.end("verified"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  });
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

t.test("to servers: the balancer shows its certificate and verifies theirs", async (t) => {
  const server = await files("s1", ["s1"], authority, "box");
  await using origin = await tlsOrigin({
    cert: server.cert,
    key: server.key,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  await using balancer = await givenBalancer([portOf(origin)], { tls: internal });
  t.equal(balancer.plane.status().backends[0]?.servers[0]?.check.status, "L7OK");
  for (let i = 0; i < 3; i++) t.match(await get(balancer.port), /verified$/);
});

t.test("a server with a certificate of another name or CA gets no request", async (t) => {
  const impostors = {
    "another server's name": await files("s2", ["s2"], authority, "box"),
    "another authority": await files("s1", ["s1"], stranger, "box"),
  };
  for (const [why, { cert, key }] of Object.entries(impostors)) {
    await using origin = await tlsOrigin({ cert, key });
    let requests = 0;
    origin.on("request", () => {
      requests += 1;
    });
    await using down = await givenBalancer([portOf(origin)], { tls: internal });
    t.equal(down.plane.status().backends[0]?.servers[0]?.state, "down", why);
    t.equal(down.plane.status().backends[0]?.servers[0]?.check.status, "L6RSP", why);
    t.equal(statusOf(await get(down.port)), 503, why);
    t.equal(requests, 0, why);
  }
});

t.test(
  "a certificate becomes invalid while the server counts as up: 502, logged as TLS",
  async (t) => {
    const good = await files("s1", ["s1"], authority, "box");
    const bad = await files("s2", ["s2"], authority, "box");
    await using origin = await tlsOrigin({ cert: good.cert, key: good.key });
    await using balancer = await givenBalancer([portOf(origin)], {
      tls: internal,
      check: CHECKED_ONCE,
    });
    origin.setSecureContext({ cert: bad.cert, key: bad.key });
    const answer = await get(balancer.port);
    t.equal(statusOf(answer), 502);
    t.match(answer, /Proxy-Status: tandem-test-[0-9a-f]{6}; error=tls_certificate_error/);
    t.match((await balancer.log(1))[0], / 502 .* SC-- .*s1: /);
  },
);

t.test(
  "a certificate that cannot be read stops the start with its name and the reason",
  async (t) => {
    const missing = join(folder, "missing.crt");
    await t.rejects(
      givenBalancer([1], {}, { tls: { certificates: [{ ...site.paths, cert: missing }] } }),
      /tls\.certificates\[0\]\.cert: cannot read .*missing\.crt \(no such file\)$/,
    );
    const secret = "-----BEGIN PRIVATE KEY-----\nMIGH";
    const asText = givenBalancer(
      [1],
      {},
      { tls: { certificates: [{ ...site.paths, key: secret }] } },
    );
    const told = await asText.then(String, String);
    t.match(told, /certificates\[0\]\.key: found text of several lines, expected the path/);
    t.notMatch(told, /MIGH/, "no message contains the key");
    await t.rejects(
      givenBalancer([1], {}, { tls: { certificates: [{ ...site.paths, key: api.paths.key }] } }),
      /certificates\[0\]\.key: .* is the key of another certificate than/,
    );
  },
);

t.test(
  "a client that never begins its handshake is disconnected and affects no other",
  async (t) => {
    await using balancer = await givenBalancer(
      [1],
      {},
      {
        tls: { certificates: [site.paths] },
      },
    );
    const refused = () => balancer.plane.status().frontends[0]?.requestErrors ?? 0;
    t.equal(await get(balancer.port).catch(() => ""), "", "plain HTTP to a TLS port");
    await until(() => refused() > 0);
    const socket = await handshake(balancer.port, { servername: "www.foobar.com" });
    socket.destroy();
  },
);
