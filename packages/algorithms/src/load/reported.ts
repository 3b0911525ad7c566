// Load = requests in flight from all clients, as the server last reported. Until the first report
// it is this balancer's own count. A report is already old when it is used. The laboratory uses
// this load to show the effect of such stale information (Mitzenmacher, "How useful is old
// information?", 2000).
import type { LoadReport, PickServer } from "../picker.ts";
import { moved } from "../server-index.ts";
import type { Load } from "./load.ts";

export class Reported<S extends PickServer> implements Load<S> {
  #told = new Float64Array(0);

  update(from: Int32Array): void {
    this.#told = moved(this.#told, from, -1);
  }

  begin(): void {}

  of(index: number, server: S): number {
    const told = this.#told[index] ?? -1;
    return told < 0 ? server.inFlight : told;
  }

  report(index: number, { inFlight }: LoadReport): void {
    if (inFlight !== undefined) this.#told[index] = Math.max(0, inFlight);
  }
}
