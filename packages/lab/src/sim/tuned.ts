// Turns the parameters of an algorithm, as they are written below `balance` in tandem.yaml, into those of its picker.
import { type Options, tuningsIn } from "@tandem/balancer/pickers";
import { durationMs, valueAt } from "@tandem/config/findings";

/**
 * Returns the parameters by the picker's own names, with times in milliseconds: `{ decayMs: 5000 }` for
 * `{ decay: "5s" }`. The parameters must be right (schema/parameters.ts checks them).
 */
export function tuned(options: Options, parameters: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    tuningsIn(options).flatMap(([path, { tunes, values }]) => {
      const value = valueAt(parameters, path);
      if (value === undefined) return [];
      return [[tunes, values.kind === "duration" ? durationMs(String(value)) : value]];
    }),
  );
}
