// Checks a tier instead of starting it: opens everything that a start of the tier would open, but does not listen.

/** The message that a checked tier sends over the IPC channel to the command that started it. */
export interface CheckedMessage {
  readonly type: "checked";
  /** Lines for the operator. Each begins with the setting at fault, if there is one: `appserver.app: …`. */
  readonly complaints: readonly string[];
}

/**
 * Runs `check`, writes the complaints to stderr and sends them to the parent process. Exits with 0 if there are no
 * complaints, otherwise with 1.
 */
export async function runCheck(check: () => Promise<readonly string[]>): Promise<never> {
  process.once("disconnect", () => process.exit(1));
  const complaints = await Promise.resolve()
    .then(check)
    .catch((error: unknown) => [wordsOf(error)]);
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  const checked: CheckedMessage = { type: "checked", complaints };
  await new Promise<void>((sent) => {
    if (process.send === undefined) sent();
    else process.send(checked, () => sent());
  });
  process.exit(complaints.length === 0 ? 0 : 1);
}

/**
 * Runs a function that may throw or reject. Returns the message of the error in a list. The list is empty when the
 * function succeeds.
 */
export async function complaintOf(attempt: () => unknown): Promise<readonly string[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    return [wordsOf(error)];
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
