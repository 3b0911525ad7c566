// A step of an application's start in which the host waits for code of the application. This code may never finish, or
// may end the process. The host then reports the setting and the file, because no other message would name them.
import { type Clock, describeThrown, holdOpen } from "@tandem/transport";

/**
 * How many milliseconds a step may take; it is Fastify's default limit for a plugin. `tandem up` and `tandem check`
 * kill a tier that is not ready after 15 s, so this limit has to end before that.
 */
const LIMIT_MS = 10_000;

export interface StartStep {
  /** The path of the application's module, for the error messages. */
  readonly file: string;
  readonly clock: Clock;
  /** The end of the message "ended the process with exit code 3 …", such as "while it was loaded". */
  readonly when: string;
  /** Returns the name of the step that has not finished yet, for the error message, such as "a top-level await". */
  pending(): string;
  /** Whether the host itself is ending the process. If so, the application is not blamed for the exit. */
  ending?(): boolean;
}

/**
 * Runs `run` and keeps the process alive meanwhile. When `run` does not settle within LIMIT_MS,
 * throws an error that names `appserver.app`. When the application ends the process instead, writes
 * a message that names `appserver.app` to stderr, and turns an exit code of 0 into 1.
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
  const advice = "; when a start cannot continue, throw an Error instead: its message is shown";
  const [, ...place] = callerOfExit();
  process.stderr.write(`${[place.length === 0 ? words : words + advice, ...place].join("\n")}\n`);
  if (code === 0) process.exitCode = 1;
}

/**
 * Returns the stack of the code that called process.exit. Call this function in an exit listener. Empty when the
 * process ends in another way, for example by an uncaught error.
 */
function callerOfExit(): readonly string[] {
  const trace = new Error();
  const frames = (trace.stack ?? "").split("\n");
  const exit = frames.findIndex((frame) => frame.includes(" process.exit "));
  if (exit < 0) return [];
  trace.stack = frames.slice(exit + 1).join("\n");
  return describeThrown(trace).split("\n");
}
