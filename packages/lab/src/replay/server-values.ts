// What is known of the servers beside the log: a speed and a weight for each, given as a list or by the names in the log.
import { InvalidArgumentError } from "commander";
import { UsageError } from "../cli/terminal.ts";
import { didYouMean } from "../schema/did-you-mean.ts";

/** A value of an option, for the server of this name, or for the next server in order. */
export interface ServerValue {
  readonly name: string | undefined;
  readonly value: number;
}

/** A server of the replay. */
export interface ReplayServer {
  readonly name: string;
  readonly speed: number;
  readonly weight: number;
}

/** Parses one value of an option: a number above 0, or NAME=NUMBER. Returns all values parsed so far. */
export function serverValues(
  text: string,
  former: readonly ServerValue[] | undefined,
): readonly ServerValue[] {
  const split = text.lastIndexOf("=");
  const number = text.slice(split + 1);
  const value = Number(number);
  if (number.trim() === "" || !(value > 0 && Number.isFinite(value)) || split === 0)
    throw new InvalidArgumentError("Expected a number above 0, or NAME=NUMBER.");
  return [...(former ?? []), { name: split < 0 ? undefined : text.slice(0, split), value }];
}

/**
 * Returns the servers of the replay: those that the log names, in the order of their names, and more up to `count`.
 * Throws a UsageError for a name that the log does not have, and for a list of another length.
 */
export function replayServers(
  named: readonly string[],
  count: number,
  options: {
    readonly speeds: readonly ServerValue[] | undefined;
    readonly weights: readonly ServerValue[] | undefined;
  },
): readonly ReplayServer[] {
  const names = Array.from({ length: count }, (_, i) => named[i] ?? `s${i}`);
  const speeds = valuesByServer("--server-speeds", options.speeds, names);
  const weights = valuesByServer("--weights", options.weights, names);
  return names.map((name, i) => ({ name, speed: speeds[i] ?? 1, weight: weights[i] ?? 1 }));
}

/** So many servers are named in a message. */
const SHOWN = 10;

/** Suggests the server that was meant, or else names those that there are. */
const expected = (typed: string, names: readonly string[]) =>
  didYouMean(typed, names) ||
  `; there are: ${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ", …" : ""}`;

/**
 * Returns the values of an option in the order of the servers' names, 1 where `NAME=VALUE` leaves one out; none when the
 * option was not given. Throws a UsageError for a name that no server has, and for a list of another length; `whence` begins
 * the message about such a name.
 */
export function valuesByServer(
  option: string,
  given: readonly ServerValue[] | undefined,
  names: readonly string[],
  whence = "the log names",
): readonly number[] {
  if (given === undefined) return [];
  const pairs = new Map<string, number>();
  for (const { name, value } of given) {
    if (name === undefined) continue;
    if (!names.includes(name))
      throw new UsageError(`${whence} no server '${name}'${expected(name, names)}`);
    if (pairs.has(name)) throw new UsageError(`${option} names '${name}' twice`);
    pairs.set(name, value);
  }
  if (pairs.size > 0 && pairs.size < given.length)
    throw new UsageError(`${option} mixes values and NAME=VALUE; give one kind`);
  if (pairs.size > 0) return names.map((name) => pairs.get(name) ?? 1);
  if (given.length !== names.length)
    throw new UsageError(
      `${option} has ${given.length} value${given.length === 1 ? "" : "s"}, but there are ` +
        `${names.length} servers: ${names.slice(0, SHOWN).join(", ")}; one for each, or NAME=VALUE`,
    );
  return given.map(({ value }) => value);
}
