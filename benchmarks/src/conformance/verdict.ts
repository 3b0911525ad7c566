// What is said of an outcome: whether our rule held, and in a short word what happened.
import type { Case, Observed } from "./case.ts";
import { finals, interims, neverTwice, wellFormed } from "./checks.ts";
import { statusOf } from "./wire/message.ts";

/**
 * `same`: as our rule says. `as-safe`: a request that our rule refuses was refused in another way.
 * `other`: something else. `not-run`: the proxy is not set up for it.
 */
export type Mark = "same" | "as-safe" | "other" | "not-run";

export interface Verdict {
  readonly mark: Mark;
  readonly word: string;
  /** What was different, for the terminal. */
  readonly problem: string | undefined;
}

export const NOT_RUN: Verdict = { mark: "not-run", word: "", problem: undefined };

/** Judges an outcome by the case's checks, and by what holds for every case. */
export function judge(which: Case, observed: Observed): Verdict {
  const problem = firstProblem(which, observed);
  const happened = outcome(which, observed);
  if (problem === undefined) return { mark: "same", word: happened, problem };
  if (which.refusal !== undefined && safelyRefused(which, observed))
    return { mark: "as-safe", word: withEnding(happened, observed), problem };
  // An answer count or status that differs is in the word already.
  const said = /^(answers|interim): |^forwarded|^hang$/.test(problem) || problem === happened;
  return { mark: "other", word: said ? happened : `${happened} (${problem})`, problem };
}

function firstProblem(which: Case, observed: Observed): string | undefined {
  for (const check of [...which.checks, wellFormed, neverTwice(which)]) {
    const problem = check(observed);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether the server got of the request what it must not get: anything, or all of it. */
function cameThrough({ refusal }: Case, { connections, requests }: Observed): boolean {
  return refusal === "head" ? connections.length > 0 : requests.some(({ complete }) => complete);
}

/** It did not come through, and the client heard an error or was cut off. */
function safelyRefused(which: Case, observed: Observed): boolean {
  const statuses = finals(observed).map(statusOf);
  const error = statuses.length === 1 && (statuses[0] ?? 0) >= 400;
  const cutOff = statuses.length === 0 && observed.ending !== "open";
  return !cameThrough(which, observed) && (error || cutOff);
}

function withEnding(word: string, { ending }: Observed): string {
  return /^\d/.test(word) && ending === "open" ? `${word}, left open` : word;
}

function outcome(which: Case, observed: Observed): string {
  if (which.refusal !== undefined && cameThrough(which, observed)) return "forwarded";
  const statuses = finals(observed).map((message) => statusOf(message) || "not HTTP");
  const ending = observed.ending === "open" ? "hang" : observed.ending;
  return [...interims(observed), ...(statuses.length > 0 ? statuses : [ending])].join(", ");
}
