// The algorithms by name.
import { LeastConn } from "./least-conn.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";
import { RoundRobin } from "./round-robin.ts";

/** Every algorithm by its configured name. A new one is one file and one row. */
export const PICKERS = {
  "round-robin": <S extends PickServer>(environment: PickerEnvironment): Picker<S> =>
    new RoundRobin<S>(environment),
  "least-conn": <S extends PickServer>(environment: PickerEnvironment): Picker<S> =>
    new LeastConn<S>(environment),
} as const;

export type Algorithm = keyof typeof PICKERS;
