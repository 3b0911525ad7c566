// Reloads and upgrades a site, and restarts each of its tiers, while clients of all protocols use it: HTTP/1.1, HTTP/2
// with short and long streams, gRPC, WebSockets, TCP. The clients count themselves what was answered and what was lost. The
// tiers of the two boxes are processes of their own; for the upgrades, a `tandem up` runs the tiers of each box.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Started } from "../../process/started.ts";
import { BOXES, type Box, type EchoPorts, type TierName } from "../site/config.ts";
import { Site } from "../site/site.ts";
import { Visitor } from "../site/visitor.ts";
import { startClients } from "./clients.ts";
import type { Phase } from "./counts.ts";
import { Moment } from "./moment.ts";
import { type Growth, watchMemory } from "./steady.ts";
import { unreset } from "./unreset.ts";

export interface ChangesOptions {
  readonly reloads: number;
  readonly upgrades: number;
  /** How many restarts are made of each tier. */
  readonly restarts: number;
  /** How long the site is used without any change, at last, for its memory and descriptors. */
  readonly steadySeconds: number;
  /** How many clients of each kind there are at once. */
  readonly clients: number;
  /** The tiers that are restarted; all when absent. */
  readonly only?: readonly TierName[] | undefined;
  readonly progress: (words: string) => void;
}

export interface ChangesReport {
  readonly phases: readonly Phase[];
  /** The number of answered forms that were not stored, and of those that were stored more than once. */
  readonly lost: number;
  readonly doubled: number;
  /** The memory and the descriptors of each process during the time without changes. */
  readonly growth: readonly Growth[];
  readonly failures: readonly string[];
}

/** Long enough for every request of these clients, and short enough to wait for it at each change. */
const DRAIN_MS = 5_000;
/**
 * Longer than a busy machine delays an answer. While a tier of one box restarts, a check that fails at the other box
 * would take its last server away.
 */
const CHECK_INTERVAL = "2s";
/** How long to wait after a change, so that clients use what is new. */
const AFTER_MS = 500;

const TIERS: readonly TierName[] = ["balancer", "webserver", "appserver"];

type Change = (site: Site, box: Box, time: number, moment: Moment) => Promise<void>;

const reload: Change = (site, box, time) => site.reload(box, 1 + (time % 7));

/** How often an upgrade is tried. On a busy machine a new tier may not be ready in time; then nothing has changed. */
const UPGRADE_TRIES = 3;

const upgrade: Change = async (site, box, _time, moment) => {
  for (let left = UPGRADE_TRIES; ; left -= 1) {
    moment.change();
    try {
      await site.upgrade(box);
      return;
    } catch (error) {
      if (left === 1 || !`${error}`.includes("not ready in time")) throw error;
    }
  }
};

const restart =
  (tier: TierName): Change =>
  async (site, box, _time, moment) => {
    if (tier === "balancer") moment.change();
    await site.stop(tier, box);
    await site.start(tier, box);
    await site.untilHealthy();
  };

export async function changes(options: ChangesOptions): Promise<ChangesReport> {
  const { reloads, upgrades, restarts, steadySeconds, progress } = options;
  await using echo = await Started.start([
    process.execPath,
    `${import.meta.dirname}/echo-process.ts`,
  ]);
  const ports = JSON.parse(await echo.nextLine()) as EchoPorts;
  let growth: readonly Growth[] = [];
  const single: readonly Series[] = [
    { kind: "reload", times: reloads, change: reload },
    ...(options.only ?? TIERS).map((tier) => ({
      kind: tier,
      times: restarts,
      change: restart(tier),
    })),
    {
      ...{ kind: "steady", times: steadySeconds > 0 ? 1 : 0 },
      async change(site) {
        growth = await watchMemory(site, steadySeconds, progress);
      },
    },
  ];
  const outcomes = [
    await onSite(single, ports, false, options),
    await onSite([{ kind: "upgrade", times: upgrades, change: upgrade }], ports, true, options),
  ];
  const phases = outcomes.flatMap((outcome) => outcome.phases);
  const lost = outcomes.reduce((sum, outcome) => sum + outcome.lost, 0);
  const doubled = outcomes.reduce((sum, outcome) => sum + outcome.doubled, 0);
  return { phases, lost, doubled, growth, failures: judge(phases, lost, doubled, growth) };
}

/** Changes of one kind, one after the other. */
interface Series {
  readonly kind: string;
  readonly times: number;
  readonly change: Change;
}

interface Outcome {
  readonly phases: readonly Phase[];
  readonly lost: number;
  readonly doubled: number;
}

/** Starts a site, makes all changes to it, and compares the notes that it has stored with the answered forms. */
async function onSite(
  all: readonly Series[],
  echo: EchoPorts,
  supervised: boolean,
  options: ChangesOptions,
): Promise<Outcome> {
  const wanted = all.filter(({ times }) => times > 0);
  if (wanted.length === 0) return { phases: [], lost: 0, doubled: 0 };
  options.progress("the site starts");
  await using site = await Site.start({
    ...{ tls: true, supervised, echo },
    ...{ drain: `${DRAIN_MS}ms`, checkInterval: CHECK_INTERVAL },
  });
  const phases: Phase[] = [];
  const notes: string[] = [];
  for (const series of wanted) {
    const { phase, answered } = await underLoad(site, series, options);
    phases.push(phase);
    notes.push(...answered);
  }
  const kept = await keptNotes(site);
  const lost = notes.filter((id) => !kept.has(id)).length;
  const doubled = [...kept.values()].filter((times) => times > 1).length;
  return { phases, lost, doubled };
}

/** Makes changes of one kind while clients use the site. */
async function underLoad(site: Site, series: Series, { clients, progress }: ChangesOptions) {
  const { kind, times, change } = series;
  const moment = new Moment(DRAIN_MS);
  const running = startClients({ site, moment, name: kind, count: clients });
  const began = performance.now();
  const delays = monitorEventLoopDelay();
  delays.enable();
  let answered: readonly string[] = [];
  try {
    for (let time = 0; time < times; time += 1) {
      progress(`${kind} ${time + 1} of ${times}`);
      await change(site, BOXES[time % BOXES.length] ?? "box1", time, moment);
      await sleep(AFTER_MS);
    }
  } finally {
    answered = await running.end();
    delays.disable();
  }
  const stallMs = Math.round(delays.max / 1e6);
  const seconds = Math.round((performance.now() - began) / 1000);
  return { phase: { kind, times, seconds, stallMs, counts: running.counts }, answered };
}

/** Returns for each stored note, by its id, how many times the note is stored. */
async function keptNotes(site: Site): Promise<ReadonlyMap<string, number>> {
  const ids = await new Visitor({ site, name: "reader", pauseMs: 0 }, "box1").kept();
  return new Map([...Map.groupBy(ids, (id) => id)].map(([id, all]) => [id, all.length]));
}

function judge(
  phases: readonly Phase[],
  lost: number,
  doubled: number,
  growth: readonly Growth[],
): string[] {
  const failures = phases.flatMap((phase) => {
    const silent = Object.entries(phase.counts).filter(([, { answered }]) => answered === 0);
    const failed = unreset(phase).length;
    return [
      ...(failed > 0 ? [`${phase.kind}: ${failed} failed`] : []),
      ...silent.map(([protocol]) => `${phase.kind}: nothing was answered over ${protocol}`),
    ];
  });
  if (lost > 0) failures.push(`${lost} answered forms were not kept`);
  if (doubled > 0) failures.push(`${doubled} forms were kept more than once`);
  failures.push(...growth.flatMap(({ fault }) => fault ?? []));
  return failures;
}
