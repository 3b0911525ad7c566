// Least time: of all servers the one with the lowest average response time × queue, per weight
// (nginx's least_time).
import { FullScan } from "./choose/full-scan.ts";
import { ResponseTime } from "./load/response-time.ts";
import type { LeastTimeParameters } from "./parameters.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

export class LeastTime<S extends PickServer> extends FullScan<S> {
  constructor(environment: PickerEnvironment, parameters: LeastTimeParameters) {
    super(environment, new ResponseTime(environment.now, parameters));
  }
}
