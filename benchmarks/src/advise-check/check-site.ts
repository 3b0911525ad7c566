// Holds the adviser's prediction for one site against what the real stack does.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Started } from "../process/started.ts";
import { seeded } from "../soak/seeded.ts";
import { askAdviser, type Predicted, type Prediction } from "./ask-adviser.ts";
import {
  latencyAt,
  type Measured,
  measuredInterval,
  quantile,
  shareOf,
} from "./measured-interval.ts";
import type { Answer } from "./open-loop.ts";
import { runPhase } from "./phase.ts";
import type { CheckedSite } from "./sites.ts";

export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly predicted: Predicted;
  readonly measured: Measured;
}

export interface SiteReport {
  readonly site: CheckedSite;
  readonly prediction: Prediction;
  readonly lines: readonly Line[];
  /** What a request takes beyond its time at the server: the balancer, loopback, timers that fire late. Milliseconds. */
  readonly added: { readonly p50: number; readonly p99: number };
  /** How late one request in a hundred was sent. */
  readonly lateP99Ms: number;
  readonly requests: number;
  readonly failed: number;
}

/** When requests are sent later than this, the machine was too busy for its figures to say something. */
const MOST_LATE_MS = 15;

/** Whether the machine left the phases alone. */
export const undisturbed = ({ lateP99Ms, added }: SiteReport): boolean =>
  lateP99Ms <= MOST_LATE_MS && added.p99 <= 2 * MOST_LATE_MS;

export interface CheckOptions {
  readonly quietSeconds: number;
  readonly busySeconds: number;
  readonly seed: number;
  readonly folder: string;
  readonly progress: (what: string) => void;
}

const SERVERS = fileURLToPath(new URL("servers-process.ts", import.meta.url));

export async function checkSite(site: CheckedSite, options: CheckOptions): Promise<SiteReport> {
  const { quietSeconds, busySeconds, seed, folder, progress } = options;
  const words = [site.workers, ...site.speeds].map(String);
  await using servers = await Started.start([process.execPath, SERVERS, ...words]);
  const ports = JSON.parse(await servers.nextLine()) as readonly number[];
  const draw = seeded(seed);
  progress(`${site.name}: ${quietSeconds} s quiet`);
  const quiet = await runPhase({
    ...{ site, ports, draw, rate: site.quietRate, seconds: quietSeconds },
    balance: { algorithm: "round-robin", weights: ports.map(() => 1) },
    folder: join(folder, "quiet"),
  });
  progress(`${site.name}: advise`);
  const prediction = await askAdviser(site, { log: quiet.log, seconds: busySeconds });
  progress(`${site.name}: ${busySeconds} s busy`);
  const busy = await runPhase({
    ...{ site, ports, draw, rate: site.busyRate, seconds: busySeconds },
    balance: { algorithm: site.algorithm, weights: prediction.weights },
    folder: join(folder, "busy"),
  });
  const added = quiet.answers.map(({ latencyMs, stayMs }) => latencyMs - stayMs);
  const late = busy.answers.map(({ lateMs }) => lateMs);
  return {
    site,
    prediction,
    lines: linesOf(prediction, busy.answers),
    added: { p50: quantile(added, 0.5), p99: quantile(added, 0.99) },
    lateP99Ms: quantile(late, 0.99),
    requests: busy.answers.length,
    failed: quiet.failed + busy.failed,
  };
}

function linesOf(prediction: Prediction, answers: readonly Answer[]): readonly Line[] {
  const { p50, p99, shares } = prediction;
  const percent = ({ mean, oneLow, oneHigh }: Predicted): Predicted => ({
    ...{ mean: 100 * mean, oneLow: 100 * oneLow, oneHigh: 100 * oneHigh },
  });
  const [first] = shares;
  return [
    {
      what: "p50",
      unit: "ms",
      predicted: p50,
      measured: measuredInterval(answers, latencyAt(0.5)),
    },
    {
      what: "p99",
      unit: "ms",
      predicted: p99,
      measured: measuredInterval(answers, latencyAt(0.99)),
    },
    ...(first === undefined
      ? []
      : [
          {
            what: "share of box1",
            unit: "%",
            predicted: percent(first),
            measured: measuredInterval(answers, shareOf(0)),
          },
        ]),
  ];
}
