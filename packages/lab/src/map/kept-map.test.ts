// Holds the documents to the map that is kept beside them: the rule of advice.ts, the table of "Which one should I use",
// and what decision 0025 says of the default.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { adviceForTwo } from "./advice.ts";
import { LOADS, RATIOS } from "./cells.ts";
import type { MapData } from "./map-data.ts";
import { MAP_NAME } from "./map-figure.ts";
import { policyName } from "./policies.ts";
import { SITUATIONS } from "./situations.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, "utf8");

const DATA: MapData = JSON.parse(read(`docs/images/lab/${MAP_NAME}.json`));
const [HEAD = [], ...LINES] = read(`docs/images/lab/${MAP_NAME}.csv`)
  .trim()
  .split("\n")
  .map((line) => line.replace(/^"[^"]*"/, "metric").split(","));

interface Row {
  readonly metric: string;
  readonly ratio: number;
  readonly load: number;
  /** By policy: how much more than the best policy of the cell, in per cent. */
  readonly above: ReadonlyMap<string, number>;
}

const ROWS: readonly Row[] = LINES.map(([metric = "", ratio, load, ...cells]) => ({
  metric,
  ratio: Number(ratio),
  load: Number(load),
  above: new Map(
    cells.flatMap((cell, i) => (cell === "" ? [] : [[HEAD[i + 3] ?? "", Number(cell)] as const])),
  ),
}));

/** How much more than the best that an operator without weights can choose, in per cent. */
function aboveWithoutWeights({ above }: Row, policy: string): number {
  const own = [...above].filter(([name]) => !name.endsWith("+w")).map(([, value]) => value);
  return 100 * ((100 + (above.get(policy) ?? Number.NaN)) / (100 + Math.min(...own)) - 1);
}

const p99 = ROWS.filter(({ metric }) => metric === "p99");

t.test("the kept map is one of all situations, ratios and loads", async (t) => {
  t.strictSame([DATA.ratios, DATA.loads], [RATIOS, LOADS]);
  t.strictSame(
    DATA.situations.map(({ name, words }) => [name, words]),
    SITUATIONS.map(({ name, words }) => [name, words]),
  );
  t.equal(ROWS.length, 3 * RATIOS.length * LOADS.length);
});

t.test("what the rule advises is close to the best, wherever the map was measured", async (t) => {
  for (const row of p99) {
    const { ratio, load, above } = row;
    const unknown = policyName(adviceForTwo({ ratio, speedsKnown: false }).policy);
    const loss = aboveWithoutWeights(row, unknown);
    t.ok(loss <= 4, `${ratio} : 1, load ${load}: ${unknown} takes ${loss.toFixed(1)} % more`);
    const known = policyName(adviceForTwo({ ratio, speedsKnown: true }).policy);
    const found = above.get(known) ?? Number.NaN;
    t.ok(found <= 5, `${ratio} : 1, load ${load}: ${known} takes ${found} % more`);
  }
});

t.test("what the texts say besides", async (t) => {
  const at = (ratio: number, load: number, policy: string) =>
    p99.find((row) => row.ratio === ratio && row.load === load)?.above.get(policy) ?? Number.NaN;
  for (const ratio of RATIOS.filter((one) => one >= 1.5))
    for (const load of [0.8, 0.9, 0.95])
      t.ok(at(ratio, load, "least-conn+w") <= 4, "least-conn with weights is as good from .8 on");
  t.equal(Math.round(at(4, 0.2, "least-conn+w")), 53, "and 53 % worse at .2 and 4 : 1");
  const last = RATIOS.length - 1;
  const light = DATA.situations[0]?.values.light ?? {};
  t.ok(Math.abs((light["peak-ewma+w"]?.[last]?.[0] ?? 0) - 1 / 50) < 0.005, "a fiftieth");
  t.ok(Math.abs((light["least-conn+w"]?.[last]?.[0] ?? 0) - 1 / 6) < 0.01, "a sixth");
  const alike = DATA.situations.flatMap(({ values }) =>
    LOADS.map((_, i) => [values.p99["peak-ewma"]?.[0]?.[i], values.p99["least-conn"]?.[0]?.[i]]),
  );
  const worst = Math.max(...alike.map(([peak, conn]) => Number(peak) / Number(conn)));
  t.equal(Math.round(100 * (worst - 1)), 22, "up to 22 % higher on alike boxes");
});

t.test("what the text says of the mean", async (t) => {
  for (const { metric, ratio, load, above } of ROWS) {
    if (metric !== "mean" || ratio < 1.5) continue;
    const of = (policy: string) => above.get(policy) ?? Number.NaN;
    const gap = of("peak-ewma+w") - of("peak-ewma");
    const where = `${ratio} : 1, load ${load}`;
    if (load <= 0.7) t.ok(of("peak-ewma+w") <= 5, `${where}: the same advice`);
    else if (ratio >= 3) t.ok(gap > 3.5 && gap < 10.5, `${where}: weights raise it by ${gap} %`);
    if (load >= 0.9) t.ok(of("least-conn") <= 5, `${where}: the default is near`);
  }
});

t.test("right weights harm no algorithm's tail", async (t) => {
  for (const { ratio, load, above } of p99.filter((row) => row.ratio >= 1.5))
    for (const algorithm of ["least-conn", "peak-ewma", "least-time", "prequal"]) {
      const [without = Number.NaN, weighted = Number.NaN] = [algorithm, `${algorithm}+w`].map(
        (name) => above.get(name),
      );
      t.ok(weighted <= without + 1, `${ratio} : 1, load ${load}: ${algorithm}`);
    }
});

/** Returns the words for a range of per cents over the loads. */
function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.round);
  return low === high ? `${low} %` : `${low} to ${high} %`;
}

