// The interface of a load. How a server is chosen by load is separate (choose/). A load is a number per server, which
// is then divided by the server's weight; lower is better. Servers are given by their index in the picker's list.
import type { LoadReport, Outcome, PickServer } from "../picker.ts";

export interface Load<S extends PickServer> {
  /** Takes a new list of servers. `from` holds each server's former index, -1 for a new server. */
  update(from: Int32Array): void;
  /** Called when a pick begins. A value that is the same for all servers, such as the time, is read here once. */
  begin(): void;
  /**
   * Returns the load that a new request would meet on the server, finite and not below 0. Called only between `begin`
   * and the end of a pick.
   */
  of(index: number, server: S): number;
  started?(index: number): void;
  firstByte?(index: number, ms: number): void;
  ended?(index: number, outcome: Outcome, ms: number): void;
  report?(index: number, load: LoadReport): void;
}
