// The interface of a load: the number by which a picker compares servers. The picker divides it by
// the server's weight, or by less when the load contains the server's speed (divisor.ts); lower is better. How many servers are compared is decided in the classes of
// the folder choose. Servers are given by their index in the picker's list.
import type { LoadReport, Outcome, PickServer } from "../picker.ts";

export interface Load<S extends PickServer> {
  /** Takes a new list of servers. `from` holds each server's former index, -1 for a new server. */
  update(from: Int32Array): void;
  /**
   * Called when a pick begins. Reads once what is the same for all servers of the pick, such as the
   * time.
   */
  begin(): void;
  /**
   * Returns the load that a new request would meet on the server, finite and not below 0. Called only between `begin`
   * and the end of a pick.
   */
  of(index: number, server: S): number;
  /**
   * Returns the latency in `of`, without the requests, above or equal to 0, in any unit that is the same for all servers.
   * Only loads that are a latency times requests have it; it tells the picker that the load contains the server's speed.
   * Called when `of` may be called.
   */
  latency?(index: number): number;
  /** Whether `ended` does nothing when a request succeeded. The picker then need not look for the server's index. */
  readonly ignoresSuccess?: boolean;
  started?(index: number): void;
  firstByte?(index: number, ms: number): void;
  ended?(index: number, outcome: Outcome, ms: number): void;
  report?(index: number, load: LoadReport): void;
}
