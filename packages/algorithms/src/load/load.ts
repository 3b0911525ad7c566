// The interface of a load, apart from the ways of choosing by it (choose/). A load is a number per server, which is
// then divided by the server's weight; lower is better. Servers are named by their index in the picker's list.
import type { LoadReport, Outcome, PickServer } from "../picker.ts";

export interface Load<S extends PickServer> {
  /** The list changed; `from` holds each server's former index, -1 for a new server. */
  update(from: Int32Array): void;
  /** A pick begins: a value that is the same for all servers, such as the time, is read once here. */
  begin(): void;
  /**
   * The load that a new request would find, finite and not below 0. Called only between `begin` and the end of a
   * pick.
   */
  of(index: number, server: S): number;
  started?(index: number): void;
  firstByte?(index: number, ms: number): void;
  ended?(index: number, outcome: Outcome, ms: number): void;
  report?(index: number, load: LoadReport): void;
}
