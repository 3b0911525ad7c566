// TLS with clients: certificates by server name and kind of key, policies, failed handshakes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { createAuthority, issue } from "@tandem/cluster";
import type { ConfigInput } from "@tandem/config";
import type { RefusalReason } from "@tandem/transport";
import t from "tap";
import { statusPage } from "../src/admin/status-page.ts";
import { get, givenBalancer, rawClient, roundTrip, until } from "./given.ts";
import { givenReloadable, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";

type Frontend = NonNullable<ConfigInput["balancer"]>["frontends"][string];
type EdgeInput = NonNullable<Frontend["tls"]>;

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "tandem-edge-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const wildcard = selfSigned(folder, "wildcard-rsa", "rsa", ["*.d.test"]);
const exact = selfSigned(folder, "exact-rsa", "rsa", ["a.d.test", "192.0.2.1"]);
const exactEc = selfSigned(folder, "exact-ec", "ec", ["a.d.test"]);
const onlyEc = selfSigned(folder, "only-ec", "ec", ["e.d.test"]);
const later = selfSigned(folder, "later-rsa", "rsa", ["a.d.test", "later.d.test"]);

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** Makes a handshake. Returns the common name of the certificate that the balancer shows, or the code of the error. */
async function shown(port: number, options: ConnectionOptions): Promise<string> {
  try {
    const socket = await handshake(port, options);
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** Returns the output of openssl's client for a handshake. */
async function openssl(port: number, ...words: readonly string[]): Promise<string> {
  const client = spawn("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...words], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return text(client.stdout);
}

const RSA_ONLY: readonly ConnectionOptions[] = [
  { sigalgs: "rsa_pss_rsae_sha256", minVersion: "TLSv1.3" },
  { ciphers: "ECDHE-RSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" },
];
const EC_ONLY: readonly ConnectionOptions[] = [
  { sigalgs: "ecdsa_secp256r1_sha256", minVersion: "TLSv1.3" },
  { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" },
];

t.test("certificates: the exact name before a wildcard, both kinds of key", async (t) => {
  const certificates = [wildcard, later, exact, exactEc, onlyEc];
  for (const order of [certificates, certificates.toReversed()]) {
    const [first] = order;
    const tls = { certificates: order };
    await using balancer = await givenBalancer([1], {}, { tls });
    const { port } = balancer;
    const fallback = first === wildcard ? "wildcard-rsa" : "only-ec";
    const rsa = first === wildcard ? "later-rsa" : "exact-rsa";
    for (const [index, client] of RSA_ONLY.entries()) {
      const ask = (servername: string) => shown(port, { ...client, servername });
      for (const name of ["a.d.test", "A.D.TEST"])
        t.equal(await ask(name), rsa, `${name} ${index}`);
      t.equal(await ask("later.d.test"), "later-rsa");
      t.equal(await ask("b.d.test"), "wildcard-rsa");
      t.match(
        await ask("e.d.test"),
        /HANDSHAKE_FAILURE/,
        "the certificate of another name is not used instead",
      );
    }
    for (const client of EC_ONLY) {
      const ask = (servername: string) => shown(port, { ...client, servername });
      t.equal(await ask("a.d.test"), "exact-ec");
      t.equal(await ask("e.d.test"), "only-ec");
      t.match(await ask("b.d.test"), /HANDSHAKE_FAILURE/);
    }
    const any = (servername: string) => shown(port, { servername });
    t.equal(await any("e.d.test"), "only-ec");
    t.equal(await any("later.d.test"), "later-rsa");
    for (const strange of ["", "b.c.d.test", "d.test", "else.test"])
      t.equal(await any(strange), fallback, `the first certificate for '${strange}'`);
    t.equal(balancer.plane.status().threads.deaths, 0);
  }
});

t.test("unusual server names get the certificate that one would expect", async (t) => {
  const tls = { certificates: [onlyEc, exact, exactEc, wildcard] };
  await using balancer = await givenBalancer([1], {}, { tls });
  const { port } = balancer;
  t.equal(
    await shown(port, { servername: "a.d.test." }),
    "exact-ec",
    "a final dot does not belong to the name",
  );
  t.equal(await shown(port, { servername: "B.d.test." }), "wildcard-rsa");
  t.equal(
    await shown(port, { servername: ".d.test" }),
    "only-ec",
    "a name without a first label is not covered by a wildcard",
  );
  t.equal(await shown(port, { servername: "*.d.test" }), "wildcard-rsa");
  t.equal(await shown(port, { servername: "." }), "only-ec");
  const asked = await openssl(port, "-servername", "192.0.2.1");
  t.match(asked, /subject=CN = exact-rsa/, "an address as server name, which RFC 6066 forbids");
});

t.test("the default ciphers have forward secrecy and authenticated encryption", async (t) => {
  const certificates = [exact, exactEc];
  const speaks = async (tls: Partial<EdgeInput>, client: ConnectionOptions): Promise<string> => {
    await using balancer = await givenBalancer([1], {}, { tls: { certificates, ...tls } });
    try {
      const socket = await handshake(balancer.port, { servername: "a.d.test", ...client });
      const { name } = socket.getCipher();
      socket.destroy();
      return name;
    } catch {
      return "refused";
    }
  };
  const old = { maxVersion: "TLSv1.2" } as const;
  const weak = {
    ...old,
    ciphers: "ECDHE-RSA-AES128-SHA256:AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0",
  };
  t.equal(await speaks({}, weak), "refused");
  t.equal(
    await speaks({}, { ...old, ciphers: "ECDHE-RSA-CHACHA20-POLY1305" }),
    "ECDHE-RSA-CHACHA20-POLY1305",
  );
  t.match(await speaks({}, {}), /^TLS_/);
  t.equal(await speaks({ policy: "modern" }, old), "refused");
  t.match(await speaks({ policy: "modern" }, {}), /^TLS_/);
  const own: Partial<EdgeInput> = { ciphers: ["ECDHE-RSA-AES128-SHA256"] };
  t.equal(await speaks(own, weak), "ECDHE-RSA-AES128-SHA256");
  t.match(await speaks(own, {}), /^TLS_/, "TLS 1.3 stays");
  t.equal(await speaks({ curves: ["secp384r1"] }, { ecdhCurve: "X25519" }), "refused");
  t.match(await speaks({ curves: ["secp384r1"] }, { ecdhCurve: "P-384" }), /^TLS_/);
  const preferred: Partial<EdgeInput> = {
    ciphers: ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"],
  };
  t.equal(
    await speaks(preferred, {}),
    "TLS_CHACHA20_POLY1305_SHA256",
    "the order of the configured list is used",
  );
});

t.test("a client cannot begin a second handshake on a connection", async (t) => {
  const tls = { certificates: [exact, exactEc] };
  await using balancer = await givenBalancer([1], {}, { tls });
  const socket = await handshake(balancer.port, { servername: "a.d.test", maxVersion: "TLSv1.2" });
  const failure = new Promise<Error>((resolve) => socket.once("error", resolve));
  const accepted = new Promise<string>((resolve) =>
    socket.renegotiate({ rejectUnauthorized: false }, (error) => {
      if (error === null) resolve("renegotiated");
    }),
  );
  t.match(await Promise.race([failure, accepted]), { code: "ERR_SSL_NO_RENEGOTIATION" });
  socket.destroy();
});

t.test("failed handshakes are counted by reason, and one of each kind is logged", async (t) => {
  const tls = { certificates: [exact, exactEc, wildcard] };
  const frontends = { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }], tls } };
  await using balancer = await givenReloadable(section({ s1: 1 }, {}, { frontends }), {
    level: "info",
  });
  const { plane } = balancer;
  const port = plane.ports.front ?? 0;
  const refused = (reason: RefusalReason) => plane.status().frontends[0]?.refused[reason] ?? 0;
  const fails = async (reason: RefusalReason, attempt: () => Promise<unknown>): Promise<void> => {
    const before = refused(reason);
    await attempt().catch(() => undefined);
    await until(() => refused(reason) > before);
  };
  const asks = (options: ConnectionOptions) => () =>
    handshake(port, { servername: "a.d.test", ...options });
  await fails("plain-http", () => get(port));
  await fails(
    "version",
    asks({ maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" }),
  );
  await fails("cipher", asks({ maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256" }));
  await fails("group", asks({ ecdhCurve: "P-521" }));
  await fails("protocol", asks({ ALPNProtocols: ["h2"] }));
  await fails("client-refused", () =>
    openssl(port, "-verify_return_error", "-CAfile", wildcard.cert),
  );
  await fails("malformed", () => roundTrip(port, "SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  for (let times = 0; times < 5; times++)
    await fails("closed", async () => {
      using client = await rawClient(port);
      client.socket.end();
      await client.closed();
    });
  const total = Object.values(plane.status().frontends[0]?.refused ?? {});
  t.equal(
    total.reduce((sum, times) => sum + times, 0),
    plane.status().frontends[0]?.requestErrors,
    "each failed handshake is counted as an error",
  );
  const lines = await balancer.said("connection refused", 8);
  t.match(lines[0], {
    level: "info",
    frontend: "front",
    client: "127.0.0.1",
    reason: "plain-http",
  });
  t.equal(lines.filter(({ reason }) => reason === "closed").length, 1);
  const scraped = await balancer.registry.metrics();
  t.match(scraped, /tandem_frontend_refused_connections_total\{proxy="front",reason="closed"\} 5/);
  t.match(scraped, /tandem_certificate_expires_in_seconds\{file="[^"]*exact-rsa\.crt"\} 25\d{5}/);
});

t.test("expired and soon expiring certificates are logged, shown and measured", async (t) => {
  const now = Date.now();
  const authority = await createAuthority("d.test", now - 500 * DAY);
  const issued = async (name: string, daysAgo: number) => {
    const pair = await issue(authority, { name, names: [name], use: "site" }, now - daysAgo * DAY);
    const paths = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    writeFileSync(paths.cert, pair.cert);
    writeFileSync(paths.key, pair.key);
    return paths;
  };
  const tls = { certificates: [await issued("old.test", 400), await issued("soon.test", 390)] };
  const routes = [
    { match: { host: "old.test" }, backend: "web" },
    { match: { host: "other.test" }, backend: "web" },
  ];
  const frontends = { front: { bind: "127.0.0.1:0", routes, tls } };
  const file = section({ s1: 1 }, {}, { frontends });
  await using balancer = await givenReloadable(file, { level: "info" });
  t.match(await balancer.said("EXPIRED", 1), [
    { level: "error", msg: /old\.test\.crt EXPIRED 3 days ago, .*; renew it, then reload/ },
  ]);
  t.match(await balancer.said("expires in", 1), [
    { level: "warn", msg: /soon\.test\.crt expires in 6 days/ },
  ]);
  t.match(await balancer.said("no certificate", 1), [
    { level: "warn", setting: "balancer.frontends.front.tls", msg: /is for 'other\.test'/ },
  ]);
  const status = balancer.plane.status();
  t.match(status.certificates, [
    {
      file: tls.certificates[0]?.cert,
      usedBy: ["balancer.frontends.front.tls.certificates[0]"],
      names: ["old.test"],
      validity: "expired",
      problems: [/is for 'other/, /EXPIRED/],
    },
    { validity: "expiring", names: ["soon.test"], problems: [/is for 'other/, /expires in/] },
  ]);
  t.match(statusPage(status), /old\.test\.crt.*>EXPIRED<.*3 d \d+ h ago.*>EXPIRES SOON</s);
  const scraped = await balancer.registry.metrics();
  t.match(scraped, /tandem_certificate_expires_in_seconds\{file="[^"]*old\.test\.crt"\} -\d{6}/);

  await issued("old.test", 1);
  const { words } = await balancer.reload(file);
  t.match(words, [
    /^frontends\.front\.tls\.certificates\[0\]: .*old\.test\.crt is a new certificate, until \d{4}-\d\d-\d\d$/,
  ]);
  t.match(balancer.plane.status().certificates[0], {
    validity: "valid",
    problems: [/is for 'other/],
  });
});
