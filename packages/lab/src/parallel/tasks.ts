// What a thread can be asked to do. A task is named by its row here; what it is given and what it returns is plain data,
// so both can be sent to another thread.
import { systemClock } from "@tandem/transport";
import { runCheck } from "../checks/check.ts";
import { CHECKS } from "../checks/checks.ts";
import { COVERAGE_CASES } from "../coverage/cases.ts";
import { coverageRuns, type SeedRange } from "../coverage/measure.ts";
import { ownChecks } from "../own/own-checks.ts";
import { checkContract } from "../own/own-contract.ts";
import type { OwnAlgorithm } from "../own/own-subject.ts";
import { type Run, searchWarmUp, simulateRun } from "../scenarios/runner.ts";
import { packed } from "./wire.ts";

/** The files of the user's own that a thread has loaded. */
type Owns = readonly OwnAlgorithm[];

interface WhichCheck {
  readonly id: string;
  readonly full: boolean;
}

export const TASKS = {
  simulate: (run: Run) => packed(simulateRun(run)),
  warmUp: searchWarmUp,
  check: ({ id, full }: WhichCheck) => runCheck(named(CHECKS, id), full, systemClock.now),
  coverage: ({ test, ...range }: SeedRange & { readonly test: number }) =>
    coverageRuns(COVERAGE_CASES[test] ?? fail(`coverage case ${test}`), range),
  contract: ({ own }: { readonly own: string }, owns: Owns) =>
    checkContract(owns.find(({ name }) => name === own) ?? fail(own)),
  ownCheck: ({ own, id, full }: WhichCheck & { readonly own: string }) =>
    runCheck(named(ownChecks(own), id), full, systemClock.now),
} as const;

export type Tasks = typeof TASKS;
export type TaskName = keyof Tasks;
export type Given<K extends TaskName> = Parameters<Tasks[K]>[0];
export type Answer<K extends TaskName> = ReturnType<Tasks[K]>;

function named<T extends { readonly id: string }>(rows: readonly T[], id: string): T {
  return rows.find((row) => row.id === id) ?? fail(id);
}

/** The asking thread has the same rows, so this is a fault of the laboratory. */
function fail(what: string): never {
  throw new RangeError(`'${what}' is unknown to the thread that was asked for it`);
}
