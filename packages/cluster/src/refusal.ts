// Errors that a command prints as a message, without a stack trace.

/** The exit codes of every command: success, failure, faulty configuration, interrupted. */
export const EXIT = { ok: 0, failure: 1, config: 2, interrupted: 130 } as const;

/**
 * What each exit code says, by command. The row `other` holds for the commands without a row. The help of a command with
 * a row ends with that row, and docs/operations/exit-codes.md shows all of them.
 */
export const EXIT_CODES = {
  proxy: {
    0: "ended after Ctrl-C or SIGTERM",
    1: "it could not start or the balancer died",
    2: "the algorithm does not work without a file",
    130: "killed by a second signal",
  },
  serve: {
    0: "ended after Ctrl-C or SIGTERM",
    1: "it could not start or the webserver died",
    130: "killed by a second signal",
  },
  check: { 0: "all valid (there may be warnings)", 2: "not" },
  up: {
    0: "drained and ended after Ctrl-C or SIGTERM",
    1: "a tier did not start",
    2: "the configuration is at fault",
    130: "killed by a second signal",
  },
  reload: { 0: "reloaded", 1: "refused or nothing runs", 2: "the file is not valid" },
  upgrade: {
    0: "upgraded",
    1: "refused or nothing runs, and nothing has changed",
    2: "the file is not valid",
  },
  status: { 0: "healthy", 1: "degraded or unknown", 2: "down (or a faulty file)" },
  logs: {
    0: "shown, or --follow was ended by Ctrl-C",
    1: "there is no log to show, or one that cannot be read",
    2: "the configuration is at fault",
  },
  stop: {
    0: "stopped or nothing ran",
    1: "still running, or what runs there is another site",
    2: "the configuration is at fault",
  },
  init: {
    0: "written",
    1: "the file exists already, or cannot be written",
    2: "an answer is missing or wrong",
    130: "given up at a question",
  },
  other: {
    0: "done",
    1: "not done, or a wrong command line; the message says why",
    2: "the configuration is at fault",
    130: "interrupted",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<number, string>>>>;

/** Returns the last line of a command's help: `Exit code: 0 done, 1 …`. */
export function exitCodeLine(command: keyof typeof EXIT_CODES): string {
  const codes = Object.entries(EXIT_CODES[command]);
  return `\nExit code: ${codes.map(([code, means]) => `${code} ${means}`).join(", ")}.`;
}

/** A failure with a message that tells the operator what to do. The command prints it and exits with `exitCode`. */
export class CommandRefusal extends Error {
  override readonly name = "CommandRefusal";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}
