// One phase of a site: the balancer in front of the servers, and the load.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startConfigured } from "../soak/balancer.ts";
import { ACCESS_LOG, type Balance, BOX, configOf } from "./balancer-config.ts";
import { type LoadResult, openLoop } from "./open-loop.ts";
import type { CheckedSite } from "./sites.ts";

export interface Phase {
  readonly site: CheckedSite;
  readonly ports: readonly number[];
  readonly balance: Balance;
  readonly rate: number;
  readonly seconds: number;
  readonly draw: () => number;
  /** An own folder for the log of the phase. */
  readonly folder: string;
}

export interface PhaseResult extends LoadResult {
  readonly log: string;
}

/** The queues are empty at first; the answers of this time are left out. */
const WARM_UP_MS = 3_000;
const PATIENCE_MS = 20_000;

export async function runPhase(phase: Phase): Promise<PhaseResult> {
  const { site, ports, balance, rate, seconds, draw, folder } = phase;
  mkdirSync(folder, { recursive: true });
  const maxConnections = site.maxConnections ?? 0;
  await using balancer = await startConfigured(
    configOf({ ports, balance, maxConnections, folder }),
    BOX,
  );
  const load = { port: balancer.port, rate, seconds: seconds + WARM_UP_MS / 1000 };
  const { answers, failed } = await openLoop({ ...load, work: site.work, draw });
  const log = join(folder, ACCESS_LOG);
  await untilWritten(log, answers.length);
  return { answers: answers.filter(({ atMs }) => atMs >= WARM_UP_MS), failed, log };
}

/** The balancer writes its log in batches. */
async function untilWritten(file: string, lines: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const written = () => readFileSync(file, "utf8").split("\n").length - 1;
  while (written() < lines) {
    if (performance.now() > deadline)
      throw new Error(
        `${file}: ${written()} lines, expected ${lines} within ${PATIENCE_MS / 1000} s`,
      );
    await sleep(100);
  }
}
