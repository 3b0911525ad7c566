// Looks how the memory and the descriptors of a site's processes change while the site is used and nothing else happens.
import { setTimeout as sleep } from "node:timers/promises";
import { mebibytes } from "../../report/format.ts";
import { median, quantile } from "../../run/statistics.ts";
import { type Sample, sample } from "../sampler.ts";
import type { Site } from "../site/site.ts";

/** One process in the first and in the last third of the time. */
export interface Growth {
  readonly process: string;
  /**
   * What the memory falls back to: the level that a tenth of the samples are below. Garbage lies above it, as the heap of a
   * balancer may grow to four times its live objects before a full collection.
   */
  readonly rssBytes: { readonly first: number; readonly last: number };
  /** The median. */
  readonly descriptors: { readonly first: number; readonly last: number };
  /** What is wrong with it; absent when nothing is. */
  readonly fault?: string | undefined;
}

const EVERY_MS = 2_000;
/**
 * For how long a site is used before its memory is looked at. V8 compiles and makes its young generations larger in that
 * time: with a full collection every 30 s, the live objects of a data thread grew from 18.6 to 19.4 MB in five minutes and
 * by 0.3 MB in the next five, and resident memory from 186 to 210 and to 212 MB.
 */
const SETTLE_SECONDS = 300;
/**
 * A smaller growth does not show a leak. A tier with little traffic takes longer than SETTLE_SECONDS until V8 has given its
 * young generation the final size: webserver and appserver grew by 25 MiB in 12 minutes, of which their live objects were
 * half a MiB.
 */
const GROWTH_LIMIT_BYTES = 32 * 1024 * 1024;
/** Connections to servers come and go with the load. */
const DESCRIPTORS_LIMIT = 8;

/** Uses the site for a while, and then takes samples for as long as `seconds` say. */
export async function watchMemory(
  site: Site,
  seconds: number,
  progress: (words: string) => void,
): Promise<readonly Growth[]> {
  const processes = [...site.pids].map(([name, pid]) => ({ name, pid, samples: [] as Sample[] }));
  const began = performance.now();
  for (;;) {
    const second = Math.round((performance.now() - began) / 1000) - SETTLE_SECONDS;
    if (second >= seconds) break;
    if (second < 0) progress(`steady, memory is looked at in ${-second} s`);
    else {
      for (const { pid, samples } of processes) samples.push(sample(pid, second));
      progress(`steady, ${second} of ${seconds} s`);
    }
    await sleep(EVERY_MS);
  }
  return processes.map(({ name, samples }) => growthOf(name, samples));
}

function growthOf(process: string, samples: readonly Sample[]): Growth {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const of = (value: (sample: Sample) => number, level: (values: number[]) => number) => ({
    first: level(samples.slice(0, third).map(value)),
    last: level(samples.slice(-third).map(value)),
  });
  const rssBytes = of(
    (one) => one.rssBytes,
    (values) => quantile(values, 0.1),
  );
  const descriptors = of((one) => one.descriptors, median);
  const grown = rssBytes.last - rssBytes.first;
  const more = descriptors.last - descriptors.first;
  const faults = [
    ...(grown > GROWTH_LIMIT_BYTES ? [`its memory grew by ${mebibytes(grown)}`] : []),
    ...(more > DESCRIPTORS_LIMIT ? [`it has ${more} more descriptors`] : []),
  ];
  const fault = faults.length === 0 ? undefined : `${process}: ${faults.join(", ")}`;
  return { process, rssBytes, descriptors, fault };
}
