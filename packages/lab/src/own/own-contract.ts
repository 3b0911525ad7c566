// Checks the contract of pickers with an algorithm of the user's own: the same rules, on the same random histories, that
// Tandem's own algorithms keep.
import { type Open, RULES } from "@tandem/algorithms/contract";
import { bareOpen, type OwnAlgorithm } from "./own-subject.ts";

export interface KeptRule {
  readonly name: string;
  /** What holds when the rule is kept. */
  readonly says: string;
  readonly holds: boolean;
  /** How the rule was broken, and the shortest history that shows it. Absent when it was kept. */
  readonly fault?: string;
}

export function checkContract(own: OwnAlgorithm): readonly KeptRule[] {
  const open: Open = bareOpen(own);
  return RULES.map(({ name, says, check }) => {
    try {
      check(open);
      return { name, says, holds: true };
    } catch (error) {
      return { name, says, holds: false, fault: faultOf(error, own) };
    }
  });
}

/** What the file itself threw is told with its line. A breach that the rules found has no line in the file. */
function faultOf(error: unknown, { describe, name }: OwnAlgorithm): string {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return message;
  const [first = "", place = ""] = describe(cause).split("\n");
  const file = name.replace(/(\.[cm]?[jt]s):.*$/s, "$1").replace(/^(?:\.\.?\/)+/, "");
  if (!place.includes(file)) return message;
  const [, ...history] = message.split("\n");
  return [`threw ${first}`, place, ...history].join("\n");
}
