// Checks the configuration of each peer with the peer's own program.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "@tandem/config";
import t from "tap";
import { caddyfile } from "./caddy.ts";
import { type Demands, lackOf } from "./demands.ts";
import { haproxyConfig } from "./haproxy.ts";
import { nginxConfig } from "./nginx.ts";
import type { PeerSetup } from "./peer.ts";
import { PEERS } from "./peers.ts";
import { tandemConfig } from "./tandem.ts";
import { missingProgram, packageVersion } from "./versions.ts";

/** Returns a setup with a certificate. Its files are in `directory`, which belongs to the test. */
function setup(directory: string): PeerSetup & Required<Pick<PeerSetup, "tls">> {
  const [cert, key, both] = ["cert.pem", "key.pem", "both.pem"].map((name) =>
    join(directory, name),
  );
  if (cert === undefined || key === undefined || both === undefined) throw new Error("unreachable");
  const made = spawnSync("sh", [
    "-c",
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout "$1" -out "$2" && cat "$2" "$1" > "$3"',
    "sh",
    key,
    cert,
    both,
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  const tls = { cert, key, both };
  return { port: 18080, originPort: 18081, maxDescriptors: 1024, directory, tls };
}

const CHECKED = [
  { name: "haproxy", text: haproxyConfig, check: (file: string) => ["-c", "-q", "-f", file] },
  { name: "nginx", text: nginxConfig, check: (file: string) => ["-t", "-q", "-c", file] },
  {
    name: "caddy",
    text: caddyfile,
    check: (file: string) => ["validate", "--adapter", "caddyfile", "--config", file],
  },
];

for (const { name, text, check } of CHECKED) {
  const why = missingProgram(name);
  t.test(`${name} accepts its configuration`, { skip: why ?? false }, async (t) => {
    const directory = t.testdir();
    const { tls, ...plain } = setup(directory);
    const setups: PeerSetup[] = [plain, { ...plain, tls }, { ...plain, http2: true }];
    setups.push({ ...plain, tls, originTls: tls });
    if (PEERS.find((peer) => peer.name === name)?.abilities.tcp === true)
      setups.push({ ...plain, tcp: true });
    for (const each of setups) {
      const file = join(directory, "config");
      writeFileSync(file, text(each));
      const path = `${process.env.PATH}:/usr/sbin`;
      const env = { PATH: path, HOME: directory };
      const { status, stderr } = spawnSync(name, check(file), { encoding: "utf8", env });
      t.equal(status, 0, stderr);
    }
  });
}

t.test("Tandem accepts its configuration", async (t) => {
  const directory = t.testdir();
  const { tls, ...plain } = setup(directory);
  for (const [each, threads] of [
    [plain, 1],
    [{ ...plain, tls }, 2],
    [{ ...plain, http2: true }, 1],
    [{ ...plain, tls, originTls: tls }, 1],
    [{ ...plain, tcp: true }, 1],
  ] as const) {
    const file = join(directory, "tandem.yaml");
    writeFileSync(file, tandemConfig(each, threads));
    const { balancer } = loadConfig(file);
    t.equal(balancer?.threads, threads);
    const front = balancer?.frontends.front;
    t.equal(front?.tls !== undefined, "tls" in each);
    t.equal(front?.proto, "http2" in each ? "h2" : "h1");
    t.equal(front?.mode, "tcp" in each ? "tcp" : "http");
    const { mode, tls: toServers } = balancer?.backends.origin ?? {};
    t.equal(mode, front?.mode);
    t.equal(toServers !== undefined, "originTls" in each);
  }
});

t.test("what is missing is named, with what to do about it", async (t) => {
  t.equal(
    missingProgram("no-such-proxy"),
    "no-such-proxy is not installed; npm run bench -- --install brings it",
  );
  t.throws(() => packageVersion("no-such-package"));
});

t.test("a peer is asked only for what it can do", async (t) => {
  const left = (demands: Demands) =>
    PEERS.filter(({ abilities }) => lackOf(demands, abilities) === undefined).map(
      ({ name }) => name,
    );
  t.equal(left({}).length, PEERS.length - 1);
  t.notOk(left({}).includes("node-http2"));
  t.same(left({ streams: 10 }), ["tandem", "haproxy", "nginx", "caddy", "node-http2"]);
  t.same(left({ tlsToServers: true }), ["tandem", "haproxy", "nginx", "caddy", "tcp-splice"]);
  t.same(
    left({ tcp: true }).filter((name) => name !== "nginx"), // nginx's module for TCP may be missing
    ["tandem", "haproxy", "tcp-splice"],
  );
  t.equal(lackOf({ tcp: true }, { streams: true }), "no TCP mode");
});

t.test("every peer of the report has a version", async (t) => {
  t.same(
    PEERS.map(({ name }) => name).sort(),
    ["caddy", "fastify", "haproxy", "http-proxy", "http-proxy-3", "httpxy", "nginx"].concat([
      "node-http-hello",
      "node-http2",
      "tandem",
      "tcp-splice",
      "undici",
    ]),
  );
  for (const peer of PEERS.filter((each) => each.missing() === undefined))
    t.match(peer.version(), /^\d+\.\d+/, peer.name);
});
