// The options that several commands share. Each value is checked while the command line is parsed.
import { type Command, InvalidArgumentError } from "commander";
import type { WarmUp } from "./warm-up.ts";

export const MOST_SEEDS = 1_000;

/** What the exit codes of a command say that simulates, for the end of its help. */
export const EXIT_CODES =
  "\nExit code: 0 done, 1 it could not be written or a file of your own failed at a pick, 2 the input is at fault.";

/** Makes a parser for a whole number from `lowest` to `highest`. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < lowest || value > highest)
      throw new InvalidArgumentError(
        `Expected a whole number from ${lowest} to ${highest.toLocaleString("en-US")}.`,
      );
    return value;
  };
}

/**
 * Parses one value of an option that takes several values (`--speed 1 2 4`). Returns the list of
 * the values parsed so far with the new value at its end.
 */
export function positiveNumbers(text: string, former: readonly number[] | undefined): number[] {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number above 0.");
  return [...(former ?? []), value];
}

/** Makes a parser for one value of an option that takes several, each from `lowest` to `highest`. */
function numbersFrom(lowest: number, highest: number) {
  return (text: string, former: readonly number[] | undefined): number[] => {
    const value = Number(text);
    if (!(value >= lowest && value <= highest))
      throw new InvalidArgumentError(`Expected a number from ${lowest} to ${highest}.`);
    return [...(former ?? []), value];
  };
}

/** Parses a ratio of two speeds. */
export const ratios = numbersFrom(1, 100);
/** Parses a load below the capacity. */
export const loads = numbersFrom(0.01, 0.99);

export function positiveNumber(text: string): number {
  return positiveNumbers(text, undefined)[0] ?? 0;
}

/** Parses one number of seeds of an option that takes several (`--seeds 5 10 20`), each from 2 to 100. */
export function seedCounts(text: string, former: readonly number[] | undefined): number[] {
  return [...(former ?? []), wholeNumber(2, 100)(text)];
}

/** Parses a percentage such as `2%`, from .01 % to 100 %. Returns the share: .02. */
export function percentage(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?) ?%$/.exec(text) ?? [];
  const value = Number(number);
  if (!(value >= 0.01 && value <= 100))
    throw new InvalidArgumentError("Expected a percentage such as 2%, from 0.01% to 100%.");
  return value / 100;
}

/** Parses `found`, or a time such as `500ms` or `5s`, which is returned in milliseconds. */
export function warmUp(text: string): WarmUp {
  return text === "found" ? text : time(text, "Expected found, or a time such as 500ms or 5s.");
}

/** Parses a time such as `200ms` or `1.5s`, above 0. Returns milliseconds. */
export function milliseconds(text: string): number {
  const message = "Expected a time above 0, such as 200ms or 1.5s.";
  const value = time(text, message);
  if (value > 0) return value;
  throw new InvalidArgumentError(message);
}

function time(text: string, message: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError(message);
  return Number(number) * (unit === "s" ? 1_000 : 1);
}

/** Adds the options `--precision`, `--most-seeds` and `--warm-up` to a command. */
export function withLengthOptions(command: Command): Command {
  return withWarmUpOption(
    command
      .option(
        "--precision <percentage>",
        "more seeds until the first metric is known to within this",
        percentage,
      )
      .option(
        "--most-seeds <n>",
        "with --precision: no more than this many",
        wholeNumber(2, MOST_SEEDS),
        MOST_SEEDS,
      ),
  );
}

/** Adds the option `--warm-up` to a command. */
export function withWarmUpOption(command: Command): Command {
  return command.option(
    "--warm-up <time>",
    "leave out the beginning: 5s, or found (default: as the scenario says, else found)",
    warmUp,
  );
}

/** Adds the options `--variants`, `--full` and `--any-size` to a command. */
export function withStudyOptions(command: Command): Command {
  return command
    .option("--variants <words...>", "only variants whose label contains one of these")
    .option("--full", "longer runs and every variant")
    .option("--any-size", "run also a scenario that takes very long or much memory");
}

/** Returns the seeds 1 to `count`. So any two runs with the same number of seeds have the same seeds. */
export const seedsUpTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i + 1);
