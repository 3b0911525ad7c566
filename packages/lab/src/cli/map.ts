// `tandem lab map`: which algorithm for two boxes, over how unequal they are and how high the load is.
import { join } from "node:path";
import { Command, Option } from "commander";
import { csvOf, svgOf } from "../figures/figure.ts";
import { LOADS, RATIOS } from "../map/cells.ts";
import { mapData } from "../map/map-data.ts";
import { MAP_NAME, mapFigure } from "../map/map-figure.ts";
import {
  type MapGrid,
  type MapMetric,
  type Measured,
  measureMap,
  requestsOf,
  sizeOf,
} from "../map/measure-map.ts";
import { SITUATIONS, type Situation } from "../map/situations.ts";
import { runnerOf } from "../parallel/executor.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { describeMap } from "./map-text.ts";
import { loads, ratios, seedsUpTo, wholeNumber } from "./options.ts";
import { provenance } from "./provenance.ts";
import { tellFiles } from "./run.ts";
import { type NamedFile, refuseUnwritable, saveAll } from "./save.ts";
import { examples, print, printJson, progress, UsageError } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";
import { timeLeft } from "./time-left.ts";

interface MapOptions {
  readonly situations?: readonly string[];
  readonly ratios?: readonly number[];
  readonly loads?: readonly number[];
  readonly metric: MapMetric;
  readonly seeds: number;
  readonly threads?: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function mapCommand(): Command {
  return withThreads(new Command("map"))
    .description("two boxes: which algorithm, by how unequal they are and by load")
    .addHelpText(
      "before",
      examples(
        ["map --situations usual", "one situation; takes about a minute"],
        ["map --out figures", "all of them, with picture and numbers; takes ten minutes"],
        ["map --situations usual --ratios 2 --loads .5 .8", "your own cells"],
      ),
    )
    .option(
      "--situations <names...>",
      `only these of ${SITUATIONS.map(({ name }) => name).join(", ")}`,
    )
    .option(
      "--ratios <numbers...>",
      `how many times as fast one box is (default: ${RATIOS.join(" ")})`,
      ratios,
    )
    .option(
      "--loads <numbers...>",
      `shares of the capacity of both (default: ${LOADS.join(" ")})`,
      loads,
    )
    .addOption(
      new Option("--metric <name>", "what decides").choices(["mean", "p50", "p99"]).default("p99"),
    )
    .option("--seeds <n>", "runs of each, with seeds 1 to n", wholeNumber(2, 100), 5)
    .option("--json", "report as JSON")
    .option("--out <folder>", "write the picture and the numbers there")
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 it could not be written, 2 the input is at fault.",
    )
    .action(map);
}

async function map(options: MapOptions): Promise<void> {
  const { out, metric } = options;
  const grid: MapGrid = {
    situations: situationsOf(options.situations),
    ratios: options.ratios ?? RATIOS,
    loads: options.loads ?? LOADS,
    seeds: seedsUpTo(options.seeds),
  };
  if (out !== undefined) refuseUnwritable(out);
  await using threads = await Threads.open({ threads: options.threads });
  const measured = await measure(grid, threads);
  const files = out === undefined ? [] : filesOf(out, measured, grid, metric);
  saveAll(files);
  if (options.json) printJson({ ...provenance(), ...mapData(measured, grid) });
  else print(describeMap(measured, grid, metric));
  tellFiles(files.map(({ path }) => path));
}

function situationsOf(names: readonly string[] | undefined): readonly Situation[] {
  if (names === undefined) return SITUATIONS;
  const known = SITUATIONS.map(({ name }) => name);
  return [...new Set(names)].map((name) => {
    const found = SITUATIONS.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new UsageError(
      `--situations: found '${name}', expected one of ${known.join(", ")}${didYouMean(name, known)}`,
    );
  });
}

async function measure(grid: MapGrid, threads: Threads): Promise<readonly Measured[]> {
  const total = sizeOf(grid);
  const left = timeLeft();
  let done = 0;
  const runner = runnerOf(threads.for({ requests: requestsOf(grid) }));
  const measured = await measureMap(grid, runner, ({ cell: { situation, ratio, load } }) => {
    const share = `${++done}/${total}${left(done / total)}`;
    progress(`${share}  ${situation.name}, ${ratio} : 1, load ${load}`);
  });
  progress(undefined);
  return measured;
}

function filesOf(
  folder: string,
  measured: readonly Measured[],
  grid: MapGrid,
  metric: MapMetric,
): readonly NamedFile[] {
  const figure = mapFigure(measured, grid, metric);
  const path = (ending: string) => join(folder, `${MAP_NAME}.${ending}`);
  const data = {
    figure: MAP_NAME,
    title: figure.question,
    ...provenance(),
    ...mapData(measured, grid),
  };
  return [
    { path: path("svg"), text: svgOf(figure) },
    { path: path("csv"), text: csvOf(figure) },
    { path: path("json"), text: `${JSON.stringify(data)}\n` },
  ];
}
