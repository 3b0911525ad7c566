// Every check by its number. A new one is a file and a row.
import type { Check } from "./check.ts";
import { conservation } from "./e1-conservation.ts";

export const CHECKS: readonly Check[] = [conservation];
