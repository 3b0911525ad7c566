// The options of `tandem lab advise`. Each value is checked while the command line is parsed.

import { durationMs } from "@tandem/config/findings";
import { type Command, InvalidArgumentError, Option } from "commander";
import { readLimit } from "../../advise/limit-text.ts";
import type { Limit } from "../../advise/runs.ts";
import { preciseMs, readService } from "../../advise/service-text.ts";
import { FORMATS } from "../../replay/formats.ts";
import { type ServerValue, serverValues } from "../../replay/server-values.ts";
import type { Distribution } from "../../sim/distribution.ts";
import { MOST_READ } from "../log-file.ts";
import { MOST_SEEDS, wholeNumber } from "../options.ts";

export interface AdviseOptions {
  readonly servers?: number;
  readonly speeds?: readonly ServerValue[];
  readonly weights?: readonly ServerValue[];
  readonly workers?: number;
  readonly rate?: number;
  readonly service?: Distribution;
  readonly mean?: number;
  readonly p99?: number;
  readonly maxConnections?: number;
  readonly algorithm?: string;
  readonly log?: string;
  readonly format: string;
  readonly from?: string;
  readonly backend?: string;
  readonly watch?: number;
  readonly limit?: Limit;
  readonly growth?: number;
  readonly algorithms?: readonly string[];
  readonly runLength?: number;
  readonly seeds: number;
  readonly threads?: number;
  readonly json?: boolean;
  readonly out?: string;
}

const FEWEST_SEEDS = 5;
const USUAL_SEEDS = 10;
export const USUAL_WATCH_MS = 10_000;
const MOST_SERVERS = 200;

/** Makes a parser of one that throws a RangeError. */
const parsed =
  <T>(read: (text: string) => T) =>
  (text: string): T => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(`${capital(error.message)}.`);
      throw error;
    }
  };

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function rate(text: string): number {
  const value = Number(text.replace(/\/s$/, ""));
  if (!(value > 0 && value <= 1e6))
    throw new InvalidArgumentError("Expected requests per second, such as 200 or 200/s.");
  return value;
}

function time(text: string): number {
  const ms = preciseMs(text);
  if (!(ms > 0 && ms < 1e9))
    throw new InvalidArgumentError("Expected a time such as 12ms or 0.5s.");
  return ms;
}

function span(text: string): number {
  const ms = durationMs(text);
  if (!(ms >= 1000 && ms <= 3_600_000))
    throw new InvalidArgumentError("Expected a time from 1s to 1h.");
  return ms;
}

/** Parses `50%`, `1.5` or `x1.5`: how many times today's rate. */
function growth(text: string): number {
  const [, percent, , times] = /^\+?(\d+(\.\d+)?) ?%$|^[x×]?(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const value = percent === undefined ? Number(times) : 1 + Number(percent) / 100;
  if (!(value > 0 && value <= 1000))
    throw new InvalidArgumentError("Expected how much the rate grows, such as 50% or x1.5.");
  return value;
}

export function withAdviseOptions(command: Command): Command {
  return withSources(withSite(command))
    .option(
      "--limit <text>",
      "what latency must stay below (default: 'p99 < 250ms')",
      parsed(readLimit),
    )
    .option("--growth <how much>", "ask also what happens when the rate grows: 50%, x1.5", growth)
    .option("--algorithms <names...>", "compare these algorithms instead of the usual ones")
    .option(
      "--run-length <time>",
      "how long each simulated run is (default: 20,000 requests)",
      span,
    )
    .option("--seeds <n>", "runs of each", wholeNumber(FEWEST_SEEDS, MOST_SEEDS), USUAL_SEEDS)
    .option("--json", "report as JSON")
    .option("--out <folder>", "write scenario.json there, for 'tandem lab run'");
}

function withSite(command: Command): Command {
  return command
    .option("--servers <n>", "how many servers", wholeNumber(1, MOST_SERVERS))
    .option(
      "--speeds <values...>",
      "how fast each is: 1 2, or NAME=VALUE (default: 1)",
      serverValues,
    )
    .option("--weights <values...>", "their weights today, likewise (default: 1)", serverValues)
    .option("--workers <n>", "requests that a server works on at once", wholeNumber(1, 10_000))
    .option("--rate <n>", "requests per second, of all servers together", rate)
    .option(
      "--service <text>",
      "how long requests take at speed 1: 'lognormal mean 12ms sigma 1'",
      parsed(readService),
    )
    .option("--mean <time>", "or their mean", time)
    .option("--p99 <time>", "and their 99th percentile, on an idle server", time)
    .option("--max-connections <n>", "of each server, as in tandem.yaml", wholeNumber(1, 1_000_000))
    .option("--algorithm <name>", "today's algorithm");
}

function withSources(command: Command): Command {
  const formats = ["auto", ...FORMATS.map(({ name }) => name)];
  return command
    .option("--log <file>", "learn from an access log; - is standard input")
    .addOption(
      new Option("--format <name>", "format of its lines").choices(formats).default("auto"),
    )
    .option(
      "--from <place>",
      "learn from a running balancer: its admin address, or its tandem.yaml",
    )
    .option("--backend <name>", "which backend (default: the busiest)")
    .option(
      "--watch <time>",
      `how long the balancer is watched (default: ${USUAL_WATCH_MS / 1000}s)`,
      span,
    );
}

/** So many requests of a log are read at most. */
export const MOST_OF_LOG: number = Math.min(MOST_READ, 2_000_000);
