// Least connections: the fewest requests in flight per unit of weight, of all servers, as nginx's least_conn
// (ngx_http_upstream_least_conn_module.c). It counts requests, not sockets. Good for few servers; independent
// balancers with many servers do better with `random`, which cannot herd.
import { FullScan } from "./choose/full-scan.ts";
import { InFlight } from "./load/in-flight.ts";
import type { LeastConnParameters } from "./parameters.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

export class LeastConn<S extends PickServer> extends FullScan<S> {
  constructor(environment: PickerEnvironment, { failureMs }: LeastConnParameters) {
    super(environment, new InFlight(environment.now, failureMs));
  }
}
