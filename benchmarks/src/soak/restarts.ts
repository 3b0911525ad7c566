// Restarts every tier of a site on purpose, reloads the balancers, or upgrades the boxes, while visitors fetch pages
// and send forms. Reports which requests each kind of restart loses.
import { setTimeout as sleep } from "node:timers/promises";
import { BOXES, type Box, type TierName } from "./site/config.ts";
import { Site } from "./site/site.ts";
import { Visitor } from "./site/visitor.ts";

export type Kind = TierName | "reload" | "upgrade";

/** What is done to a site whose tiers are processes of their own. `upgrade` is for a site that `tandem up` runs. */
const UNSUPERVISED: readonly Kind[] = ["balancer", "webserver", "appserver", "reload"];

export interface RestartsOptions {
  /** The kinds of restarts; `upgrade` alone, or some of the others. All of the others when absent. */
  readonly kinds?: readonly Kind[];
  /** How many restarts are made of each kind. */
  readonly times: number;
  readonly visitors: number;
  readonly tls: boolean;
  readonly progress: (words: string) => void;
}

/**
 * The requests made during restarts of one kind, and their failures. `moved` is the number of
 * requests that went to the other balancer, because the first one accepted no connection.
 */
export interface RestartsOfKind {
  readonly kind: string;
  readonly times: number;
  readonly gets: number;
  readonly posts: number;
  readonly moved: number;
  readonly failed: readonly string[];
}

export interface RestartsReport {
  readonly tls: boolean;
  readonly kinds: readonly RestartsOfKind[];
  /**
   * `lost` is the number of answered POSTs whose note was not stored. `doubled` is the number of
   * notes that were stored more than once.
   */
  readonly lost: number;
  readonly doubled: number;
  readonly failures: readonly string[];
}

/**
 * Milliseconds between two requests of a visitor; the visitors take these values in turn. So some
 * visitors send requests nearly all the time, and others pause like people.
 */
const PAUSES_MS = [5, 20, 200, 700];
/** How long to wait after a reload, so that visitors use the new configuration. */
const RELOADED_MS = 300;

export async function restarts(options: RestartsOptions): Promise<RestartsReport> {
  const { kinds: wanted = UNSUPERVISED } = options;
  const supervised = wanted.includes("upgrade");
  await using site = await Site.start({ tls: options.tls, supervised });
  const kinds: RestartsOfKind[] = [];
  const notes: string[] = [];
  for (const kind of wanted) {
    const visitors = Array.from({ length: options.visitors }, (_, index) => {
      const pauseMs = PAUSES_MS[index % PAUSES_MS.length] ?? 0;
      const fresh = supervised && index % 4 > 1;
      return new Visitor({ site, name: `${kind}-${index}`, pauseMs, fresh }, boxOf(index));
    });
    const over = new AbortController();
    const visits = visitors.map((visitor) => visitor.visit(over.signal));
    try {
      for (let time = 0; time < options.times; time++) {
        options.progress(`${kind} ${time + 1} of ${options.times}`);
        await restart(site, kind, boxOf(time), time);
      }
    } finally {
      over.abort();
      await Promise.all(visits);
    }
    notes.push(...visitors.flatMap((visitor) => visitor.notes));
    kinds.push({
      ...{ kind, times: options.times },
      gets: sum(visitors.map(({ gets }) => gets)),
      posts: sum(visitors.map((visitor) => visitor.notes.length)),
      moved: sum(visitors.map(({ moved }) => moved)),
      failed: visitors.flatMap(({ failed }) => failed),
    });
  }
  const kept = await keptNotes(site);
  const lost = notes.filter((id) => !kept.has(id)).length;
  const doubled = [...kept.values()].filter((times) => times > 1).length;
  return { tls: options.tls, kinds, lost, doubled, failures: judge(kinds, lost, doubled) };
}

async function restart(site: Site, kind: Kind, box: Box, time: number): Promise<void> {
  if (kind === "upgrade") {
    await site.upgrade(box);
    return;
  }
  if (kind === "reload") {
    await site.reload(box, 1 + (time % 7));
    await sleep(RELOADED_MS);
    return;
  }
  await site.stop(kind, box);
  await site.start(kind, box);
  await site.untilHealthy();
}

/** Returns for each stored note, by its id, how many times the note is stored. */
async function keptNotes(site: Site): Promise<ReadonlyMap<string, number>> {
  const reader = new Visitor({ site, name: "reader", pauseMs: 0 }, "box1");
  const ids = await reader.kept();
  return new Map([...Map.groupBy(ids, (id) => id)].map(([id, all]) => [id, all.length]));
}

function judge(kinds: readonly RestartsOfKind[], lost: number, doubled: number): string[] {
  const failures = kinds.flatMap(({ kind, failed, gets, posts }) => [
    ...(failed.length > 0 ? [`${kind}: ${failed.length} requests failed`] : []),
    ...(gets === 0 || posts === 0 ? [`${kind}: no request was sent`] : []),
  ]);
  if (lost > 0) failures.push(`${lost} answered POSTs were not kept`);
  if (doubled > 0) failures.push(`${doubled} POSTs were kept more than once`);
  return failures;
}

const boxOf = (index: number): Box => BOXES[index % BOXES.length] ?? "box1";
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
