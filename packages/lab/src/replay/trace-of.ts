// Turns a log into a trace that the simulator can replay.
import type { Trace } from "../scenarios/s17-trace.ts";
import type { Demands } from "./demands.ts";
import type { LogContent } from "./read-log.ts";

export function traceOf(name: string, { requests }: LogContent, demands: Demands): Trace {
  const first = requests[0]?.arrivedMs ?? 0;
  return {
    name,
    timesMs: requests.map(({ arrivedMs }) => arrivedMs - first),
    demandsMs: demands.demandsMs,
    keys: requests.map(({ key }) => key),
  };
}
