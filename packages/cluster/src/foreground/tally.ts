// Counts the requests of a `tandem proxy` or `tandem serve` for the summary at its end. Durations go into a histogram of a fixed size
// (HdrHistogram, in Node), so the memory does not grow with the number of requests.
import { createHistogram } from "node:perf_hooks";
import type { RequestRecord } from "./records.ts";
import { durationText } from "./request-line.ts";

const UPGRADED = 101;

export class Tally {
  readonly #durations = createHistogram();
  readonly #classes = new Map<string, number>();
  readonly #servers: Map<string, number>;
  readonly #addresses: ReadonlyMap<string, string>;
  #requests = 0;
  #failed = 0;

  /** `addresses` has the address of each server by its name; it is empty for a webserver. */
  constructor(addresses: ReadonlyMap<string, string>) {
    this.#addresses = addresses;
    this.#servers = new Map([...addresses.keys()].map((name) => [name, 0]));
  }

  add({ status, ms, server, cause }: RequestRecord): void {
    this.#requests += 1;
    if (this.#isFailure(status, cause)) this.#failed += 1;
    const kind = status < 0 ? "no answer" : `${Math.floor(status / 100)}xx`;
    this.#classes.set(kind, (this.#classes.get(kind) ?? 0) + 1);
    const count = this.#servers.get(server);
    if (count !== undefined) this.#servers.set(server, count + 1);
    // An upgraded connection lasts as long as its client likes, so its duration says nothing about the server. The
    // histogram takes no zero, so every duration is one longer in it.
    if (status !== UPGRADED) this.#durations.record(Math.max(0, ms) + 1);
  }

  /** Returns the rows of the summary: a name and what there is to say. */
  rows(): readonly (readonly [name: string, words: string])[] {
    const classes = [...this.#classes].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const servers = [...this.#servers].map(
      ([name, count]) => `${this.#addresses.get(name)} ${count}`,
    );
    if (this.#requests === 0) return [["requests", "0"]];
    return [
      ["requests", String(this.#requests)],
      ["status", classes.map(([kind, count]) => `${kind} ${count}`).join("   ")],
      ["failed", String(this.#failed)],
      ...(this.#durations.count === 0 ? [] : [["time", this.#times()] as const]),
      ...(servers.length === 0 ? [] : [["servers", servers.join("   ")] as const]),
    ];
  }

  /** A webserver gives a cause for each file that it does not have. A 404 for such a file is no failure. */
  #isFailure(status: number, cause: string): boolean {
    const refused = this.#servers.size === 0 && status >= 400 && status < 500;
    return status < 0 || (cause !== "" && !refused);
  }

  #times(): string {
    const at = (percent: number): string => durationText(this.#durations.percentile(percent) - 1);
    return `p50 ${at(50)}   p95 ${at(95)}   max ${durationText(this.#durations.max - 1)}`;
  }
}
