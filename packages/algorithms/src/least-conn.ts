// Least connections: picks, of all servers, the one with the fewest requests in flight per unit of
// weight, like nginx's least_conn (ngx_http_upstream_least_conn_module.c). Requests are counted,
// not sockets. The algorithm is good for few servers. With many servers and several independent
// balancers `random` is better: balancers with the same counts would all pick the same server, and
// random draws prevent that.
import { FewestRequests } from "./choose/fewest-requests.ts";
import { type FailureParameters, failurePenalty } from "./common-options.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import { InFlight } from "./load/in-flight.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

class LeastConn<S extends PickServer> extends FewestRequests<S> {
  constructor(environment: PickerEnvironment, { failureMs }: FailureParameters) {
    super(environment, new InFlight(environment.now, failureMs));
  }
}

export const leastConn = defineAlgorithm({
  title: "Least connections",
  idea: "Looks at every server and takes the one with the fewest requests in flight per weight.",
  paper: "Winston, Optimality of the shortest line discipline (1977)",
  href: "https://doi.org/10.2307/3213271",
  traits: { ...PLAIN, scans: true },
  options: { failurePenalty },
  picker: LeastConn,
});
