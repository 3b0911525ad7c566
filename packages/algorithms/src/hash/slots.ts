// Represents each server by as many equal slots as its weight requires, so that a hashing method
// without weights (jump, modulo) still gives each server its share.
import { integerWeights } from "../rotation/integer-weights.ts";
import type { PlacedServer } from "./placement.ts";

const MOST_SLOTS = 65_536;

/**
 * Returns for each slot the index of its server. All slots of a server are next to each other.
 * Weights are rounded when the exact weights would need more than about 65536 slots.
 */
export function slotsOf(servers: readonly PlacedServer[]): Int32Array<ArrayBuffer> {
  const whole = integerWeights(servers.map(({ weight }) => weight));
  const total = whole.reduce((sum, weight) => sum + weight, 0);
  const shrink = Math.min(1, MOST_SLOTS / total);
  return Int32Array.from(
    whole.flatMap((weight, index) =>
      new Array<number>(Math.max(1, Math.round(weight * shrink))).fill(index),
    ),
  );
}
