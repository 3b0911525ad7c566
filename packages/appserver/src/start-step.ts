// A step of an application's start, in which the host waits for code that it does not know. That code may never
// settle, or end the process; either is told with the setting and the file, because nothing else names them.
import { type Clock, holdOpen, thrown } from "@tandem/transport";

/**
 * What Fastify gives a plugin by default. `tandem up` and `tandem check` kill a tier that is not ready after 15 s,
 * and then it has said nothing.
 */
const LIMIT_MS = 10_000;

export interface StartStep {
  /** The application's module. */
  readonly file: string;
  readonly clock: Clock;
  /** Reads after "ended the process with exit code 3 ". */
  readonly when: string;
  /** What has not settled by now. */
  pending(): string;
  /** Whether the host itself is about to end the process. */
  ending?(): boolean;
}

/**
 * Runs `run` and keeps the process alive meanwhile. Throws naming `appserver.app` when it has not settled in time; when
 * the process is ended instead, says so on stderr, and with an exit code that is no success.
 */
export async function startStep<T>(step: StartStep, run: () => Promise<T>): Promise<T> {
  const release = holdOpen();
  const onExit = (code: number): void => {
    if (step.ending?.() !== true) tellExit(step, code);
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const limit = step.clock.after(LIMIT_MS, () => reject(neverSettled(step)));
  process.on("exit", onExit);
  try {
    return await Promise.race([run(), late]);
  } finally {
    process.off("exit", onExit);
    limit.cancel();
    release();
  }
}

function neverSettled({ file, pending }: StartStep): Error {
  return new Error(
    `appserver.app: ${file} did not start within ${LIMIT_MS / 1000} s: ${pending()} has not settled; ` +
      "what it awaits never answers, or is never resolved: give that a time limit, or do not await it in the start",
  );
}

function tellExit({ file, when }: StartStep, code: number): void {
  const words = `appserver.app: ${file} ended the process with exit code ${code} ${when}`;
  const advice = "; where a start cannot go on, throw an Error: its words are shown then";
  const [, ...place] = callerOfExit();
  process.stderr.write(`${[place.length === 0 ? words : words + advice, ...place].join("\n")}\n`);
  if (code === 0) process.exitCode = 1;
}

/** Asked by an exit listener, which process.exit calls; what else ends a process, such as an uncaught error, has no caller. */
function callerOfExit(): readonly string[] {
  const trace = new Error();
  const frames = (trace.stack ?? "").split("\n");
  const exit = frames.findIndex((frame) => frame.includes(" process.exit "));
  if (exit < 0) return [];
  trace.stack = frames.slice(exit + 1).join("\n");
  return thrown(trace).split("\n");
}
