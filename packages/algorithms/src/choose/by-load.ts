// The base class of pickers that compare servers by a `Load`: keeps the list of servers, and passes
// feedback (a request started or ended, a server reported) on to the `Load`. A server that leaves and
// comes back counts as a new server. Feedback on a request that began before the server came back
// is dropped.
import type { Inspection } from "../inspection.ts";
import type { Load } from "../load/load.ts";
import type {
  LoadReport,
  Outcome,
  PickContext,
  Picker,
  PickerEnvironment,
  PickServer,
} from "../picker.ts";
import type { PickReason } from "../reason.ts";
import { ServerIndex } from "../server-index.ts";
import { Divisor } from "./divisor.ts";

export abstract class ByLoad<S extends PickServer> implements Picker<S> {
  protected readonly environment: PickerEnvironment;
  protected readonly load: Load<S>;
  protected readonly divisor: Divisor<S>;
  protected readonly index = new ServerIndex<S>();
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, load: Load<S>) {
    this.environment = environment;
    this.load = load;
    this.divisor = new Divisor(load);
  }

  abstract pick(context: PickContext<S>): S | undefined;

  update(servers: readonly S[]): void {
    this.load.update(this.index.update(servers, this.environment.now()));
    this.divisor.update(servers);
  }

  started(server: S): void {
    if (this.load.started === undefined) return;
    const index = this.index.of(server);
    if (index >= 0) this.load.started(index);
  }

  firstByte(server: S, ms: number): void {
    if (this.load.firstByte === undefined) return;
    const index = this.index.ofLife(server, this.environment.now, ms);
    if (index >= 0) this.load.firstByte(index, ms);
  }

  ended(server: S, outcome: Outcome, ms: number): void {
    if (outcome === "ok" && this.load.ignoresSuccess === true) return;
    const index = this.index.ofLife(server, this.environment.now, ms);
    if (index >= 0) this.load.ended?.(index, outcome, ms);
  }

  report(server: S, load: LoadReport): void {
    const index = this.index.of(server);
    if (index >= 0) this.load.report?.(index, load);
  }

  /** How many servers a pick compares; 0 = all. */
  protected get serversCompared(): number {
    return 0;
  }

  inspect(): Inspection {
    this.load.begin();
    const { servers } = this.index;
    this.divisor.begin();
    for (const [index, server] of servers.entries()) this.divisor.see(index, server);
    const loads = servers.map((server, index) => ({
      server: server.name,
      value: this.divisor.cost(index, server),
    }));
    return { kind: "loads", loads, draws: this.serversCompared };
  }
}
