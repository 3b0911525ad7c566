// PROXY headers that real receivers read: HAProxy (accept-proxy), nginx (proxy_protocol) and MariaDB
// (proxy-protocol-networks). Each is asked who its client is.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMariadb } from "@tandem/appserver/testing";
import type { ConfigInput } from "@tandem/config";
import mysql from "mysql2/promise";
import t from "tap";
import { givenBalancer, roundTrip } from "./given.ts";
import { givenAnnouncedServer } from "./given-announced.ts";
import { type Certificates, givenCertificates } from "./given-certificates.ts";
import { givenHaproxy, withoutHaproxy } from "./given-haproxy.ts";
import { givenNginx, withoutNginx } from "./given-nginx.ts";
import { freePort } from "./given-reloadable.ts";
import { givenTcpBalancer } from "./given-tcp.ts";

type Backend = Partial<NonNullable<ConfigInput["balancer"]>["backends"][string]>;

const IN = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 8443\r\n";
const FROM_PROXY = { acceptProxy: { from: ["127.0.0.1"] } };
const GET = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
const FULL: Backend["sendProxy"] = {
  version: "v2",
  tlvs: ["authority", "alpn", "tls", "unique-id", "crc32c"],
};
const VERSIONS: readonly Backend["sendProxy"][] = ["v1", FULL];
const CHECKED_BY_TCP = { check: "tcp" } as const;

const bodyOf = (answer: string): string => answer.split("\r\n\r\n")[1] ?? "";

/** Asks a server of HTTP through the balancer at `port` who its client is. */
const asked = async (port: number) => bodyOf(await roundTrip(port, IN + GET));

/** Returns a file with the certificate and the key of the server `s1`. */
async function pem(folder: string, certificates: Certificates): Promise<string> {
  const { cert, key } = await certificates.server("s1");
  const file = join(folder, "s1.pem");
  await writeFile(file, cert + key);
  return file;
}

t.test("HAProxy, in HTTP mode, with TLS, and in TCP mode", { skip: withoutHaproxy }, async (t) => {
  await using certificates = await givenCertificates();
  await using echo = await givenAnnouncedServer((socket) => void socket.pipe(socket));
  const [plain, secure, tcp] = [await freePort(), await freePort(), await freePort()];
  const file = await pem(t.testdir({}), certificates);
  const told = "%[src]:%[src_port] %[dst]:%[dst_port] %[fc_pp_authority] %[fc_pp_unique_id]";
  const answering = (bind: string) =>
    `frontend ${bind.split(":")[1]?.split(" ")[0]}\n bind ${bind}\n` +
    ` http-request return status 200 content-type text/plain lf-string "${told}"\n`;
  await using _haproxy = await givenHaproxy(
    tcp,
    answering(`127.0.0.1:${plain} accept-proxy`) +
      answering(`127.0.0.1:${secure} accept-proxy ssl crt ${file}`) +
      `listen tcp\n mode tcp\n bind 127.0.0.1:${tcp} accept-proxy\n server s 127.0.0.1:${echo.port} send-proxy\n`,
  );
  const { internal } = certificates;
  for (const sendProxy of VERSIONS)
    for (const [port, tls] of [
      [plain, {}],
      [secure, { tls: internal }],
    ] as const) {
      await using http = await givenBalancer([port], { sendProxy, ...tls }, FROM_PROXY);
      t.match(await asked(http.port), /^192\.0\.2\.1:56324 198\.51\.100\.7:8443 /);
      t.match(http.plane.status().backends[0]?.servers[0], { check: { status: "L7OK" } });
      const backend = { sendProxy, ...tls, ...CHECKED_BY_TCP };
      await using through = await givenTcpBalancer([port], backend, FROM_PROXY);
      const answer = await asked(through.port);
      t.match(answer, /^192\.0\.2\.1:56324 198\.51\.100\.7:8443 /);
      t.match(through.plane.status().backends[0]?.servers[0], { check: { status: /^L[46]OK$/ } });
      if (sendProxy === FULL) t.match(answer, /:8443 {2}[\w-]{12}$/, "the unique id");
    }
  for (const sendProxy of VERSIONS) {
    await using through = await givenTcpBalancer([tcp], { sendProxy }, FROM_PROXY);
    t.equal(await roundTrip(through.port, `${IN}x`).catch(String), "x");
  }
  t.same(
    echo.headers.map(({ text }) => text),
    Array(VERSIONS.length).fill(IN.trimEnd()),
  );
});

t.test("HAProxy refuses a balancer that sends no header", { skip: withoutHaproxy }, async (t) => {
  const port = await freePort();
  await using _haproxy = await givenHaproxy(
    port,
    `frontend http\n bind 127.0.0.1:${port} accept-proxy\n http-request return status 200\n`,
  );
  await using balancer = await givenBalancer([port]);
  t.match(balancer.plane.status().backends[0]?.servers[0], { check: { status: "L7RSP" } });
});

t.test("nginx, with and without TLS", { skip: withoutNginx }, async (t) => {
  await using certificates = await givenCertificates();
  const [plain, secure] = [await freePort(), await freePort()];
  const file = await pem(t.testdir({}), certificates);
  const told =
    "$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr:$proxy_protocol_server_port";
  await using _nginx = await givenNginx(
    secure,
    `server {\n listen 127.0.0.1:${plain} proxy_protocol;\n listen 127.0.0.1:${secure} ssl proxy_protocol;\n` +
      ` ssl_certificate ${file};\n ssl_certificate_key ${file};\n location / { return 200 "${told}"; }\n}\n`,
  );
  for (const sendProxy of VERSIONS)
    for (const [port, tls] of [
      [plain, {}],
      [secure, { tls: certificates.internal }],
    ] as const) {
      await using http = await givenBalancer([port], { sendProxy, ...tls }, FROM_PROXY);
      t.equal(await asked(http.port), "192.0.2.1:56324 198.51.100.7:8443");
      t.match(http.plane.status().backends[0]?.servers[0], { check: { status: "L7OK" } });
      const backend = { sendProxy, ...tls, ...CHECKED_BY_TCP };
      await using tcp = await givenTcpBalancer([port], backend, FROM_PROXY);
      t.equal(await asked(tcp.port), "192.0.2.1:56324 198.51.100.7:8443");
    }
});

t.test("MariaDB, which speaks first", async (t) => {
  // The path of a Unix socket has at most 107 characters, so the folder of the test is too deep.
  const folder = await mkdtemp(join(tmpdir(), "tandem-db-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const database = await startMariadb(folder, ["--proxy-protocol-networks=127.0.0.1"]);
  t.teardown(() => database.stop());
  database.create("shop", "create user guest@'192.0.2.1'");
  for (const sendProxy of VERSIONS) {
    const backend = { sendProxy, ...CHECKED_BY_TCP };
    await using balancer = await givenTcpBalancer([database.port], backend, FROM_PROXY);
    const stream = connect(balancer.port, "127.0.0.1");
    await once(stream, "connect");
    stream.write(IN);
    const connection = await mysql.createConnection({ stream, user: "guest" });
    const query = "select user() as name, host from information_schema.processlist";
    const [rows] = await connection.query(`${query} where id = connection_id()`);
    t.match(rows, [{ name: "guest@192.0.2.1", host: "192.0.2.1:56324" }]);
    await connection.end();
  }
  await using without = await givenTcpBalancer([database.port]);
  const asGuest = mysql.createConnection({ host: "127.0.0.1", port: without.port, user: "guest" });
  await t.rejects(asGuest, { code: "ER_ACCESS_DENIED_ERROR" }, "the balancer is no guest");
});
