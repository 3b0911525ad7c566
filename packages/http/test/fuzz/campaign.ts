// Runs the checks on mutated vectors (the example messages of test/vectors), one batch after the other. The seed of
// each batch follows from the first seed. An input that fails is made as small as possible.
import fc from "fast-check";
import { loadH2Vectors } from "../h2/vectors.ts";
import { loadVectors, type Vector } from "../vectors.ts";
import { LIMITS as ANSWER_LIMITS, answerFault, METHODS } from "./answers.ts";
import { asVector, h2Fault } from "./h2.ts";
import { mutatedFrames } from "./h2-mutations.ts";
import { mutated } from "./mutations.ts";
import { LIMITS as REQUEST_LIMITS, requestFault } from "./requests.ts";

/** An input that failed, written as a vector (see test/vectors/README.md). */
export interface Finding {
  readonly kind: "request" | "response" | "h2";
  /** The bytes of the input, escaped as in test/vectors. */
  readonly bytes: string;
  /** The words after `http` on the opening fence of a vector: method and limits. */
  readonly options: string;
  readonly fault: string;
  readonly seed: number;
}

export interface Campaign {
  readonly seed: number;
  /** Called before each batch with the number of inputs checked so far. Returning false ends the campaign. */
  readonly goOn: (runs: number) => boolean;
}

const BATCH = 250;

/** Returns the first finding, or undefined when all inputs passed. */
export async function campaign({ seed, goOn }: Campaign): Promise<Finding | undefined> {
  const targets = [
    requestTarget(loadVectors("request")),
    answerTarget(loadVectors("response")),
    h2Target(),
  ];
  for (let batch = 0; goOn(batch * targets.length * BATCH); batch++) {
    for (const target of targets) {
      const finding = await target(seed + batch);
      if (finding !== undefined) return finding;
    }
  }
  return undefined;
}

type Target = (seed: number) => Promise<Finding | undefined>;

/**
 * Returns `limits[index]`, or the limits of the vector when there is no such index. The index is random, so that half
 * of the inputs get the limits of their vector.
 */
function limitsOf<T>(vector: Vector, index: number, limits: readonly T[]): T | Vector["limits"] {
  return limits[index] ?? vector.limits;
}

const how = {
  limit: fc.nat(2 * REQUEST_LIMITS.length - 1),
  cut: fc.nat(120),
  times: fc.integer({ min: 1, max: 3 }),
};

function requestTarget(vectors: readonly Vector[]): Target {
  const inputs = fc
    .tuple(mutated(vectors), fc.record(how))
    .map(([{ vector, bytes }, { limit, cut, times }]) => ({
      ...{ bytes, cut, times, limits: limitsOf(vector, limit, REQUEST_LIMITS) },
    }));
  return (seed) => find("request", seed, inputs, requestFault);
}

function answerTarget(vectors: readonly Vector[]): Target {
  const inputs = fc
    .tuple(mutated(vectors), fc.record({ ...how, method: fc.constantFrom(...METHODS) }))
    .map(([{ vector, bytes }, { limit, cut, times, method }]) => ({
      ...{ bytes, cut, times, method, limits: limitsOf(vector, limit, ANSWER_LIMITS) },
    }));
  return (seed) => find("response", seed, inputs, async (input) => answerFault(input));
}

function h2Target(): Target {
  const inputs = fc
    .tuple(mutatedFrames(loadH2Vectors()), fc.nat(400))
    .map(([input, cut]) => ({ ...input, cut }));
  return async (seed) => {
    const counterexample = await counterexampleOf(seed, inputs, h2Fault);
    if (counterexample === undefined) return undefined;
    const smallest = await shrinkBytes(counterexample, h2Fault);
    const fault = `${await h2Fault(smallest)} (cut at ${smallest.cut}, as in '${smallest.name}')`;
    return {
      kind: "h2",
      seed,
      bytes: asVector(smallest.bytes),
      options: `${smallest.options} bare`.trim(),
      fault,
    };
  };
}

interface Input {
  readonly bytes: Buffer;
  readonly limits: Vector["limits"];
  readonly cut: number;
  readonly times: number;
  readonly method?: string;
}

async function find<T extends Input>(
  kind: Finding["kind"],
  seed: number,
  inputs: fc.Arbitrary<T>,
  faultOf: (input: T) => Promise<string | undefined>,
): Promise<Finding | undefined> {
  const counterexample = await counterexampleOf(seed, inputs, faultOf);
  if (counterexample === undefined) return undefined;
  const smallest = await shrinkBytes(counterexample, faultOf);
  const { bytes, limits, method = "", cut, times } = smallest;
  const { requestLine, head, fields } = limits;
  return {
    kind,
    seed,
    bytes: escapeBytes(bytes),
    options: `${method} line=${requestLine} head=${head} fields=${fields}`.trim(),
    fault: `${await faultOf(smallest)} (cut at ${cut}, ${times} times)`,
  };
}

async function counterexampleOf<T>(
  seed: number,
  inputs: fc.Arbitrary<T>,
  faultOf: (input: T) => Promise<string | undefined>,
): Promise<T | undefined> {
  const property = fc.asyncProperty(inputs, async (input) => (await faultOf(input)) === undefined);
  const { counterexample } = await fc.check(property, { seed, numRuns: BATCH });
  return counterexample?.[0];
}

/**
 * Makes a failing input smaller: removes every run of bytes that the failure does not need. The first runs are half
 * as long as the input, the last runs are single bytes (Zeller's delta debugging, ddmin, without its complements).
 */
async function shrinkBytes<T extends { readonly bytes: Buffer }>(
  input: T,
  faultOf: (input: T) => Promise<string | undefined>,
): Promise<T> {
  let smallest = input;
  for (let size = input.bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < smallest.bytes.length; ) {
      const { bytes } = smallest;
      const rest = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
      const candidate = { ...smallest, bytes: rest };
      if ((await faultOf(candidate)) === undefined) at += size;
      else smallest = candidate;
    }
  }
  return smallest;
}

function escapeBytes(bytes: Buffer): string {
  const named: Readonly<Record<string, string>> = {
    "\r": "\\r",
    "\n": "\\n",
    "\t": "\\t",
    "\\": "\\\\",
  };
  return bytes
    .toString("latin1")
    .replaceAll(
      /[^\x20-\x5b\x5d-\x7e]/g,
      (byte) => named[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
}
