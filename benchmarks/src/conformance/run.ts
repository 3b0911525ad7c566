// Runs all cases through one proxy. When a case has ended the proxy's process, the proxy is started again for the
// next case.
import type { Peer } from "../peers/peer.ts";
import type { Case, Observed, Topic } from "./case.ts";
import { Lane } from "./peers/lane.ts";
import { runCase } from "./run-case.ts";
import { judge, NOT_RUN, type Verdict } from "./verdict.ts";

/** Verdicts by case id. */
export type Results = ReadonlyMap<string, Verdict>;

/** Called after each case. `observed` is left out when there is nothing to show. */
export type Progress = (
  peer: Peer,
  which: Case,
  verdict: Verdict,
  observed: Observed | undefined,
) => void;

/** Returns the cases of all topics, or only the case with that id. Throws when no case has the id. */
export function selectCases(topics: readonly Topic[], id: string | undefined): readonly Case[] {
  const all = topics.flatMap(({ cases }) => cases);
  const selected = id === undefined ? all : all.filter((each) => each.id === id);
  if (selected.length > 0) return selected;
  const near = all.filter((each) => each.id.includes(id ?? "")).map((each) => each.id);
  const list = near.length > 0 ? near : all.map((each) => each.id);
  throw new Error(`no case is called ${id}. There are: ${list.join(", ")}`);
}

/**
 * The number of lanes. Each lane is a process of the proxy under test, with one case at a time run against it. Cases
 * spend most of their time waiting, so several lanes save time.
 */
const LANES = 3;

/** Runs the cases against one peer, in this many lanes, and returns the verdicts. */
export async function runPeer(
  peer: Peer,
  cases: readonly Case[],
  progress: Progress,
  beside = LANES,
): Promise<Results> {
  const results = new Map<string, Verdict>();
  const left = cases.values();
  const work = async (): Promise<void> => {
    let lane = await Lane.open(peer);
    try {
      for (const which of left) {
        const [verdict, observed] = await runOne(lane, which);
        results.set(which.id, verdict);
        progress(peer, which, verdict, observed);
        if (lane.alive) continue;
        await lane[Symbol.asyncDispose]();
        lane = await Lane.open(peer);
      }
    } finally {
      await lane[Symbol.asyncDispose]();
    }
  };
  const lanes = Array.from({ length: Math.min(beside, cases.length) }, work);
  // When a lane fails, the other lanes first end and clean up.
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return results;
}

async function runOne(lane: Lane, which: Case): Promise<readonly [Verdict, Observed?]> {
  if (!lane.offers(which)) return [NOT_RUN];
  try {
    const observed = await runCase(lane, which);
    if (lane.alive) return [judge(which, observed), observed];
  } catch (error) {
    if (lane.alive) throw error;
  }
  return [{ mark: "other", word: "process ended", problem: "the proxy's process ended" }];
}
