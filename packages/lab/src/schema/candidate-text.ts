// An algorithm with its parameters as one text: `peak-ewma:decay=5s`, `uri:hash.method=ring,hash.balanceFactor=1.25`.
import { type Finding, nearest } from "@tandem/config/findings";
import { ALGORITHMS, type Parameters } from "../sim/algorithms.ts";
import { parameterFindings } from "./parameters.ts";

/** Something wrong with such a text, and where: `width` characters from the character `at` on, counted from 0. */
export interface TextFault extends Finding {
  readonly at: number;
  readonly width: number;
}

export interface CandidateText {
  readonly algorithm: string;
  readonly parameters: Parameters;
  /** Everything wrong; the algorithm and the parameters are of use only when this is empty. */
  readonly faults: readonly TextFault[];
}

/** How parts of the text are joined. The command and the page's links write it differently. */
export interface Marks {
  /** Stands after the name of the algorithm. */
  readonly begins: string;
  /** Stands between a key and its value. */
  readonly is: string;
}

/** As the command has it: `random:draws=3,failurePenalty=0s`. */
export const IN_COMMANDS: Marks = { begins: ":", is: "=" };

interface Pair {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly keyAt: number;
  readonly valueAt: number;
  readonly end: number;
}

/** What a key may look like. A name such as `__proto__` would reach into the language. */
const KEY = /^[A-Za-z]\w*(?:\.[A-Za-z]\w*)*$/;

/** Reads the text. `more` are further names that may be suggested for a misspelt one. */
export function readCandidate(
  text: string,
  marks: Marks = IN_COMMANDS,
  more: readonly string[] = [],
): CandidateText {
  const named = text.indexOf(marks.begins);
  const algorithm = named < 0 ? text : text.slice(0, named);
  if (!ALGORITHMS.includes(algorithm))
    return { algorithm, parameters: {}, faults: [noAlgorithm(algorithm, more)] };
  const { pairs, slips } = named < 0 ? { pairs: [], slips: [] } : pairsIn(text, named + 1, marks);
  const parameters = nested(pairs);
  if (slips.length > 0) return { algorithm, parameters, faults: slips };
  const found = parameterFindings(algorithm, parameters);
  const faults = found.map((finding) => placed(spelt(finding, marks), pairs, text));
  return { algorithm, parameters, faults };
}

function noAlgorithm(algorithm: string, more: readonly string[]): TextFault {
  const allowed = [...new Set([...more, ...ALGORITHMS])];
  const suggestion = nearest(algorithm, allowed);
  const message = `found '${algorithm}', expected the name of an algorithm`;
  return {
    path: [],
    side: "value",
    message,
    suggestion,
    allowed,
    at: 0,
    width: algorithm.length || 1,
  };
}

function pairsIn(
  text: string,
  from: number,
  { is }: Marks,
): { readonly pairs: readonly Pair[]; readonly slips: readonly TextFault[] } {
  const pairs: Pair[] = [];
  const slips: TextFault[] = [];
  const fault = (at: number, width: number, message: string) =>
    slips.push({ path: [], side: "key", message, at, width: Math.max(1, width) });
  let at = from;
  for (const part of text.slice(from).split(",")) {
    const split = part.indexOf(is);
    const key = split < 0 ? part : part.slice(0, split);
    if (!KEY.test(key) || split < 0 || split === part.length - 1)
      fault(at, part.length, `found '${part}', expected a parameter with its value: KEY${is}VALUE`);
    else if (pairs.some((other) => other.path.join(".") === key))
      fault(at, key.length, `'${key}' is set twice; keep one of them`);
    else
      pairs.push({
        path: key.split("."),
        value: literal(part.slice(split + 1)),
        keyAt: at,
        valueAt: at + split + 1,
        end: at + part.length,
      });
    at += part.length + 1;
  }
  return { pairs, slips };
}

/** Returns the number or the boolean that the text is; any other text as it is. */
function literal(text: string): unknown {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  return text === "true" ? true : text === "false" ? false : text;
}

function nested(pairs: readonly Pair[]): Parameters {
  const parameters: Record<string, unknown> = {};
  for (const { path, value } of pairs) set(parameters, path, value);
  return parameters;
}

function set(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = into[first];
  const mapping = isRecord(inner) ? inner : {};
  into[first] = mapping;
  set(mapping, rest, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Writes a suggestion as this text has it: `decay=5s` for `decay: 5s`. */
function spelt(finding: Finding, { is }: Marks): Finding {
  const suggestion = finding.suggestion
    ?.replace(/^\{ (\w+): (\S+) \}$/, `${finding.path.join(".")}.$1: $2`)
    .replace(/^([\w.]+): (?=\S)/, `$1${is}`);
  return { ...finding, suggestion };
}

/** Says where in the text a finding is: at the first pair whose path begins like the finding's. */
function placed(finding: Finding, pairs: readonly Pair[], text: string): TextFault {
  const under = (pair: Pair) => finding.path.every((step, index) => pair.path[index] === step);
  const pair = pairs.find(under);
  if (pair === undefined) return { ...finding, at: 0, width: text.length || 1 };
  if (finding.side === "value")
    return { ...finding, at: pair.valueAt, width: pair.end - pair.valueAt };
  return { ...finding, at: pair.keyAt, width: pair.valueAt - 1 - pair.keyAt };
}
