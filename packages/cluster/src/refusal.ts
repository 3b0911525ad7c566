// Errors that a command prints as a message, without a stack trace.

/** The exit codes of every command: success, failure, faulty configuration, interrupted. */
export const EXIT = { ok: 0, failure: 1, config: 2, interrupted: 130 } as const;

/** A failure with a message that tells the operator what to do. The command prints it and exits with `exitCode`. */
export class CommandRefusal extends Error {
  override readonly name = "CommandRefusal";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}
