// A log that was read, as a trace the simulator can replay.
import type { Trace } from "../scenarios/s17-trace.ts";
import { Stream } from "../sim/stream.ts";
import type { Demands } from "./demands.ts";
import type { LogContent } from "./read-log.ts";

export function traceOf(name: string, { requests, format }: LogContent, demands: Demands): Trace {
  const first = requests[0]?.arrivedMs ?? 0;
  const stream = new Stream(1, "within the second");
  const rows = requests.map(({ arrivedMs, key }, i) => ({
    // Known to the second only: anywhere within it, as Poisson arrivals would be.
    time: arrivedMs - first + (format.exact ? 0 : 1000 * stream.next()),
    demand: demands.demandsMs[i] ?? 0,
    key,
  }));
  if (!format.exact) rows.sort((a, b) => a.time - b.time);
  return {
    name,
    timesMs: rows.map(({ time }) => time),
    demandsMs: rows.map(({ demand }) => demand),
    keys: rows.map(({ key }) => key),
  };
}
