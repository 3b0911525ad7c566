// Writes the advice for a person: what is known, the ranking, what to write into tandem.yaml, how much more the site
// carries, what is left when a server is lost, and in which direction all of it errs.
import { palette } from "@tandem/telemetry/colors";
import type { Question } from "../../advise/advice.ts";
import type { Assembled } from "../../advise/assemble.ts";
import type { Crossing } from "../../advise/crossing.ts";
import { quantileName } from "../../advise/limit-text.ts";
import type { Loss } from "../../advise/loss.ts";
import { type Ranked, SMALL } from "../../advise/rank.ts";
import type { Spread } from "../../advise/spread.ts";
import { plain, withUnit } from "../../figures/numbers.ts";
import { relativeText } from "../comparison-text.ts";
import { table } from "../terminal.ts";
import { errsLines } from "./errs.ts";
import { mapLines } from "./map-line.ts";
import type { Telling } from "./telling.ts";
import { yamlLines } from "./yaml-text.ts";

export function adviceText(
  telling: Telling,
  { limitGiven }: { readonly limitGiven: boolean },
): string {
  const { bold, dim } = palette();
  const { known, advice } = telling;
  const { site } = known;
  const count = site.servers.length;
  const title = `${count} server${count === 1 ? "" : "s"}, ${plain(site.rate)} requests/s, load ${plain(advice.load)}`;
  return [
    bold(title),
    "",
    ...knownLines(known, telling.question, limitGiven),
    "",
    ...rankingLines(telling),
    "",
    bold("write into tandem.yaml, at balancer.backends.NAME"),
    ...yamlLines(site, advice.choice.setting),
    "",
    ...carryLines(telling),
    "",
    ...lossLines(telling),
    "",
    bold("what this errs by"),
    ...errsLines(telling).map((line) => dim(`  ${line}`)),
  ].join("\n");
}

function knownLines(
  { facts, unknown }: Assembled,
  { limit }: Question,
  limitGiven: boolean,
): string[] {
  const { bold, dim, yellow } = palette();
  const limitText = `${quantileName(limit.quantile)} < ${withUnit(limit.ms, "ms")}`;
  const all = [
    ...facts,
    { what: "limit", value: limitText, from: limitGiven ? "you said" : "assumed: --limit" },
  ];
  const [head = "", ...rows] = table([
    ["  what", "value", "19 times of 20", "from"],
    ...all.map(({ what, value, from, ...rest }) => [
      `  ${what}`,
      value,
      ("range" in rest && rest.range) || "",
      from,
    ]),
  ]);
  return [
    bold("what is known"),
    dim(head),
    ...rows,
    ...(unknown.length === 0
      ? []
      : [bold("what is not known"), ...unknown.map((line) => yellow(`  ${line}`))]),
  ];
}

const interval = (low: number, high: number): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `${plain(low)} to ${plain(high)}` : "-";

const meanText = ({ mean }: Spread): string =>
  Number.isFinite(mean) ? plain(mean) : "too many fail";

const RANK_HEADS = (name: string): readonly string[] => [
  ...["  ", "algorithm", "weights", "p50 ms", `${name} ms`, "its interval", `one run's ${name}`],
  ...["against the first", "shares"],
];

const rankCells = (row: Ranked): readonly string[] => [
  `  ${row.rank}`,
  row.setting.candidate.label,
  weightsText(row),
  meanText(row.p50),
  meanText(row.limited),
  interval(row.limited.low, row.limited.high),
  interval(row.limited.oneLow, row.limited.oneHigh),
  row.comparison ? relativeText(row.comparison) : "",
  sharesText(row),
];

function rankingLines({ known, advice, question }: Telling): string[] {
  const { bold, dim } = palette();
  const { ranking, choice, runMs, rankedAt } = advice;
  const { seeds, limit } = question;
  const heads = RANK_HEADS(quantileName(limit.quantile));
  const [head = "", ...rows] = table([heads, ...ranking.map(rankCells)]);
  const small = `worse by less than ${100 * SMALL} % or only by chance counts as equal`;
  const today =
    advice.load < 0.99
      ? "at today's rate"
      : `at ${plain(rankedAt)}/s, because today's is more than the servers can do`;
  return [
    bold(`ranking, ${today}`),
    dim(head),
    ...rows.map((line, i) => (ranking[i] === choice ? bold(`→${line.slice(1)}`) : line)),
    dim(`  ${seeds.length} runs of ${spanText(runMs)} each; all met the same requests; ${small}`),
    dim("  → recommended: of equal ones what runs today, else the simplest"),
    ...mapLines(known.site.servers).map((line) => dim(line)),
  ];
}

/** With more servers a value for each would be longer than a line. */
const MOST_VALUES = 8;

function sharesText({ shares }: Ranked): string {
  const percents = shares.map(({ mean }) => 100 * mean);
  if (percents.length <= MOST_VALUES) return percents.map((share) => Math.round(share)).join(":");
  return `${plain(Math.min(...percents))} to ${plain(Math.max(...percents))} % each`;
}

