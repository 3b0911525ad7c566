// The parameters of an algorithm: the keys that it has below `balance` in tandem.yaml, with the same names, spellings and
// ranges, because the schema is made from the same rows. Only those keys are accepted that the picker reads: the others
// say which part of a request is its key or how a probe is sent, and the laboratory's requests and probes are its own.
import {
  isPart,
  isPrime,
  isTuning,
  keysIn,
  type Options,
  tuningsIn,
  type Values,
} from "@tandem/balancer/pickers";
import {
  DURATION,
  DURATION_WORDS,
  type Finding,
  formatPath,
  valueAt,
  writtenDuration,
} from "@tandem/config/findings";
import * as z from "zod/mini";
import { ALGORITHMS, subjectOf } from "../sim/algorithms.ts";
import { check } from "./findings.ts";
import { count, flag } from "./values.ts";

const schemas = new Map<string, z.ZodMiniType>();

/** Returns the schema of an algorithm's parameters. The algorithm must exist. */
function schemaOf(algorithm: string): z.ZodMiniType {
  const made = schemas.get(algorithm) ?? mappingOf(subjectOf(algorithm)?.options ?? {});
  schemas.set(algorithm, made);
  return made;
}

function mappingOf(options: Options): z.ZodMiniType {
  const keys = Object.entries(options).flatMap(([key, option]) => {
    if (isPart(option)) return [[key, z.exactOptional(mappingOf(option.keys))] as const];
    return isTuning(option) ? [[key, z.exactOptional(schemaOfValues(option.values))] as const] : [];
  });
  return z.strictObject(Object.fromEntries(keys));
}

function schemaOfValues(values: Values): z.ZodMiniType {
  switch (values.kind) {
    case "duration":
      return z.string(DURATION_WORDS).check(z.regex(DURATION, DURATION_WORDS));
    case "number": {
      const words = `expected a number from ${values.least} to ${values.most}`;
      return z.number(words).check(z.minimum(values.least, words), z.maximum(values.most, words));
    }
    case "count":
      return count(values.least, values.most);
    case "choice":
      return z.enum(values.among);
    case "flag":
      return flag();
    case "text":
      return z.string();
  }
}

/** Returns what is wrong with the parameters of an algorithm that exists. */
export function parameterFindings(algorithm: string, parameters: unknown): readonly Finding[] {
  const options = subjectOf(algorithm)?.options ?? {};
  const { findings } = check(schemaOf(algorithm), parameters);
  return [
    ...findings.map((finding) => known(finding, algorithm, options, parameters)),
    ...(findings.length === 0 ? pickerFindings(options, parameters) : []),
  ];
}

/** Says more about a key that is unknown here and known elsewhere. */
function known(finding: Finding, algorithm: string, options: Options, written: unknown): Finding {
  if (finding.side !== "key" || !finding.message.startsWith("unknown key")) return finding;
  const { path, allowed = [] } = finding;
  const name = String(path.at(-1));
  const tuned = tuningsIn(options).find(([, { tunes }]) => tunes === name);
  if (tuned !== undefined) {
    const [keys, { values }] = tuned;
    const value = valueAt(written, path);
    const text = values.kind === "duration" ? writtenDuration(Number(value)) : String(value);
    const message = `unknown key '${name}'; it is '${keys.join(".")}', as in tandem.yaml`;
    return { ...finding, message, suggestion: `${keys.join(".")}: ${text}` };
  }
  if (keysIn(options).some(([keys]) => keys.join(".") === formatPath(path)))
    return {
      ...finding,
      message: `'${formatPath(path)}' has no effect here: the laboratory's requests have the keys, and its probes the delays, that the scenario says`,
      suggestion: undefined,
    };
  if (finding.suggestion !== undefined || path.length > 1) return finding;
  const owners = ALGORITHMS.filter((other) =>
    keysIn(subjectOf(other)?.options ?? {}).some(([keys]) => keys.at(-1) === name),
  );
  if (owners.length === 0 && allowed.length > 0) return finding;
  const message =
    owners.length === 0
      ? `unknown key '${name}'; '${algorithm}' has no parameters`
      : `unknown key '${name}'; it is for ${owners.map((one) => `'${one}'`).join(", ")}, but the algorithm is '${algorithm}'`;
  return { ...finding, message };
}

/** Rules that a range cannot say. The pickers throw on the same values. */
function pickerFindings(options: Options, parameters: unknown): readonly Finding[] {
  return tuningsIn(options).flatMap(([path, { tunes }]): readonly Finding[] => {
    const value = valueAt(parameters, path);
    if (typeof value !== "number") return [];
    if (tunes === "balanceFactor" && value > 0 && value < 1)
      return [
        { path, side: "value", message: `found '${value}', expected 0 (unbounded) or at least 1` },
      ];
    if (tunes === "tableSize" && !isPrime(value))
      return [
        {
          path,
          side: "value",
          message: `found '${value}', expected a prime number, such as 65537`,
        },
      ];
    return [];
  });
}
