// Looks at a frontend's TLS from outside, with the scanners testssl.sh and sslscan (Debian packages of these names).
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { givenBalancer, givenOrigin } from "./given.ts";
import { selfSigned } from "./self-signed.ts";

const run = promisify(execFile);
const MINUTES = 60_000;

/** The reason to skip a test that needs `program`; false when it is installed. */
const without = (program: string): string | false =>
  spawnSync(program, ["--version"]).error === undefined ? false : `${program} is not installed`;

/**
 * Findings of testssl.sh that are no weakness. The server has no order of ciphers of its own, because all of them are
 * strong and the client knows which of them is fast on its machine.
 */
const ON_PURPOSE: ReadonlySet<string> = new Set(["cipher_order"]);
const HARMLESS: ReadonlySet<string> = new Set(["OK", "INFO"]);

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

const folder = mkdtempSync(join(tmpdir(), "tandem-scanners-"));
t.teardown(() => rmSync(folder, { recursive: true }));
const certificates = [
  selfSigned(folder, "rsa", "rsa", ["localhost"]),
  selfSigned(folder, "ec", "ec", ["localhost"]),
];

const POLICIES = ["intermediate", "modern"] as const;

async function givenScanned(policy: (typeof POLICIES)[number]) {
  await using stack = new AsyncDisposableStack();
  const origin = stack.use(await givenOrigin((_, response) => response.end("ok")));
  const tls = { certificates, policy, alpn: ["h2" as const, "http/1.1" as const] };
  const balancer = stack.use(await givenBalancer([origin.port], {}, { tls }));
  const started = stack.move();
  return { port: balancer.port, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

for (const policy of POLICIES) {
  t.test(`sslscan, ${policy}`, { skip: without("sslscan"), timeout: 5 * MINUTES }, async (t) => {
    await using balancer = await givenScanned(policy);
    const words = ["--no-colour", `localhost:${balancer.port}`];
    const { stdout } = await run("sslscan", words);
    for (const version of ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"])
      t.match(stdout, new RegExp(`^${version}\\s+disabled$`, "m"));
    t.match(stdout, /^TLSv1\.3\s+enabled$/m);
    t.match(stdout, policy === "modern" ? /^TLSv1\.2\s+disabled$/m : /^TLSv1\.2\s+enabled$/m);
    const ciphers = [
      ...stdout.matchAll(/^(?:Preferred|Accepted)\s+(TLSv1\.\d)\s+\d+ bits\s+(\S+)/gm),
    ];
    t.equal(ciphers.length, policy === "modern" ? 3 : 9);
    for (const [, version, cipher = ""] of ciphers)
      t.match(cipher, version === "TLSv1.3" ? /^TLS_(AES|CHACHA20)/ : /^ECDHE-.*(GCM|CHACHA20)/);
    t.notMatch(stdout, /^TLSv1\.\d vulnerable to heartbleed/m);
    t.notMatch(stdout, /Secure session renegotiation supported|Insecure session renegotiation/);
  });

  t.test(
    `testssl.sh, ${policy}`,
    { skip: without("testssl"), timeout: 30 * MINUTES },
    async (t) => {
      await using balancer = await givenScanned(policy);
      const report = join(folder, `${policy}.json`);
      // Protocols, kinds of ciphers, forward secrecy, preferences, vulnerabilities.
      const looks = ["-p", "-s", "-f", "-P", "-U"];
      const quiet = ["--quiet", "--color", "0", "--jsonfile", report, "--ip", "127.0.0.1"];
      // The exit code is the number of its findings, also of harmless ones.
      await run("testssl", [...quiet, ...looks, `localhost:${balancer.port}`]).catch(
        () => undefined,
      );
      const findings: readonly Finding[] = JSON.parse(readFileSync(report, "utf8"));
      t.ok(
        findings.some(({ id }) => id === "heartbleed"),
        "it came to the vulnerabilities",
      );
      const weak = findings.filter(
        ({ id, severity }) => !HARMLESS.has(severity) && !ON_PURPOSE.has(id),
      );
      t.same(weak, []);
    },
  );
}
