// Least time (nginx's least_time): picks, of all servers, the one with the lowest value of average
// response time × requests in flight / weight. The new request counts as in flight.
import { FullScan } from "./choose/full-scan.ts";
import { failurePenalty, measure } from "./common-options.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import { type LeastTimeParameters, ResponseTime } from "./load/response-time.ts";
import { DURATION, FLAG, tuning } from "./options.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

class LeastTime<S extends PickServer> extends FullScan<S> {
  constructor(environment: PickerEnvironment, parameters: LeastTimeParameters) {
    super(environment, new ResponseTime(environment.now, parameters));
  }
}

export const leastTime = defineAlgorithm({
  title: "Least time",
  idea: "Average response time × requests it would then have, over all servers, in steps of 20 ms.",
  paper: "nginx, least_time",
  href: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#least_time",
  traits: { ...PLAIN, scans: true },
  options: {
    measure,
    countInFlight: tuning("countInFlight", FLAG, {
      default: true,
      meaning: "requests in flight count with their age",
    }),
    idleDecay: tuning("idleMs", DURATION, {
      default: 10_000,
      meaning: "the average is halved for every such time without an answer",
      field: { label: "Halved after silence of, ms", range: [100, 60_000, 100] },
    }),
    failurePenalty,
  },
  picker: LeastTime,
});
