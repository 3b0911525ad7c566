// Kills, stops and freezes the processes behind the balancers of a site, one outage after the
// other. For each outage the test reports how long the status of a balancer takes to show the
// outage, in which words, and what visitors get meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { startMariadb } from "@tandem/appserver/testing";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { OUTAGES, type OutageCase } from "./site/outage-cases.ts";
import { Site } from "./site/site.ts";
import { Visitor } from "./site/visitor.ts";

export interface OutagesOptions {
  readonly tls: boolean;
  readonly progress: (words: string) => void;
}

/** How one outage was reported, and what visitors got meanwhile. */
export interface Outage {
  readonly what: string;
  /** How long it took until the status showed the outage. */
  readonly noticedMs: number;
  readonly health: string;
  readonly why: string;
  /** The exit code of `tandem status` during the outage. */
  readonly exitCode: number;
  /** The HTTP status codes of a page and of a file during the outage; 0 when no answer came. */
  readonly page: number;
  readonly file: number;
}

export interface OutagesReport {
  readonly outages: readonly Outage[];
  readonly failures: readonly string[];
}

/**
 * The time within which the status has to show an outage, as docs/operations/monitoring.md
 * promises.
 */
const PROMISED_MS = 3_000;
const PATIENCE_MS = 30_000;
const EXIT_CODES = { healthy: 0, degraded: 1, down: 2 } as const;

export async function outages({ tls, progress }: OutagesOptions): Promise<OutagesReport> {
  using folder = temporaryFolder("outages");
  const database = await startMariadb(folder.path);
  await using end = new AsyncDisposableStack();
  end.defer(() => database.stop());
  const site = end.use(await Site.start({ tls, database: database.create("site") }));
  const all: Outage[] = [];
  const failures: string[] = [];
  for (const outage of OUTAGES) {
    progress(outage.what);
    await outage.begin(site, database);
    const seen = await observe(site, outage);
    all.push(seen);
    failures.push(...judge(seen, outage));
    await outage.end(site, database);
    await site.untilHealthy();
  }
  return { outages: all, failures };
}

async function observe(site: Site, { what, link, why, health }: OutageCase): Promise<Outage> {
  const began = performance.now();
  for (;;) {
    const status = await site.status("box1");
    const problem = status?.problems.find((one) => one.name === link && why.test(one.why));
    const noticedMs = Math.round(performance.now() - began);
    if ((problem !== undefined && status?.health === health) || noticedMs > PATIENCE_MS) {
      const visitor = new Visitor({ site, name: "visitor", pauseMs: 0 }, "box1");
      return {
        ...{ what, noticedMs, health: status?.health ?? "silent" },
        why:
          problem === undefined
            ? "nothing was said of it"
            : `${link} ${problem.state}: ${problem.why}`,
        exitCode: (await site.tandemStatus("box1")).code,
        file: await visitor.statusOf("/files/file.txt"),
        page: await visitor.statusOf("/page"),
      };
    }
    await sleep(20);
  }
}

function judge({ what, noticedMs, exitCode, file, page }: Outage, wanted: OutageCase): string[] {
  const failures: string[] = [];
  const fail = (is: boolean, words: string): void =>
    void (is && failures.push(`${what}: ${words}`));
  fail(noticedMs > PROMISED_MS, `the status said so after ${noticedMs} ms`);
  fail(exitCode !== EXIT_CODES[wanted.health], `tandem status ended with ${exitCode}`);
  fail(wanted.filesGoOn && file !== 200, `files were answered ${file}`);
  fail(wanted.health === "degraded" && page !== 200, `pages were answered ${page}`);
  return failures;
}