t.test("the table of the page says what the map says", async (t) => {
  const page = read("docs/algorithms/README.md");
  const rows = [...page.matchAll(/^\| ([\d.]+) : 1 \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$/gm)];
  t.strictSame(
    rows.map(([, ratio]) => Number(ratio)),
    RATIOS,
    "a row per ratio",
  );
  for (const [, ratio = "", unknown, known, cost, costKnown] of rows) {
    const own = p99.filter((row) => row.ratio === Number(ratio));
    const advised = (speedsKnown: boolean) => {
      const { algorithm, weighted } = adviceForTwo({ ratio: Number(ratio), speedsKnown }).policy;
      return `\`${algorithm}\`${weighted ? " with weights" : ""}`;
    };
    t.equal(unknown, advised(false), ratio);
    t.equal(known, advised(true), ratio);
    t.equal(cost, range(own.map((row) => aboveWithoutWeights(row, "least-conn"))), ratio);
    t.equal(costKnown, range(own.map(({ above }) => above.get("least-conn") ?? Number.NaN)), ratio);
  }
});

const SHOWN = ["least-conn", "peak-ewma", "least-conn+w", "peak-ewma+w"];

/** How far the policies of `SHOWN` are from the best of the cell in one situation, averaged over the unequal cells. */
function averages({ values: { p99 } }: MapData["situations"][number]): readonly number[] {
  const cells = RATIOS.flatMap((ratio, i) =>
    ratio < 1.5 ? [] : LOADS.map((_, j) => [i, j] as const),
  );
  const at = (name: string, [i, j]: readonly [number, number]) => p99[name]?.[i]?.[j] ?? Number.NaN;
  return SHOWN.map((name) => {
    const logs = cells.map((cell) => {
      const best = Math.min(...Object.keys(p99).map((other) => at(other, cell)));
      return Math.log(at(name, cell) / best);
    });
    return 100 * (Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length) - 1);
  });
}

t.test("the table of situations says what the map says", async (t) => {
  const page = read("docs/algorithms/README.md");
  const rows = new Map(
    [...page.matchAll(/^\| (.+?) \| (\d+) % \| (\d+) % \| (\d+) % \| (\d+) % \|$/gm)].map(
      ([, words = "", ...cells]) => [words, cells.map(Number)] as const,
    ),
  );
  t.equal(rows.size, DATA.situations.length);
  for (const situation of DATA.situations)
    t.strictSame(rows.get(situation.words), averages(situation).map(Math.round), situation.name);
});
