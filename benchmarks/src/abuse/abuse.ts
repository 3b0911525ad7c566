// Runs floods against a proxy while normal clients go on, and judges what became of both.
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Started } from "../process/started.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { cpuSecondsBetween, usageOfTree } from "../process/usage.ts";
import type { AttackResult } from "./attack.ts";
import type { Flood } from "./flood.ts";
import { type NormalResult, normalClient } from "./normal.ts";
import { type Counted, type Stand, type StandName, startStand } from "./stand.ts";

export interface AbuseOptions {
  readonly proxy: StandName;
  readonly floods: readonly Flood[];
  /** How long each attack is, and the quiet time before it. */
  readonly seconds: number;
  /** How many hostile connections there are at once. */
  readonly connections: number;
  readonly progress: (text: string) => void;
}

/** What normal clients and the proxy did in one span of time. */
interface Span {
  readonly h1: NormalResult;
  readonly h2: NormalResult;
  /** The proxy's CPU time in seconds per second. */
  readonly cpu: number;
  /** The most resident memory of the proxy. */
  readonly rssBytes: number;
}

export interface FloodReport {
  readonly flood: string;
  readonly attack: AttackResult;
  /** Why Tandem says that it ended sessions, and how many; empty for other proxies. */
  readonly ended: Readonly<Record<string, number>>;
  readonly quiet: Span;
  readonly attacked: Span;
  readonly rssGrowthBytes: number;
  /** What is wrong; empty when the flood did no harm. */
  readonly failures: readonly string[];
}

export interface AbuseReport {
  readonly proxy: StandName;
  readonly seconds: number;
  readonly connections: number;
  readonly floods: readonly FloodReport[];
}

const SAMPLE_MS = 100;
/** How much longer than its time an attack may go on, on a busy machine, before its failure counts. */
const PATIENCE_MS = 60_000;
/** The least time of an attack that only timeouts end: the proxies' timeouts are 2 s. */
const HOLDING_SECONDS = 5;

/** Runs each flood once. */
export async function abuse(options: AbuseOptions): Promise<AbuseReport> {
  const { proxy, floods, seconds, connections, progress } = options;
  using folder = temporaryFolder("abuse");
  await using origin = await Started.start([
    process.execPath,
    join(import.meta.dirname, "../origin/origin.ts"),
  ]);
  const originPort = Number(await origin.nextLine());
  await using stand = await startStand(proxy, originPort, folder.path);
  const reports: FloodReport[] = [];
  for (const flood of floods) {
    progress(`${proxy}: ${flood.name}`);
    reports.push(await runFlood(stand, flood, seconds, connections));
  }
  return { proxy, seconds, connections, floods: reports };
}

async function runFlood(
  stand: Stand,
  flood: Flood,
  seconds: number,
  connections: number,
): Promise<FloodReport> {
  const holding = flood.open().more === undefined || flood.ends.length === 0;
  const span = holding ? Math.max(seconds, HOLDING_SECONDS) : seconds;
  const quiet = await watch(stand, async () => void (await sleep(seconds * 1000)));
  const before = await stand.counted();
  const seen = async (): Promise<boolean> => {
    const ended = difference(before, await stand.counted());
    return stand.name !== "tandem" || isCounted(flood, ended);
  };
  let attack: AttackResult | undefined;
  const attacked = await watch(stand, async () => {
    attack = await attackFrom(flood.name, stand.h2, connections, span, seen);
  });
  if (attack === undefined) throw new Error("the attack has no result");
  const ended = difference(before, await stand.counted());
  const rssGrowthBytes = attacked.rssBytes - quiet.rssBytes;
  const failures = judge(flood, stand.name === "tandem" ? ended : undefined, attacked);
  return { flood: flood.name, attack, ended, quiet, attacked, rssGrowthBytes, failures };
}

/** Runs normal clients until `meanwhile` is done, and measures the proxy. */
async function watch(stand: Stand, meanwhile: () => Promise<void>): Promise<Span> {
  let done = false;
  const goesOn = (): boolean => !done;
  const before = usageOfTree(stand.pid);
  const began = performance.now();
  let rssBytes = before.rssBytes;
  const sampled = (async () => {
    while (goesOn()) {
      await sleep(SAMPLE_MS);
      rssBytes = Math.max(rssBytes, usageOfTree(stand.pid).rssBytes);
    }
  })();
  const clients = Promise.all([
    normalClient("h1", stand.h1, goesOn),
    normalClient("h2", stand.h2, goesOn),
  ]);
  await meanwhile();
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSecondsBetween(before, usageOfTree(stand.pid)) / seconds;
  done = true;
  const [h1, h2] = await clients;
  await sampled;
  return { h1, h2, cpu, rssBytes };
}

/** Attacks for some seconds, and on until `seen` says that the proxy has ended a session, but not for ever. */
async function attackFrom(
  flood: string,
  port: number,
  connections: number,
  seconds: number,
  seen: () => Promise<boolean>,
): Promise<AttackResult> {
  const program = join(import.meta.dirname, "attack-process.ts");
  const args = [flood, port, connections].map(String);
  const command = [process.execPath, program, ...args];
  await using attacker = await Started.start(command, { input: true });
  await sleep(seconds * 1000);
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline && !(await seen())) await sleep(SAMPLE_MS);
  attacker.write("stop");
  return JSON.parse(await attacker.nextLine()) as AttackResult;
}

/** Returns whether a session was ended for this flood. */
export function isCounted({ ends }: Flood, ended: Readonly<Record<string, number>>): boolean {
  return ends.length === 0 || ends.some((why) => (ended[why] ?? 0) > 0);
}

/** Returns how many sessions ended in between, by reason, without the reasons that did not occur. */
export function difference(
  before: Counted | undefined,
  after: Counted | undefined,
): Readonly<Record<string, number>> {
  const counted = Object.entries(after?.ended ?? {}).map(
    ([why, times]) => [why, times - (before?.ended[why] ?? 0)] as const,
  );
  return Object.fromEntries(counted.filter(([, times]) => times > 0));
}

function judge(
  flood: Flood,
  ended: Readonly<Record<string, number>> | undefined,
  attacked: Span,
): readonly string[] {
  const failures: string[] = [];
  if (ended !== undefined && !isCounted(flood, ended)) {
    failures.push(`no session was counted as ${flood.ends.join(" or ")}`);
  }
  for (const [protocol, { errors, requests }] of [
    ["HTTP/1.1", attacked.h1],
    ["HTTP/2", attacked.h2],
  ] as const) {
    for (const [why, times] of Object.entries(errors)) {
      failures.push(`a normal client of ${protocol}: ${times} times ${why}`);
    }
    if (requests === 0) failures.push(`a normal client of ${protocol} got no answer`);
  }
  return failures;
}
