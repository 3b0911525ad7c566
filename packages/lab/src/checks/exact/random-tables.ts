// What Maglev's table would do with perfectly random permutations: the paper's turns (NSDI'16, §3.4), with each server's
// order of slots shuffled by Fisher and Yates. It says how many keys move without need, independently of any hash.
import { Stream } from "../../sim/stream.ts";

function shuffledSlots(size: number, stream: Stream): Int32Array {
  const slots = Int32Array.from({ length: size }, (_, slot) => slot);
  for (let last = size - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    const kept = slots[last] as number;
    slots[last] = slots[other] as number;
    slots[other] = kept;
  }
  return slots;
}

/** Lets the servers that take part (by number) fill a table in turns. */
function filled(
  orders: readonly Int32Array[],
  taking: readonly number[],
  size: number,
): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const next = new Int32Array(orders.length);
  for (let slots = 0; ; )
    for (const server of taking) {
      const order = orders[server] as Int32Array;
      let slot = order[next[server] as number] as number;
      while (table[slot] !== -1) slot = order[++(next[server] as number)] as number;
      table[slot] = server;
      if (++slots === size) return table;
    }
}

/** Returns the share of all slots that change their owner without need when one of the servers leaves. */
export function extraMoves(servers: number, size: number, seed: number): number {
  const stream = new Stream(seed, "permutations");
  const orders = Array.from({ length: servers }, () => shuffledSlots(size, stream));
  const all = orders.map((_, server) => server);
  const before = filled(orders, all, size);
  const after = filled(orders, all.slice(0, -1), size);
  return movedWithoutNeed(before, after, servers - 1) / size;
}

/** Counts the slots whose owner changed although it was not `gone`. */
export function movedWithoutNeed(before: Int32Array, after: Int32Array, gone: number): number {
  let moved = 0;
  for (const [slot, owner] of before.entries())
    if (owner !== gone && after[slot] !== owner) moved++;
  return moved;
}
