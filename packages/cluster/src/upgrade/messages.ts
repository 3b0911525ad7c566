// The conversation at an upgrade, over the IPC channel between two `tandem up`: the old one starts the new one.
//
//   old ── starts ──▶ new          the new one starts its tiers on the same ports
//   old ◀── ready ─── new          or `failed`, or it ends: then the old one goes on
//   old ─── take ───▶ new          the old one writes its run files no more; the new one takes them over
//   old ◀── taken ─── new          the old one drains

/** Names the process id of the old supervisor in the environment of the new one. */
export const PREDECESSOR = "TANDEM_PREDECESSOR";

export type FromNew =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly words: string }
  | { readonly type: "taken" };

export interface FromOld {
  readonly type: "take";
}

/** Whether `message` has this type. Messages come from another version of the program, so they are checked. */
export function isMessage(message: unknown, type: FromNew["type"] | FromOld["type"]): boolean {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === type
  );
}

/** Returns the words of a `failed` message. */
export function wordsOf(message: unknown): string {
  const { words } = message as { readonly words?: unknown };
  return typeof words === "string" ? words : "it gave no reason";
}
