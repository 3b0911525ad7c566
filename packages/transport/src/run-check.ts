// Trying a tier instead of starting it: everything that a start would open is opened, and nothing listens.

/** What a tier that was only tried tells the command that started it, over the IPC channel. */
export interface CheckedMessage {
  readonly type: "checked";
  /** For a person; each begins with the setting at fault where there is one: `appserver.app: …`. */
  readonly complaints: readonly string[];
}

/** Runs `check`, tells its complaints to stderr and to the parent, and exits: 0 without any, else 1. */
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

/** Runs what may throw; what it threw, in words. */
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
