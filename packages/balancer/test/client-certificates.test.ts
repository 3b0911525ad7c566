// Certificates that clients show: who is let in, what servers are told, and that no client can tell it itself.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ConnectionOptions, connect } from "node:tls";
import { createAuthority, issue, type KeyPair } from "@tandem/cluster";
import t from "tap";
import { givenBalancer, givenOrigin, type Origin, roundTrip, statusOf, until } from "./given.ts";
import { freePort, givenReloadable, type Section, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";

const DAY = 86_400_000;
const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const folder = mkdtempSync(join(tmpdir(), "tandem-client-certificates-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const now = Date.now();
const authority = await createAuthority("clients", now - 600 * DAY);
const stranger = await createAuthority("strangers", now);
const written = (name: string, pem: string): string => {
  const path = join(folder, name);
  writeFileSync(path, pem);
  return path;
};
const ca = written("clients.crt", authority.cert);
const otherCa = written("strangers.crt", stranger.cert);
const certificates = [selfSigned(folder, "site", "ec", ["site.test"])];
const person = (name: string, by: KeyPair = authority, at = now) =>
  issue(by, { name, names: [name], use: "box" }, at);
const alice = await person("alice");
const eve = await person("eve", stranger);
const late = await person("late", authority, now - 500 * DAY);

type Edge = Section["frontends"][string];
type Mode = "required" | "optional";
const tls = { certificates };
const asking = (mode: Mode, more: { ca?: string; crl?: string } = {}) => ({
  ...{ tls, clientCertificates: { mode, ca, ...more } },
});

const givenServer = () => givenOrigin((_, response) => response.end("ok"));

interface Visit {
  /** The answer; empty when the connection was refused. */
  readonly answer: string;
  readonly resumed: boolean;
  readonly session: Buffer | undefined;
}

/** Connects, sends a GET with `fields`, and reads until the connection closes. Never rejects. */
async function visit(port: number, options: ConnectionOptions, fields = ""): Promise<Visit> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  let session: Buffer | undefined;
  let answer = "";
  let resumed = false;
  socket.on("session", (ticket) => {
    session = ticket;
  });
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.on("secureConnect", () => {
    resumed = socket.isSessionReused();
    socket.write(`GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n${fields}\r\n`);
  });
  await new Promise((resolve) => socket.on("close", resolve));
  return { answer, resumed, session };
}

/** Returns the fields about the certificate in the last request that the server got. */
function told({ requests }: Origin): Readonly<Record<string, unknown>> {
  const headers = Object.entries(requests.at(-1)?.headers ?? {});
  return Object.fromEntries(headers.filter(([name]) => /client.cert/.test(name)));
}

const NO_CERTIFICATE = { "x-client-cert-verified": "no" };
const ALICE = { "x-client-cert-verified": "yes", "x-client-cert-subject": /^CN=alice/ };

t.test(
  "required: only clients with a certificate of the authority reach the servers",
  async (t) => {
    await using origin = await givenServer();
    await using balancer = await givenBalancer([origin.port], {}, asking("required"));
    const refused = () => balancer.plane.status().frontends[0]?.requestErrors ?? 0;
    let times = 0;
    for (const maxVersion of VERSIONS)
      for (const [who, pair] of Object.entries({ none: {}, eve, late })) {
        const { answer, session } = await visit(balancer.port, { ...pair, maxVersion });
        t.equal(answer, "", `${who}, ${maxVersion}`);
        times += 1;
        await until(() => refused() === times);
        if (session === undefined) continue;
        const again = await visit(balancer.port, { ...pair, maxVersion, session });
        t.equal(again.answer, "", `${who}, ${maxVersion}, with the ticket of a refused connection`);
        times += 1;
        await until(() => refused() === times);
      }
    t.equal(origin.requests.length, 0);
    t.equal(statusOf((await visit(balancer.port, alice)).answer), 200);
    t.match(told(origin), ALICE);
    t.match((await balancer.log(1)).at(-1), / cert="CN=alice/);
  },
);

t.test("optional: no certificate is let in, and one that cannot be verified is not", async (t) => {
  await using origin = await givenServer();
  await using balancer = await givenBalancer([origin.port], {}, asking("optional"));
  for (const maxVersion of VERSIONS) {
    t.equal(statusOf((await visit(balancer.port, { maxVersion })).answer), 200);
    t.strictSame(told(origin), NO_CERTIFICATE);
    t.equal(statusOf((await visit(balancer.port, { ...alice, maxVersion })).answer), 200);
    t.match(told(origin), ALICE);
    const before = origin.requests.length;
    const refused = await visit(balancer.port, { ...eve, maxVersion });
    t.equal(refused.answer, "", `another authority, ${maxVersion}`);
    const { session } = refused;
    if (session) t.equal((await visit(balancer.port, { maxVersion, session })).answer, "");
    t.equal(origin.requests.length, before);
  }
});

t.test("the fields are RFC 9440's and openssl's, and the client's own are removed", async (t) => {
  const forged = [
    "Client-Cert: :AAAA:",
    "client-cert-chain: :AAAA:",
    "Client_Cert: :AAAA:",
    "X-Client-Cert-Verified: yes",
    "X_Client_Cert_Verified: yes",
    "X-Client-Cert-Subject: CN=root",
    "x-client-cert-FINGERPRINT: 00",
  ];
  const fields = forged.map((line) => `${line}\r\n`).join("");
  await using origin = await givenServer();
  for (const trustedProxies of [[], ["127.0.0.1"]]) {
    await using balancer = await givenBalancer(
      [origin.port],
      {},
      { ...asking("optional"), trustedProxies },
    );
    await visit(balancer.port, {}, fields);
    t.strictSame(told(origin), NO_CERTIFICATE, `trusted: ${trustedProxies}`);
    await visit(balancer.port, alice, fields);
    const openssl = (...words: string[]) =>
      execFileSync("openssl", ["x509", "-noout", ...words], { input: alice.cert })
        .toString()
        .trim();
    const fingerprint = openssl("-fingerprint", "-sha256").replace(/^.*=/, "").replaceAll(":", "");
    t.strictSame(told(origin), {
      "client-cert": `:${alice.cert.replaceAll(/-----.*-----|\s/g, "")}:`,
      "x-client-cert-verified": "yes",
      "x-client-cert-subject": openssl("-subject", "-nameopt", "RFC2253").replace("subject=", ""),
      "x-client-cert-fingerprint": fingerprint.toLowerCase(),
    });
    await visit(balancer.port, alice, "Connection: close, client-cert\r\n");
    t.equal(origin.requests.length % 2, 0, "Connection cannot name the fields: 400");
  }
});

t.test(
  "a frontend that asks for none removes what clients say, and believes proxies",
  async (t) => {
    await using origin = await givenServer();
    const request =
      "GET / HTTP/1.1\r\nHost: x\r\nX-Client-Cert-Verified: yes\r\nConnection: close\r\n\r\n";
    await using open = await givenBalancer([origin.port]);
    await roundTrip(open.port, request);
    t.strictSame(told(origin), {});
    await using behind = await givenBalancer([origin.port], {}, { trustedProxies: ["127.0.0.1"] });
    await roundTrip(behind.port, request);
    t.strictSame(told(origin), { "x-client-cert-verified": "yes" });
  },
);

t.test("mode tcp asks for certificates too", async (t) => {
  await using origin = await givenServer();
  const backend = { mode: "tcp", check: "tcp" } as const;
  const frontend = { ...asking("required"), mode: "tcp" } as const;
  await using balancer = await givenBalancer([origin.port], backend, frontend);
  for (const pair of [{}, eve]) t.equal((await visit(balancer.port, pair)).answer, "");
  t.equal(origin.requests.length, 0);
  t.equal(statusOf((await visit(balancer.port, alice)).answer), 200);
});

t.test("over HTTP/2 the same holds", async (t) => {
  await using origin = await givenServer();
  const settings = { ...asking("optional"), tls: { ...tls, alpn: ["h2" as const] } };
  await using balancer = await givenBalancer([origin.port], {}, settings);
  const forged = {
    "x-client-cert-verified": "yes",
    "client-cert": ":AAAA:",
    x_client_cert_verified: "yes",
  };
  for (const [pair, expected] of [
    [{}, NO_CERTIFICATE],
    [alice, ALICE],
  ] as const) {
    const options = { ...pair, rejectUnauthorized: false };
    const client = connectHttp2(`https://127.0.0.1:${balancer.port}`, options);
    const stream = client.request({ ":path": "/", ...forged });
    t.equal(await text(stream), "ok");
    client.close();
    t.match(told(origin), expected);
    t.notMatch(told(origin), { "client-cert": ":AAAA:" });
    t.notOk("x_client_cert_verified" in told(origin));
  }
});

t.test(
  "the fields cannot come as trailers either, which some servers merge into the head",
  async (t) => {
    const names = ["X-Client-Cert-Subject", "Client-Cert", "client_cert_chain", "X-Sum"];
    const trailers: (readonly string[])[] = [];
    await using origin = await givenOrigin((request, response) => {
      request.resume().on("end", () => {
        trailers.push(request.rawTrailers);
        response.end("ok");
      });
    });
    await using open = await givenBalancer([origin.port]);
    const forged = names.map((name) => `${name}: forged\r\n`).join("");
    const head = `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: ${names}\r\n`;
    await roundTrip(open.port, `${head}Connection: close\r\n\r\n2\r\nhi\r\n0\r\n${forged}\r\n`);

    const settings = { ...asking("optional"), tls: { ...tls, alpn: ["h2" as const] } };
    await using secure = await givenBalancer([origin.port], {}, settings);
    const client = connectHttp2(`https://127.0.0.1:${secure.port}`, { rejectUnauthorized: false });
    t.teardown(() => client.destroy());
    const post = { ":method": "POST", trailer: names.join(", ") };
    const stream = client.request(post, { waitForTrailers: true, endStream: false });
    stream.on("wantTrailers", () =>
      stream.sendTrailers(Object.fromEntries(names.map((name) => [name.toLowerCase(), "forged"]))),
    );
    stream.end("hi");
    t.equal(await text(stream), "ok");
    client.close();
    t.same(
      trailers.map(([name, ...rest]) => [name?.toLowerCase(), ...rest]),
      [
        ["x-sum", "forged"],
        ["x-sum", "forged"],
      ],
    );
  },
);

for (const threads of [1, 2])
  for (const version of VERSIONS)
    t.test(`a resumed session has the same identity: ${version}, ${threads} threads`, async (t) => {
      await using origin = await givenServer();
      await using balancer = await givenBalancer([origin.port], {}, asking("required"), threads);
      const versions = { minVersion: version, maxVersion: version };
      const first = await visit(balancer.port, { ...alice, ...versions });
      const identity = told(origin);
      t.match(identity, ALICE);
      for (let time = 0; time < 10; time++) {
        const next = await visit(balancer.port, { ...versions, session: first.session });
        t.equal(next.resumed, true);
        t.strictSame(told(origin), identity);
      }
    });

function edge(port: number, bind: string, settings: Partial<Edge>): Section {
  const front: Edge = { bind, routes: [{ backend: "web" }], ...settings };
  return section({ s1: port }, {}, { threads: 1, frontends: { front } });
}

t.test("a session ends with the authority, the list or the mode it was made under", async (t) => {
  await using origin = await givenServer();
  const port = await freePort();
  const file = (settings: Partial<Edge>) => edge(origin.port, `127.0.0.1:${port}`, settings);
  const own = written("changing.crt", authority.cert);
  for (const maxVersion of VERSIONS) {
    written("changing.crt", authority.cert);
    await using balancer = await givenReloadable(file(asking("required", { ca: own })));
    const { session } = await visit(port, { ...alice, maxVersion });
    t.equal((await visit(port, { maxVersion, session })).resumed, true);
    written("changing.crt", stranger.cert);
    t.match(await balancer.reload(file(asking("required", { ca: own }))), {
      words: [/clientCertificates\.ca: .* has changed, and was read again/],
    });
    t.match(await visit(port, { ...alice, maxVersion, session }), { answer: "", resumed: false });
    t.equal(statusOf((await visit(port, { ...eve, maxVersion })).answer), 200);
    await balancer.reload(file(asking("optional", { ca: otherCa })));
    // A new listener takes the port over. The one before may still have accepted a last connection.
    let none = await visit(port, { maxVersion });
    await until(async () => {
      none = await visit(port, { maxVersion });
      return statusOf(none.answer) === 200;
    });
    await balancer.reload(file(asking("required", { ca: otherCa })));
    await until(async () => (await visit(port, { maxVersion })).answer === "");
    const later = await visit(port, { maxVersion, session: none.session });
    t.match(later, { answer: "", resumed: false }, "no certificate under optional, then required");
  }
});

t.test("open connections of a frontend that asks for certificates now are drained", async (t) => {
  await using origin = await givenServer();
  const port = await freePort();
  const file = (settings: Partial<Edge>) => edge(origin.port, `127.0.0.1:${port}`, settings);
  await using balancer = await givenReloadable(file({ tls }));
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const request = "GET / HTTP/1.1\r\nHost: site.test\r\n\r\n";
  socket.write(request);
  await once(socket, "data");
  await balancer.reload(file(asking("required")));
  socket.on("error", () => undefined);
  socket.resume();
  await until(() => socket.closed);
  t.equal(origin.requests.length, 1);
});

t.test("a revoked certificate is refused, and a list that has run out refuses all", async (t) => {
  const may = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
  const signer = selfSigned(folder, "signer", "rsa", ["signer.test"], ...may);
  const pair = { cert: readFileSync(signer.cert, "utf8"), key: readFileSync(signer.key, "utf8") };
  const list = (name: string, seconds: number, ...revoked: KeyPair[]): string => {
    const home = join(folder, name);
    mkdirSync(home);
    const at = (file: string, text = "") => {
      writeFileSync(join(home, file), text);
      return join(home, file);
    };
    const files = `database=${at("index")}\ndefault_md=sha256\nunique_subject=no\n`;
    const config = at("openssl.cnf", `[ca]\ndefault_ca=own\n[own]\n${files}`);
    const openssl = (...words: string[]) =>
      execFileSync(
        "openssl",
        ["ca", "-config", config, "-keyfile", signer.key, "-cert", signer.cert, ...words],
        {
          stdio: "ignore",
        },
      );
    for (const { cert } of revoked) openssl("-revoke", at("revoked.crt", cert));
    openssl("-gencrl", "-crlsec", String(seconds), "-out", join(home, "list.crl"));
    return join(home, "list.crl");
  };
  await using origin = await givenServer();
  const [bob, carol] = [await person("bob", pair), await person("carol", pair)];
  const checking = (crl: string) => asking("required", { ca: signer.cert, crl });
  const crl = list("current", 3600, bob);
  await using balancer = await givenBalancer([origin.port], {}, checking(crl));
  t.equal((await visit(balancer.port, bob)).answer, "");
  t.equal(statusOf((await visit(balancer.port, carol)).answer), 200);
  const old = list("old", 1);
  const end = Date.now() + 2000;
  await until(() => Date.now() > end);
  await using expired = await givenBalancer([origin.port], {}, checking(old));
  t.equal((await visit(expired.port, carol)).answer, "");
  t.equal(origin.requests.length, 1);
});

t.test("an authority or a list that cannot be used stops the start", async (t) => {
  const missing = join(folder, "missing.pem");
  await t.rejects(
    givenBalancer([1], {}, asking("required", { ca: missing })),
    /clientCertificates\.ca: cannot read .*missing\.pem \(no such file\)$/,
  );
  await t.rejects(
    givenBalancer([1], {}, asking("required", { crl: ca })),
    /clientCertificates\.crl: .*clients\.crt holds no list, expected PEM/,
  );
});
