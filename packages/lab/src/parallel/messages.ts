// What the asking thread and a thread of the pool send each other.
import type { Scenario } from "../sim/scenario.ts";
import type { TaskName } from "./tasks.ts";

/** What a thread is started with. */
export interface ThreadStart {
  /** The files of the user's own, as they were typed. */
  readonly owns: readonly string[];
  /** Where the thread tells which call of such a file it is in. */
  readonly watch: SharedArrayBuffer;
}

export interface Request {
  readonly task: TaskName;
  /** What the task is given, without the scenario. */
  readonly given: object;
  /** The scenario of this task and of those after it. Absent when it is still the former one, which may be very large. */
  readonly scenario?: Scenario | undefined;
}

/** How often a fault of a user's own file came up, by the fault's words. */
export type OwnFaults = readonly (readonly [fault: string, count: number])[];

export interface Failure {
  readonly message: string;
  /** The stack, for a fault of the laboratory. Absent when the message is for the person. */
  readonly stack?: string | undefined;
  readonly exitCode: number;
}

/** The first message of a thread says that it is ready, the others answer one request each. */
export type Reply =
  | { readonly ready: true }
  | { readonly answer: unknown; readonly faults: OwnFaults }
  | { readonly failure: Failure };
