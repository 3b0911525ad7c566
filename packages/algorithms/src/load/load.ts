// What load means, apart from how to choose by it (choose/). A load is a number per server, to be divided
// by its weight; the lower, the better. Servers are named by their place in the picker's list.
import type { LoadReport, Outcome, PickServer } from "../picker.ts";

export interface Load<S extends PickServer> {
  /** The list changed; `from` tells each server's former place, -1 for a new one. */
  update(from: Int32Array): void;
  /** A pick begins: whatever is the same for all servers, the time say, is read once. */
  begin(): void;
  /** The load a request would find, finite and not below 0. Only between `begin` and the end of a pick. */
  of(index: number, server: S): number;
  started?(index: number): void;
  firstByte?(index: number, ms: number): void;
  ended?(index: number, outcome: Outcome, ms: number): void;
  report?(index: number, load: LoadReport): void;
}
