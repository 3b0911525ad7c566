// What is told to the person at the terminal instead of a stack trace.

/** Exit codes of every command: done, failed, the configuration is at fault. */
export const EXIT = { ok: 0, failure: 1, config: 2, interrupted: 130 } as const;

/** A failure with a message an operator can act on; the command prints it and exits with `exitCode`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}
