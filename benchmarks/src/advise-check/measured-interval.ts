// What was measured, with its interval. Neighbouring requests meet the same queue, so blocks of time are drawn with
// replacement instead of requests (the block bootstrap: Künsch 1989).
import { seeded } from "../soak/seeded.ts";
import type { Answer } from "./open-loop.ts";

export interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const BLOCKS = 35;
const DRAWS = 500;

/** Returns the value of `of` over all answers, and where it lies in 95 of 100 draws of blocks. */
export function measuredInterval(
  answers: readonly Answer[],
  of: (answers: readonly Answer[]) => number,
): Measured {
  const size = answers.length / BLOCKS;
  const blocks = Array.from({ length: BLOCKS }, (_, i) =>
    answers.slice(Math.floor(i * size), Math.floor((i + 1) * size)),
  );
  const draw = seeded(1);
  const values = Array.from({ length: DRAWS }, () =>
    of(blocks.flatMap(() => blocks[Math.floor(draw() * BLOCKS)] ?? [])),
  ).sort((a, b) => a - b);
  const at = (share: number) => values[Math.floor(share * DRAWS)] ?? Number.NaN;
  return { value: of(answers), low: at(0.025), high: at(0.975) };
}

/** Returns the latency below which this share of the answers stays. */
export const latencyAt =
  (share: number) =>
  (answers: readonly Answer[]): number =>
    quantile(
      answers.map(({ latencyMs }) => latencyMs),
      share,
    );

export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Returns the per cent of the answers that this server gave. */
export const shareOf =
  (box: number) =>
  (answers: readonly Answer[]): number =>
    (100 * answers.filter((answer) => answer.box === box).length) / answers.length;
