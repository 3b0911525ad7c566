// Picks the server with the fewest requests in flight per weight: the picks of `FullScan`, with the same random numbers,
// at a cost of O(log n) for n servers where the picker hears of every change. In the balancer it does not: the other
// threads change the counts too. There, and while failed requests count as load (they fade with time), every pick looks
// at all servers.
import type { InFlight } from "../load/in-flight.ts";
import type { Outcome, PickContext, PickerEnvironment, PickServer } from "../picker.ts";
import { FullScan } from "./full-scan.ts";
import { Tournament } from "./tournament.ts";

/** The largest sum of weights with which the tie's random number is exact: 2^53, less the 31 bits of that number. */
const MOST_WEIGHT = 2 ** 22;

export class FewestRequests<S extends PickServer> extends FullScan<S> {
  readonly #inFlight: InFlight<S>;
  readonly #tournament = new Tournament();
  /** Whether the tournament holds the present loads. */
  #follows = false;

  constructor(environment: PickerEnvironment, load: InFlight<S>) {
    super(environment, load);
    this.#inFlight = load;
  }

  override update(servers: readonly S[]): void {
    super.update(servers);
    const weights = servers.map(({ weight }) => weight);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#follows =
      this.environment.hearsAll === true &&
      total <= MOST_WEIGHT &&
      weights.every((weight) => Number.isInteger(weight));
    if (this.#follows) this.#tournament.reset(weights, servers.map(loadOf));
  }

  override pick(context: PickContext<S>): S | undefined {
    this.load.begin();
    if (!this.#follows || context.tried.length > 0 || this.#inFlight.countsFailures)
      return super.pick(context);
    const { isTied } = this.#tournament;
    const index = this.#tournament.least(isTied ? this.dice.share() : 0);
    this.why = index < 0 ? "none" : isTied ? "tie" : "first-choice";
    return this.index.servers[index];
  }

  override started(server: S): void {
    if (this.#follows) this.#note(server);
  }

  override ended(server: S, outcome: Outcome, ms: number): void {
    if (this.#follows) this.#note(server);
    super.ended(server, outcome, ms);
  }

  #note(server: S): void {
    const index = this.index.of(server);
    if (index >= 0) this.#tournament.set(index, loadOf(server));
  }
}

function loadOf<S extends PickServer>(server: S): number {
  return server.usable ? server.inFlight : Number.POSITIVE_INFINITY;
}
