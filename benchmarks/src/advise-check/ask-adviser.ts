// Asks `tandem lab advise` for the busy phase of a site, with the log of the quiet one.
import { fileURLToPath } from "node:url";
import { Started } from "../process/started.ts";
import type { CheckedSite } from "./sites.ts";

/** A predicted value: its mean, and where one run of the same length lies in 19 of 20 cases. */
export interface Predicted {
  readonly mean: number;
  readonly oneLow: number;
  readonly oneHigh: number;
}

export interface Prediction {
  readonly weights: readonly number[];
  readonly p50: Predicted;
  readonly p99: Predicted;
  /** The share of each server, 0 to 1. */
  readonly shares: readonly Predicted[];
  readonly load: number;
  readonly speeds: readonly number[];
}

interface AdviceJson {
  readonly load: number;
  readonly site: { readonly servers: readonly { readonly speed: number }[] };
  readonly ranking: readonly (Omit<Prediction, "load" | "speeds"> & {
    readonly weighted: string;
  })[];
}

const LAB = fileURLToPath(new URL("../../../packages/lab/bin/tandem-lab.ts", import.meta.url));
const PATIENCE_SECONDS = 120;

export async function askAdviser(
  site: CheckedSite,
  { log, seconds }: { readonly log: string; readonly seconds: number },
): Promise<Prediction> {
  const { workers, busyRate, algorithm, maxConnections } = site;
  const words = ["--log", log, "--workers", workers, "--rate", busyRate, "--algorithms", algorithm];
  const limit = maxConnections === undefined ? [] : ["--max-connections", maxConnections];
  const length = ["--run-length", `${seconds}s`, "--seeds", "20", "--json"];
  const command = [process.execPath, LAB, "advise", ...[...words, ...limit, ...length].map(String)];
  await using adviser = await Started.start(command, { name: "tandem lab advise" });
  const advice = JSON.parse(await adviser.output(PATIENCE_SECONDS)) as AdviceJson;
  const row = advice.ranking.find(({ weighted }) => weighted === "by speed") ?? advice.ranking[0];
  if (row === undefined) throw new Error("tandem lab advise: no algorithm in its ranking");
  return { ...row, load: advice.load, speeds: advice.site.servers.map(({ speed }) => speed) };
}
