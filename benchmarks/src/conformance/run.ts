// Runs all cases through one proxy. When a case has ended the proxy's process, the proxy is started again for the
// next case.
import type { Peer } from "../peers/peer.ts";
import type { Case, Observed, Topic } from "./case.ts";
import { offers, ProxyUnderTest } from "./peers/proxy-under-test.ts";
import { runCase } from "./run-case.ts";
import { judge, NOT_RUN, type Verdict } from "./verdict.ts";

/** Verdicts by case id. */
export type Results = ReadonlyMap<string, Verdict>;

/**
 * Called after each case. `observed` is undefined when the case was not run or the proxy's process
 * ended.
 */
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
 * How many processes of the proxy under test run at the same time. Each process has one case at a time. Cases spend most
 * of their time waiting, so several processes save time.
 */
const PROCESSES = 3;

/**
 * Runs the cases through one peer and returns the verdicts. The cases are divided among `beside`
 * processes of the peer.
 */
export async function runPeer(
  peer: Peer,
  cases: readonly Case[],
  progress: Progress,
  beside = PROCESSES,
): Promise<Results> {
  const results = new Map<string, Verdict>();
  const able = cases.filter((which) => offers(peer, which));
  for (const which of cases) {
    if (able.includes(which)) continue;
    results.set(which.id, NOT_RUN);
    progress(peer, which, NOT_RUN, undefined);
  }
  const left = able.values();
  const work = async (): Promise<void> => {
    let proxy = await ProxyUnderTest.open(peer);
    try {
      for (const which of left) {
        let outcome = await runOne(proxy, which);
        if (outcome === REFUSED) {
          // The case before had ended the process, but the process lived on until that case was judged.
          proxy = await reopened(proxy);
          outcome = await runOne(proxy, which);
        }
        const [verdict, observed] = outcome === REFUSED ? [ENDED] : outcome;
        results.set(which.id, verdict);
        progress(peer, which, verdict, observed);
        if (!proxy.alive) proxy = await reopened(proxy);
      }
    } finally {
      await proxy[Symbol.asyncDispose]();
    }
  };
  const proxies = Array.from({ length: Math.min(beside, able.length) }, work);
  // When one process fails, the error is thrown only after the other processes have run their cases
  // and stopped, so that no process is left behind.
  const failed = (await Promise.allSettled(proxies)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return results;
}

async function reopened(proxy: ProxyUnderTest): Promise<ProxyUnderTest> {
  await proxy[Symbol.asyncDispose]();
  return ProxyUnderTest.open(proxy.peer);
}

const ENDED: Verdict = {
  mark: "other",
  word: "process ended",
  problem: "the proxy's process ended",
};
/** The outcome of a case whose connection the system refused: the proxy's process ends, and listens no longer. */
const REFUSED = Symbol("refused");

async function runOne(
  proxy: ProxyUnderTest,
  which: Case,
): Promise<readonly [Verdict, Observed?] | typeof REFUSED> {
  try {
    const observed = await runCase(proxy, which);
    if (proxy.alive) return [judge(which, observed), observed];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") return REFUSED;
    if (proxy.alive) throw error;
  }
  return [ENDED];
}
