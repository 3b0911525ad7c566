// TLS on both sides of the balancer: every client must get its answer. Large and small bodies are sent in both
// directions, by slow and fast clients and servers, mixed on the same kept connections. Meanwhile the balancer
// reloads, and some requests are tried again.
import { readFileSync } from "node:fs";
import { makeCertificate } from "../process/certificate.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { type RunningBalancer, startConfigured } from "./balancer.ts";
import { seeded } from "./seeded.ts";
import { startTlsOrigin } from "./tls-origin.ts";
import { type TlsVisit, TlsVisitors, visitFor } from "./tls-visits.ts";

export interface TlsBothOptions {
  readonly answers: number;
  readonly threads: number;
  readonly progress: (words: string) => void;
}

export interface TlsBothReport {
  readonly threads: number;
  readonly answers: number;
  readonly bytes: number;
  readonly seconds: number;
  /** How many requests were given up because no byte came for 60 s. */
  readonly hangs: number;
  /** What went wrong with each request whose answer was not a complete 200. */
  readonly errors: readonly string[];
  readonly retries: number;
  readonly reloads: number;
  readonly inFlight: number;
  /** The reasons why the test failed; empty when it passed. */
  readonly failures: readonly string[];
}

const VISITORS = 12;
/** When to reload: after a third and after two thirds of the answers. */
const RELOADS = [1 / 3, 2 / 3] as const;

export async function tlsBoth(options: TlsBothOptions): Promise<TlsBothReport> {
  using folder = temporaryFolder("tls-both");
  const tls = await makeCertificate(folder.path, "DNS:s1,DNS:s2,DNS:www.foobar.com");
  const pair = { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  // One of the two servers closes the connection of some requests instead of answering, so that the
  // balancer tries these requests again at the other server.
  await using dying = await startTlsOrigin(pair, true);
  await using steady = await startTlsOrigin(pair, false);
  const config = (maxIdle: number) => (port: number, admin: number) =>
    `
site: soak
balancer:
  threads: ${options.threads}
  frontends:
    front:
      bind: 127.0.0.1:${port}
      tls: { certificates: [{ cert: ${tls.cert}, key: ${tls.key} }] }
      routes: [{ backend: origin }]
  backends:
    origin:
      servers: { s1: { address: 127.0.0.1:${dying.port} }, s2: { address: 127.0.0.1:${steady.port} } }
      balance: { algorithm: round-robin }
      check: { interval: 1h, timeout: 30s, fall: 10 }
      maxIdle: ${maxIdle}
      tls: { ca: ${tls.cert}, cert: ${tls.cert}, key: ${tls.key} }
  admin: { bind: 127.0.0.1:${admin} }
telemetry: { log: { level: error } }
`;
  await using balancer = await startConfigured(config(64));
  using visitors = new TlsVisitors(balancer.port, pair.cert);
  const began = performance.now();
  const errors: string[] = [];
  let [asked, bytes, hangs, reloads] = [0, 0, 0, 0];
  const visitor = async (seed: number): Promise<void> => {
    const random = seeded(seed);
    // The visitors begin together with a request that the dying server does not answer. Round robin gives it every second
    // of them, so some are tried again whatever the other visits happen to be.
    let first = true;
    while (asked < options.answers) {
      asked += 1;
      if (asked > (RELOADS[reloads] ?? Number.POSITIVE_INFINITY) * options.answers) {
        reloads += 1;
        await balancer.reload(config(64 + reloads)); // a new `maxIdle` makes the balancer open new connection pools
      }
      const drawn = visitFor(random);
      const visit: TlsVisit = first ? { ...drawn, way: "down", dies: true } : drawn;
      first = false;
      const said = await visitors.go(visit);
      bytes += visit.bytes;
      if (said === "hang") hangs += 1;
      else if (said !== "") errors.push(`${words(visit)}: ${said}`);
      options.progress(`${options.threads} threads: ${asked} of ${options.answers}`);
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, (_, n) => visitor(n + 1)));
  const seconds = (performance.now() - began) / 1000;
  const found = { threads: options.threads, answers: asked, bytes, seconds, hangs, errors };
  const left = await whatIsLeft(balancer);
  return { ...found, ...left, failures: judge({ ...found, ...left }, balancer.process.complaint) };
}

const words = ({ way, bytes, slow, dies }: TlsVisit): string =>
  `${bytes} bytes ${way}${slow ? ", slow" : ""}${dies ? ", tried again" : ""}`;

async function whatIsLeft({ status }: RunningBalancer) {
  const { backends, reloads } = await status();
  const servers = backends.flatMap((backend) => backend.servers);
  return {
    retries: sum(backends.map(({ retries }) => retries)),
    reloads: reloads.done,
    inFlight: sum(servers.map(({ inFlight }) => inFlight)),
  };
}

function judge(report: Omit<TlsBothReport, "failures">, complaint: string): string[] {
  const { hangs, errors, retries, reloads, inFlight } = report;
  const failures: string[] = [];
  const fail = (is: boolean, text: string): void => void (is && failures.push(text));
  fail(hangs > 0, `${hangs} requests hung`);
  fail(errors.length > 0, `${errors.length} requests failed`);
  fail(retries === 0, "no request was tried again: the soak has not done its work");
  fail(reloads !== RELOADS.length, `${reloads} of ${RELOADS.length} reloads were done`);
  fail(inFlight !== 0, `${inFlight} requests are left in flight`);
  fail(complaint !== "", `it complained: ${complaint}`);
  return failures;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
