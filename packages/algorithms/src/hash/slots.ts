// Represents servers as equal slots, one per smallest unit of weight. So a hashing method that knows no weights can
// respect them.
import { integerWeights } from "../rotation/integer-weights.ts";
import type { PlacedServer } from "./placement.ts";

const MOST_SLOTS = 65_536;

/**
 * Returns the server of each slot. All slots of a server are next to each other. Weights are rounded when the exact
 * weights would need too many slots.
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
