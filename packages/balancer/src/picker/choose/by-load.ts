// What all ways to choose by load share: the list, and feedback passed on to the load. Feedback on a request
// from a server's earlier life (it left the list and came back) is dropped.
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
import { moved, ServerIndex } from "../server-index.ts";

/** Slack for times that were subtracted and added again. */
const ROUNDING_MS = 0.001;

export abstract class ByLoad<S extends PickServer> implements Picker<S> {
  protected readonly environment: PickerEnvironment;
  protected readonly load: Load<S>;
  protected readonly index = new ServerIndex<S>();
  #joinedAt = new Float64Array(0);
  #joined = false;
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, load: Load<S>) {
    this.environment = environment;
    this.load = load;
  }

  abstract pick(context: PickContext<S>): S | undefined;

  update(servers: readonly S[]): void {
    const from = this.index.update(servers);
    // The first list is no comeback: requests that began before it cannot be strangers.
    const since = this.#joined ? this.environment.now() : Number.NEGATIVE_INFINITY;
    this.#joined = true;
    this.#joinedAt = moved(this.#joinedAt, from, since);
    this.load.update(from);
  }

  started(server: S): void {
    const index = this.index.of(server);
    if (index >= 0) this.load.started?.(index);
  }

  firstByte(server: S, ms: number): void {
    const index = this.#ofThisLife(server, ms);
    if (index >= 0) this.load.firstByte?.(index, ms);
  }

  ended(server: S, outcome: Outcome, ms: number): void {
    const index = this.#ofThisLife(server, ms);
    if (index >= 0) this.load.ended?.(index, outcome, ms);
  }

  report(server: S, load: LoadReport): void {
    const index = this.index.of(server);
    if (index >= 0) this.load.report?.(index, load);
  }

  #ofThisLife(server: S, ms: number): number {
    const index = this.index.of(server);
    const joinedAt = this.#joinedAt[index] ?? Number.NEGATIVE_INFINITY;
    if (joinedAt === Number.NEGATIVE_INFINITY) return index;
    return this.environment.now() - ms < joinedAt - ROUNDING_MS ? -1 : index;
  }
}
