// Looks how the memory and the descriptors of a site's processes change while the site is used and nothing else happens.
import { setTimeout as sleep } from "node:timers/promises";
import { mebibytes } from "../../report/format.ts";
import { median } from "../../run/statistics.ts";
import { type Sample, sample } from "../sampler.ts";
import type { Site } from "../site/site.ts";

/** The medians of the first and of the last third of the time, of one process. */
export interface Growth {
  readonly process: string;
  readonly rssBytes: { readonly first: number; readonly last: number };
  readonly descriptors: { readonly first: number; readonly last: number };
  /** What is wrong with it; absent when nothing is. */
  readonly fault?: string | undefined;
}

const EVERY_MS = 2_000;
/** V8 frees memory late, so a smaller growth does not show a leak. */
const GROWTH_LIMIT_BYTES = 24 * 1024 * 1024;
/** Connections to servers come and go with the load. */
const DESCRIPTORS_LIMIT = 8;

/** Takes samples for as long as `seconds` say. */
export async function watchMemory(
  site: Site,
  seconds: number,
  progress: (words: string) => void,
): Promise<readonly Growth[]> {
  const processes = [...site.pids].map(([name, pid]) => ({ name, pid, samples: [] as Sample[] }));
  const began = performance.now();
  for (;;) {
    const second = Math.round((performance.now() - began) / 1000);
    if (second >= seconds) break;
    for (const { pid, samples } of processes) samples.push(sample(pid, second));
    progress(`steady, ${second} of ${seconds} s`);
    await sleep(EVERY_MS);
  }
  return processes.map(({ name, samples }) => growthOf(name, samples));
}

function growthOf(process: string, samples: readonly Sample[]): Growth {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const of = (value: (sample: Sample) => number) => ({
    first: median(samples.slice(0, third).map(value)),
    last: median(samples.slice(-third).map(value)),
  });
  const rssBytes = of((one) => one.rssBytes);
  const descriptors = of((one) => one.descriptors);
  const grown = rssBytes.last - rssBytes.first;
  const more = descriptors.last - descriptors.first;
  const faults = [
    ...(grown > GROWTH_LIMIT_BYTES ? [`its memory grew by ${mebibytes(grown)}`] : []),
    ...(more > DESCRIPTORS_LIMIT ? [`it has ${more} more descriptors`] : []),
  ];
  const fault = faults.length === 0 ? undefined : `${process}: ${faults.join(", ")}`;
  return { process, rssBytes, descriptors, fault };
}
