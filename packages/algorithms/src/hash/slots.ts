// Servers as equal slots, one per smallest unit of weight. With them a method that has no notion of weight respects
// weights.
import { integerWeights } from "../rotation/integer-weights.ts";
import type { PlacedServer } from "./placement.ts";

const MOST_SLOTS = 65_536;

/**
 * The server of each slot, all slots of a server in a row. Weights are rounded where the exact slots would be too
 * many.
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
