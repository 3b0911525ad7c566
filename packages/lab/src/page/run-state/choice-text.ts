// An algorithm with its parameters in a link: `peak-ewma,decay:5s`, `uri,hash.method:ring`.
import { tuningsIn } from "@tandem/balancer/pickers";
import { writtenDuration } from "@tandem/config/findings";
import { isFile } from "../../own/file-text.ts";
import { type Marks, readCandidate } from "../../schema/candidate-text.ts";
import { inOneLine } from "../../schema/in-one-line.ts";
import { subjectOf } from "../../sim/algorithms.ts";
import { ownFile } from "./own.ts";
import { flat } from "./parameters.ts";
import type { Choice } from "./run-state.ts";

const IN_LINKS: Marks = { begins: ",", is: ":" };

export function encodeChoice({ algorithm, parameters }: Choice): string {
  return [algorithm, ...flat(parameters).map(([path, value]) => `${path}:${value}`)].join(",");
}

/**
 * Reads an algorithm with its parameters, or the name of a file that the page was started with. A parameter that is not right is complained about and left out. Returns
 * undefined when there is no such algorithm.
 */
export function decodeChoice(text: string, complain: (what: string) => void): Choice | undefined {
  if (ownFile(text) !== undefined) return { algorithm: text, parameters: {} };
  if (isFile(text)) {
    complain(
      `this link needs the file '${text}': 'tandem lab serve --algorithms ${text}' shows it.`,
    );
    return undefined;
  }
  const now = withoutOldNames(text);
  const { algorithm, parameters, faults } = readCandidate(now, IN_LINKS);
  for (const fault of faults) complain(`${inOneLine(fault)}.`);
  if (subjectOf(algorithm) === undefined) return undefined;
  if (faults.length === 0) return { algorithm, parameters };
  const sound = parts(now).filter(({ at, part }) =>
    faults.every((fault) => fault.at + fault.width <= at || fault.at >= at + part.length),
  );
  const rest = readCandidate([algorithm, ...sound.map(({ part }) => part)].join(","), IN_LINKS);
  return { algorithm, parameters: rest.faults.length === 0 ? rest.parameters : {} };
}

/** Returns the parameters of the text, each with the position of its first character. */
function parts(text: string): { readonly part: string; readonly at: number }[] {
  const [algorithm = "", ...list] = text.split(",");
  let at = algorithm.length + 1;
  return list.map((part) => {
    const placed = { part, at };
    at += part.length + 1;
    return placed;
  });
}

/**
 * Older links have the pickers' own names and plain milliseconds: `decayMs:5000`, `method:ring`. They mean what they
 * meant.
 */
function withoutOldNames(text: string): string {
  const [algorithm = "", ...list] = text.split(",");
  const tunings = tuningsIn(subjectOf(algorithm)?.options ?? {});
  const renamed = list.map((part) => {
    const [name = "", value = ""] = part.split(":");
    const [path, tuning] = tunings.find(([, { tunes }]) => tunes === name) ?? [];
    const ms = Number(value);
    if (path === undefined || value === "") return part;
    if (tuning?.values.kind !== "duration") return `${path.join(".")}:${value}`;
    return Number.isFinite(ms) ? `${path.join(".")}:${writtenDuration(ms)}` : part;
  });
  return [algorithm, ...renamed].join(",");
}