const weightsText = ({ setting, shares }: Ranked): string =>
  shares.length > MOST_VALUES ? setting.weighted : setting.weights.join(":");

const spanText = (ms: number): string =>
  ms < 120_000 ? `${plain(ms / 1000)} s` : `${plain(ms / 60_000)} min`;

function carryLines({ known, question, advice }: Telling): string[] {
  const { bold } = palette();
  const { carries, carriesToday, grown, capacity } = advice;
  const { limit, today } = question;
  const rate = known.site.rate;
  const limitText = `${quantileName(limit.quantile)} < ${withUnit(limit.ms, "ms")}`;
  const lines = [bold("how much more it carries"), `  ${limitText} ${crossingText(carries, rate)}`];
  if (carriesToday !== undefined)
    lines.push(
      `  as today, with ${today?.label ?? "today's algorithm"}: ${crossingText(carriesToday, rate)}`,
    );
  lines.push(`  the servers can do ${plain(capacity)}/s at most (load 1)`);
  if (grown !== undefined) {
    const { rate: grownRate, load, limited } = grown;
    const found =
      limited === undefined
        ? "more than the servers can do: the queues grow without end"
        : `${quantileName(limit.quantile)} ${latencyText(limited)}, ${limited.mean < limit.ms ? "within" : "beyond"} the limit`;
    lines.push(`  at ${plain(grownRate)}/s (load ${plain(load)}): ${found}`);
  }
  return lines;
}

const latencyText = (spread: Spread): string =>
  Number.isFinite(spread.mean)
    ? `${withUnit(spread.mean, "ms")} (${interval(spread.low, spread.high)})`
    : "without end, because too many requests fail";

/** Says up to which rate the limit holds, and how far that is from `rate`. */
function crossingText(crossing: Crossing, rate: number): string {
  if (crossing.kind === "never")
    return `does not hold at any rate: on idle servers it is ${withUnit(crossing.idleMs, "ms")} already; a looser --limit, or faster servers`;
  if (crossing.kind === "at least")
    return `holds up to ${plain(crossing.rate)}/s at least: ${roomText(crossing.rate / rate)}; nearer to what the servers can do no run is long enough to tell`;
  const { mean, low, high } = crossing.rate;
  return `holds up to ${plain(mean)}/s (${interval(low, high)}): ${roomText(mean / rate)}`;
}

function roomText(times: number): string {
  if (times >= 2) return `${plain(times)} times today's rate`;
  const percent = Math.round(100 * Math.abs(times - 1));
  if (times >= 1) return `${percent} % more than today's rate`;
  return `${percent} % less than today's rate, so it does not hold today`;
}

function lossLines({ known, question, advice }: Telling): string[] {
  const { bold, red } = palette();
  const { limit } = question;
  const lines = advice.losses.map((loss) => {
    const text = `  ${namesText(loss.lost)}: ${lossText(loss, known.site.rate, limit)}`;
    return loss.load >= 1 ? red(text) : text;
  });
  return [bold("when a server is lost"), ...shortened(lines)];
}

/** Of many kinds of servers the first ones show what happens. */
const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length > MOST_VALUES
    ? [...lines.slice(0, MOST_VALUES), `  and ${lines.length - MOST_VALUES} more: --json has all`]
    : lines;

function namesText(names: readonly string[]): string {
  const [first = "", second = ""] = names;
  if (names.length === 1) return first;
  return names.length === 2
    ? `${first} or ${second}`
    : `one of ${first} … ${names.at(-1)}, which are alike`;
}

function lossText({ load, after, carries }: Loss, rate: number, limit: Question["limit"]): string {
  if (carries === undefined) return "no server is left, so no request is answered";
  const room = restText(carries, rate);
  if (after === undefined) {
    const growth = rate * (1 - 1 / load);
    const by = growth > 0 ? `, by ${plain(growth)} requests a second` : "";
    return `unstable, load ${plain(load)}: the queues grow without end${by}; ${room}`;
  }
  const beyond = shareText(after.beyond.mean);
  return `load ${plain(load)}, ${quantileName(limit.quantile)} ${latencyText(after.limited)}, ${beyond} of the requests beyond the limit; ${room}`;
}

/** A share below a hundredth of a per cent is a handful of requests of the runs, so its digits mean nothing. */
const shareText = (share: number): string =>
  share > 0 && share < 1e-4 ? "less than 0.01 %" : withUnit(100 * share, "%");

function restText(carries: Crossing, rate: number): string {
  if (carries.kind === "never") return "the rest keeps the limit at no rate";
  const [most, range] =
    carries.kind === "at least"
      ? [carries.rate, " at least"]
      : [carries.rate.mean, ` (${interval(carries.rate.low, carries.rate.high)})`];
  return `the rest keeps the limit up to ${plain(most)}/s${range}, ${plain((100 * most) / rate)} % of today's rate`;
}
