// Writes the simulator's speed as text: a line per run.
import { median } from "../../run/statistics.ts";

export interface Speed {
  readonly name: string;
  /** Requests per second of processor time, one per round. */
  readonly requestsPerSecond: readonly number[];
  /** This revision's speed ÷ the other's; undefined when none is compared. */
  readonly ratio: number | undefined;
}

const WIDTH = 14;

export function speedTable(speeds: readonly Speed[], other?: string): readonly string[] {
  const title = "simulator, million requests per second";
  const first = Math.max(title.length, ...speeds.map(({ name }) => name.length));
  const head = title.padEnd(first) + "this".padStart(WIDTH);
  return [
    other === undefined ? head : `${head}  ÷ ${other}`,
    ...speeds.map(({ name, requestsPerSecond, ratio }) => {
      const speed = (median(requestsPerSecond) / 1e6).toFixed(2).padStart(WIDTH);
      return name.padEnd(first) + speed + (ratio === undefined ? "" : `  × ${ratio.toFixed(2)}`);
    }),
    "",
    "Of one core's processor time: how many requests a run simulates, from arrival to answer.",
  ];
}
