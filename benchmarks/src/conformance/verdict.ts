// The verdict on a case: whether the proxy followed Tandem's rule, and what happened, in a word
// such as `400` or `forwarded`.
import type { Case, Check, Observed } from "./case.ts";
import { finals, interims, neverTwice, wellFormed } from "./checks.ts";
import { validH2 } from "./checks-h2.ts";
import { outcomeOverH2, refusedOverH2 } from "./verdict-h2.ts";
import { statusOf } from "./wire/message.ts";

/**
 * `same`: the proxy follows Tandem's rule. `as-safe`: Tandem's rule is to refuse, and the proxy
 * refused in another way. `other`: the proxy did something else. `not-run`: the proxy is not set up
 * for the case.
 */
export type Mark = "same" | "as-safe" | "other" | "not-run";

export interface Verdict {
  readonly mark: Mark;
  readonly word: string;
  /** The difference from Tandem's rule, in words; undefined when there is none. */
  readonly problem: string | undefined;
}

export const NOT_RUN: Verdict = { mark: "not-run", word: "", problem: undefined };

/** Problems that the word of the outcome shows already. */
const SAID = /^(answers|interim|ended): |^forwarded|^hang$/;

/** Judges an outcome by the case's own checks and by the checks that hold for every case. */
export function judge(which: Case, observed: Observed): Verdict {
  const always = [wellFormed, neverTwice(which), validH2];
  const problem = firstProblem([...which.checks, ...always], observed);
  const happened = outcome(which, observed);
  if (problem === undefined) return { mark: "same", word: happened, problem };
  if (firstProblem(always, observed) === undefined && safelyRefused(which, observed))
    return { mark: "as-safe", word: withEnding(happened, observed), problem };
  // When `happened` already shows the problem (a status, `forwarded` or `hang`), the problem is not
  // repeated in parentheses.
  const said = SAID.test(problem) || problem === happened;
  return { mark: "other", word: said ? happened : `${happened} (${problem})`, problem };
}

function firstProblem(checks: readonly Check[], observed: Observed): string | undefined {
  for (const check of checks) {
    const problem = check(observed);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Whether the proxy passed on something that Tandem's rule refuses: any part of a request with a
 * bad head, the whole of a request with a bad body, or a bad answer.
 */
function passedOn({ refuses }: Case, observed: Observed): boolean {
  if (refuses === "head") return observed.connections.length > 0;
  if (refuses === "body") return observed.requests.some(({ complete }) => complete);
  return refuses === "answer" && finals(observed).some((message) => statusOf(message) < 500);
}

/**
 * Whether the proxy passed on nothing that Tandem's rule refuses, and the client got an error
 * status or its connection was closed.
 */
function safelyRefused(which: Case, observed: Observed): boolean {
  if (which.refuses === undefined || passedOn(which, observed)) return false;
  if (observed.h2 !== undefined) return refusedOverH2(which, observed, observed.h2);
  const statuses = finals(observed).map(statusOf);
  return statuses.length === 0 ? observed.ending !== "open" : statuses.every((each) => each >= 400);
}

function withEnding(word: string, { ending, h2 }: Observed): string {
  return h2 === undefined && /^\d/.test(word) && ending === "open" ? `${word}, left open` : word;
}

function outcome(which: Case, observed: Observed): string {
  if (which.refuses !== "answer" && passedOn(which, observed)) return "forwarded";
  if (observed.h2 !== undefined) return outcomeOverH2(observed, observed.h2);
  const statuses = finals(observed).map(statusOf);
  const ending = observed.ending === "open" ? "hang" : observed.ending;
  return [...interims(observed), ...(statuses.length > 0 ? statuses : [ending])].join(", ");
}
