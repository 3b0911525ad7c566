// Lists the cases of `tandem lab coverage`. A new case needs a row here.
import type { CoverageCase } from "./coverage-case.ts";
import { longRuns } from "./long-runs.ts";
import { equalAlgorithms, twoQueues } from "./two-queues.ts";

export const COVERAGE_CASES: readonly CoverageCase[] = [twoQueues, equalAlgorithms, ...longRuns];
