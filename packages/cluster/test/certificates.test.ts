// Tests the authority and its certificates with openssl and with Node's own TLS. Also tests `tandem prepare`: the first
// run must make the certificates, and a second run must change nothing.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@tandem/config";
import { type Clock, systemClock } from "@tandem/transport";
import t from "tap";
import { createAuthority, randomSerial } from "../src/certificates/authority.ts";
import { type KeyPair, pairPaths, writePair } from "../src/certificates/files.ts";
import { certificateFindings } from "../src/certificates/findings.ts";
import { inspect, reasonToIssue } from "../src/certificates/inspect.ts";
import { issue } from "../src/certificates/issue.ts";
import { boxNames, siteNames } from "../src/certificates/names.ts";
import { prepare } from "../src/prepare.ts";
import { environment } from "./environment.ts";

const DAY = 86_400_000;
const now = systemClock.wall();
const authority = await createAuthority("www.example.test", now);
const leaf = (use: "box" | "site", names: readonly string[], wall = now) =>
  issue(authority, { name: names[0] ?? "", names, use }, wall);
const box = await leaf("box", ["box1", "localhost", "127.0.0.1", "::1"]);
const openssl = (...words: string[]) => execFileSync("openssl", words, { encoding: "utf8" });

t.test("openssl accepts the certificates, each for its intended use", async (t) => {
  const site = await leaf("site", ["www.example.test"]);
  const dir = t.testdir({ "ca.crt": authority.cert, "box.crt": box.cert, "site.crt": site.cert });
  const [ca, boxFile, siteFile] = ["ca.crt", "box.crt", "site.crt"].map((f) => join(dir, f)) as [
    string,
    string,
    string,
  ];
  const verify = (purpose: string, file: string) =>
    spawnSync("openssl", ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca, file])
      .status;
  t.equal(verify("sslserver", boxFile), 0);
  t.equal(verify("sslclient", boxFile), 0);
  t.equal(verify("sslserver", siteFile), 0);
  t.not(verify("sslclient", siteFile), 0, "the site's certificate is no client's");

  const text = openssl("x509", "-in", boxFile, "-noout", "-text");
  t.match(text, "DNS:box1, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
  t.match(text, "sha256WithRSAEncryption");
  t.match(text, /Authority Key Identifier/);
  const root = openssl("x509", "-in", ca, "-noout", "-text");
  t.match(root, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  t.match(root, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
  const serial = openssl("x509", "-in", boxFile, "-noout", "-serial").trim();
  t.match(serial, /^serial=[4-7][0-9A-F]{31}$/, "128 bits, positive");
  t.not(randomSerial(), randomSerial());
});

t.test("an issued certificate cannot issue another", async (t) => {
  const rogue = await issue(box, { name: "evil", names: ["evil"], use: "box" }, now);
  const dir = t.testdir({ "ca.crt": authority.cert, "box.crt": box.cert, "evil.crt": rogue.cert });
  const { status, stderr } = spawnSync(
    "openssl",
    [
      "verify",
      "-CAfile",
      join(dir, "ca.crt"),
      "-untrusted",
      join(dir, "box.crt"),
      join(dir, "evil.crt"),
    ],
    { encoding: "utf8" },
  );
  t.not(status, 0);
  t.match(stderr, /invalid CA certificate/);
});

/**
 * Connects to a TLS server, with `client` as the client's certificate. Returns `authorized: true` when each side
 * accepted the other side's certificate; otherwise the client's error, or `hung up on`.
 */
async function handshake(client: object, servername = "box1"): Promise<string> {
  const server = createServer({
    ...box,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on("secureConnection", (socket: TLSSocket) => socket.end(String(socket.authorized)));
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  try {
    return await new Promise<string>((done) => {
      const socket = connect({
        port,
        host: "127.0.0.1",
        ca: authority.cert,
        servername,
        ...client,
      });
      socket.on("error", (error) => done(error.message));
      // A server that refuses a certificate may just close the connection.
      socket.on("close", () => done("hung up on"));
      socket.on("data", (data) => done(`authorized: ${data}`));
    });
  } finally {
    server.close();
  }
}

t.test(
  "mutual TLS: boxes are accepted, other certificates and wrong names are refused",
  async (t) => {
    const stranger = await createAuthority("elsewhere", now);
    const alien = await issue(stranger, { name: "box1", names: ["box1"], use: "box" }, now);
    t.match(await handshake({}), /alert|hung up on|ECONNRESET/);
    t.match(await handshake(alien), /alert|hung up on|ECONNRESET/);
    t.match(await handshake(box, "other"), /does not match certificate's altnames/);
    t.match(
      await handshake(await leaf("site", ["www.example.test"])),
      /alert|hung up on|ECONNRESET/,
      "server-only",
    );
    t.equal(await handshake(await leaf("box", ["box2"])), "authorized: true");
  },
);

t.test("when a certificate is issued again", async (t) => {
  const paths = pairPaths(t.testdir(), "box1");
  const names = ["box1", "localhost", "127.0.0.1", "::1"];
  const wanted = { names, authority: authority.cert };
  t.equal(reasonToIssue(paths, wanted, now), "new");
  writePair(paths, box, false);
  t.equal(reasonToIssue(paths, wanted, now), undefined);
  t.equal(reasonToIssue(paths, wanted, now + 366 * DAY), undefined, "30 days are enough");
  t.equal(reasonToIssue(paths, wanted, now + 368 * DAY), "28 days left");
  t.equal(reasonToIssue(paths, wanted, now + 400 * DAY), "expired");
  t.equal(reasonToIssue(paths, { ...wanted, names: ["box1"] }, now), "names changed");
  const other = (await createAuthority("x", now)).cert;
  t.equal(
    reasonToIssue(paths, { ...wanted, authority: other }, now),
    "signed by another authority",
  );
  writePair(paths, { ...box, key: authority.key }, true);
  t.equal(reasonToIssue(paths, wanted, now), "its key does not fit");
  t.throws(() => writePair(paths, box, false), /box1\.key exists already.*--force/);
  t.equal(statSync(paths.key).mode & 0o777, 0o600);
  writeFileSync(paths.cert, "not PEM");
  t.throws(() => inspect(paths.cert, now), /box1\.crt: found no certificate, expected PEM/);
});

const YAML = `
site: www.example.test
state: STATE
balancer:
  frontends:
    https:
      bind: "*:8443"
      tls: { certificates: [{ cert: STATE/tls/site.crt, key: STATE/tls/site.key }] }
      routes: [{ backend: web }]
  backends:
    web:
      servers: { box1: { address: "10.1.0.1:8081" }, box2: { address: "10.1.0.2:8081" } }
      tls: &internal { ca: STATE/tls/ca.crt, cert: "STATE/tls/\${BOX}.crt", key: "STATE/tls/\${BOX}.key" }
webserver:
  tls: *internal
  upstream: { servers: { box1: { address: "one.internal:9000" }, box2: { address: "10.1.0.2:9000" } }, tls: *internal }
cluster:
  boxes:
    box1: { balancer: true, webserver: { bind: "0.0.0.0:8081" }, names: [first.example.test] }
    box2: { webserver: { bind: "10.2.0.2:8081" } }
`;

t.test("the names come from the file", async (t) => {
  const file = join(t.testdir({ "tandem.yaml": YAML.replaceAll("STATE", "state") }), "tandem.yaml");
  const config = loadConfig(file);
  t.same(boxNames(config, "box1"), [
    "box1",
    "localhost",
    "first.example.test",
    "10.1.0.1",
    "one.internal",
  ]);
  t.same(boxNames(config, "box2"), ["box2", "localhost", "10.2.0.2", "10.1.0.2"]);
  t.same(siteNames("www.foobar.com"), [
    "www.foobar.com",
    "foobar.com",
    "localhost",
    "127.0.0.1",
    "::1",
  ]);
});

t.test("prepare acts once, renews in time, and never makes a second authority", async (t) => {
  const dir = t.testdir();
  const state = join(dir, "state");
  const file = join(dir, "tandem.yaml");
  writeFileSync(file, YAML.replaceAll("STATE", state));
  const boxes = new Map(["box1", "box2"].map((name) => [name, loadConfig(file, { box: name })]));
  const never = { file: "/bin/false", args: [] };
  const tiers = { appserver: never, webserver: never, balancer: never };
  const executables = { ...tiers, command: never, lab: undefined };
  const run = async (wall = now, only = boxes): Promise<string[]> => {
    const said: string[] = [];
    const clock: Clock = { ...systemClock, wall: () => wall };
    await prepare({ file, boxes: only, clock, executables, progress: (line) => said.push(line) });
    return said.map((line) => line.replaceAll(`${state}/tls/`, ""));
  };
  const first = await run();
  t.match(first, [
    /^ca\.crt: created/,
    /^site\.crt: issued/,
    /^box1\.crt: issued/,
    /^box2\.crt: issued/,
  ]);
  t.equal(statSync(state).mode & 0o777, 0o700);
  t.equal(statSync(join(state, "tls/ca.key")).mode & 0o777, 0o600);
  t.same(await run(), [], "nothing to do");
  t.match(await run(now + 380 * DAY), [/16 days left/, /16 days left/, /16 days left/]);

  const ca = readFileSync(join(state, "tls/ca.crt"), "utf8");
  rmSync(join(state, "tls/ca.key"));
  t.same(
    await run(now + 380 * DAY),
    [],
    "a machine without the authority's key accepts good certificates",
  );
  t.match(await run(now + 760 * DAY), [
    /days left, but this machine has no/,
    /tandem cert issue box1/,
    /box2/,
  ]);
  rmSync(join(state, "tls/box2.key"));
  await t.rejects(run(now + 380 * DAY), /box2\.crt: new, but this machine has no .*ca\.key/);
  t.equal(readFileSync(join(state, "tls/ca.crt"), "utf8"), ca);
});

t.test("problems with certificates are found before a start, with their setting", async (t) => {
  const site = await leaf("site", ["www.example.test", "*.example.test"]);
  const stranger = await createAuthority("elsewhere", now);
  const theirs = await issue(stranger, { name: "box1", names: ["box1"], use: "box" }, now);
  const files = t.testdir({
    "ca.crt": authority.cert,
    "empty.pem": "",
    "encrypted.key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGH\n",
  });
  const paths = { site: pairPaths(files, "site"), box1: pairPaths(files, "box1") };
  const put = (which: "site" | "box1", pair: KeyPair) => writePair(paths[which], pair, true);
  const file = join(files, "tandem.yaml");
  writeFileSync(file, YAML.replaceAll("STATE/tls", files).replaceAll("STATE", files));
  /** Returns the faults and warnings that box1 would find `days` from now, shortened. */
  const found = (days = 0): readonly string[] => {
    const wall = now + days * DAY;
    const { faults, warnings } = certificateFindings(
      loadConfig(file, { box: "box1" }),
      "box1",
      wall,
    );
    return [...faults, ...warnings].map(
      ({ path, message }) => `${path.join(".")}: ${message.replaceAll(`${files}/`, "")}`,
    );
  };
  put("site", site);
  put("box1", box);
  t.same(found(), [], "all is well");

  t.match(found(384), [
    /^balancer\.frontends\.https\.tls\.certificates\.0\.cert: site\.crt expires in 12 days, on .*renew it/,
    /^balancer\.backends\.web\.tls\.cert: box1\.crt expires in 12 days/,
    /^webserver\.tls\.cert: box1\.crt expires in 12 days/,
    /^webserver\.upstream\.tls\.cert: box1\.crt expires in 12 days/,
  ]);
  t.match(found(400)[0], /site\.crt EXPIRED 3 days ago, on \d{4}-\d\d-\d\d; renew it/);
  t.match(
    found(-3)[0],
    /site\.crt is NOT YET VALID: it holds from .* in 2 days; is .* clock right/,
  );

  put("site", { cert: site.cert, key: box.key });
  t.match(found(), [/certificates\.0\.key: site\.key is the key of another certificate than site/]);
  put("site", { cert: `${authority.cert}${site.cert}`, key: site.key });
  t.match(
    found()[0],
    /site\.key is the key of certificate 2 in site\.crt; expected that one first/,
  );
  put("site", { cert: `${site.cert}${theirs.cert}`, key: site.key });
  t.match(found(), [/site\.crt: certificate 2 did not sign certificate 1 before it/]);
  put("site", { cert: site.key, key: site.cert });
  t.match(found(), [
    /cert: site\.crt holds a private key, expected PEM \(-----BEGIN CERTIFICATE/,
    /key: site\.key holds no private key, expected PEM/,
  ]);
  put("site", { cert: site.cert, key: readFileSync(join(files, "encrypted.key"), "utf8") });
  t.match(found(), [/site\.key is encrypted; expected a key without a passphrase/]);
  rmSync(paths.site.key);
  t.match(found(), [/key: cannot read site\.key \(no such file\); you have to put it there$/]);
  mkdirSync(paths.site.key);
  t.match(found(), [/key: cannot read site\.key \(it is a folder\)$/]);
  rmdirSync(paths.site.key);

  put("site", await leaf("site", ["shop.example.test"]));
  t.match(found(), [
    /^balancer\.frontends\.https\.tls: no certificate here is for 'www\.example\.test'.*found shop\.example\.test/,
  ]);
  put("site", site);
  put("box1", theirs);
  t.match(found(), [
    /^balancer\.backends\.web\.tls\.cert: box1\.crt was signed by another authority than ca\.crt/,
    /^webserver\.tls\.cert: box1\.crt was signed by another authority/,
    /^webserver\.upstream\.tls\.cert: box1\.crt was signed by another authority/,
  ]);
  put("box1", await leaf("site", ["box2"]));
  t.match(found(), [
    /^balancer\.backends\.web\.tls\.cert: box1\.crt is not for clients \(extended key usage\)/,
    /^webserver\.upstream\.tls\.cert: box1\.crt is not for clients/,
    /^webserver\.tls: no certificate here is for 'box1'/,
  ]);
  put("box1", box);
  writeFileSync(join(files, "ca.crt"), "");
  t.match(found()[0], /ca: ca\.crt holds no certificate, expected PEM/);
});

t.test("tandem cert and tandem check, as typed", async (t) => {
  const dir = t.testdir({
    "tandem.yaml": YAML.replaceAll("STATE", "state"),
    "bad.yaml": "sight: x\n",
  });
  const tandem = (...words: string[]) =>
    spawnSync(
      process.execPath,
      [fileURLToPath(new URL("../bin/tandem.ts", import.meta.url)), ...words],
      {
        cwd: dir,
        encoding: "utf8",
        env: environment(dir),
      },
    );
  t.match(tandem("cert", "issue", "box1"), { status: 1, stderr: /no authority/ });
  t.match(tandem("cert", "ca"), {
    status: 0,
    stdout: /CN=Tandem CA of www\.example\.test {2}\(authority\)/,
  });
  t.match(tandem("cert", "ca"), { status: 1, stderr: /ca\.crt exists already/ });
  t.match(tandem("cert", "issue", "box9"), { status: 1, stderr: /cluster\.boxes has box1, box2/ });
  t.match(tandem("cert", "issue", "box2", "--san", "192.0.2.7"), {
    status: 0,
    stdout: /10\.1\.0\.2, 192\.0\.2\.7/,
  });
  const shown: unknown = JSON.parse(tandem("cert", "show", "--json").stdout);
  t.match(shown, [
    { daysLeft: 396, authority: false },
    { daysLeft: 3649, authority: true },
  ]);

  const bad = tandem("check", "tandem.yaml", "bad.yaml");
  t.match(bad, { status: 2, stdout: "", stderr: /bad\.yaml:1:1 {2}sight: unknown key 'sight'/ });
  t.match(
    bad.stderr,
    /tandem\.yaml:\d+:\d+ {2}balancer\.frontends\.https\.tls\.certificates\[0\]\.cert: cannot read .*state\/tls\/site\.crt/,
  );
  t.match(bad.stderr, /balancer\.backends\.web\.tls\.cert: cannot read .*state\/tls\/box1\.crt/);
  t.match(bad.stderr, "2 of 2 files are not valid");
  t.match(tandem("check", "--no-files"), { status: 0, stdout: "tandem.yaml: valid\n" });
  t.match(tandem("up", "--config", "bad.yaml"), { status: 2 });
  t.match(tandem("up", "--box", "box3"), {
    status: 2,
    stderr: /has no box 'box3'; it has box1, box2/,
  });
  t.match(tandem("up"), {
    status: 1,
    stderr: /site\.crt.*no such file\nTo create what is missing: .*prepare/,
  });
  t.match(tandem("status"), { status: 2, stdout: "www.example.test: down" });
  t.match(tandem("--help"), { status: 0, stdout: /check.*prepare.*up.*status.*stop.*cert/s });
});
