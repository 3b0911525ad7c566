// `tandem lab advise`: which algorithm and weights for one's own site, how much more it carries, and what is left of it when
// a server is lost.
import { Command } from "commander";
import { type Advice, advise, type Question } from "../../advise/advice.ts";
import { usualFor } from "../../advise/settings.ts";
import { type Site, scenarioOf } from "../../advise/site.ts";
import { runnerOf } from "../../parallel/executor.ts";
import type { Candidate, Study } from "../../scenarios/study.ts";
import { METRICS } from "../../scenarios/study.ts";
import { candidateFindings } from "../../schema/check.ts";
import { YARDSTICKS } from "../../sim/algorithms.ts";
import { findCandidates } from "../find-study.ts";
import { seedsUpTo } from "../options.ts";
import { tellOwnFaults } from "../own-files.ts";
import { provenance } from "../provenance.ts";
import { tellFiles } from "../run.ts";
import { refuseUnwritable } from "../save.ts";
import { examples, print, printJson, progress, UsageError } from "../terminal.ts";
import { Threads, withThreads } from "../threads.ts";
import { adviceAsJson } from "./advice-json.ts";
import { adviceText } from "./advice-text.ts";
import { type AdviseOptions, withAdviseOptions } from "./options.ts";
import { saveScenario } from "./save-scenario.ts";
import { type KnownSite, siteOf } from "./site-of.ts";

/** About so many runs an answer takes. */
const ABOUT_RUNS = 150;
const USUAL_REQUESTS = 20_000;
const USUAL_LIMIT = { quantile: 0.99, ms: 250 } as const;

export function adviseCommand(): Command {
  return withThreads(withAdviseOptions(new Command("advise")))
    .description("which algorithm, weights and head room for your own site")
    .addHelpText(
      "before",
      examples(
        ["advise", "asks what it has to know"],
        ["advise --speeds 1 2 --workers 8 --rate 200 --mean 12ms --p99 80ms", "from what you know"],
        ["advise --log access.log --workers 8 --limit 'p99 < 250ms'", "from a log of a busy hour"],
        [
          "advise --from 127.0.0.1:8404 --growth 50%",
          "from a running balancer; half as much traffic again",
        ],
        ["advise --log access.log --out advice", "and write a scenario for 'tandem lab run'"],
      ),
    )
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 it could not be written, 2 the input is at fault, 130 Ctrl-C.",
    )
    .action(run);
}

async function run(options: AdviseOptions): Promise<void> {
  const { algorithms = [], algorithm } = options;
  const named = algorithm === undefined ? algorithms : [...new Set([...algorithms, algorithm])];
  await using threads = await Threads.open({ threads: options.threads, algorithms: named });
  if (options.out !== undefined) refuseUnwritable(options.out);
  const known = await siteOf(options);
  const { site } = known;
  const limit = options.limit ?? USUAL_LIMIT;
  const candidates = candidatesFor(site, options.algorithms);
  const today = todayOf(known, options.algorithm);
  const { runLength } = options;
  const question: Question = {
    limit,
    candidates,
    ...(options.growth !== undefined && { growth: options.growth }),
    ...(today.candidate && { today: today.candidate }),
    seeds: seedsUpTo(options.seeds),
    ...(runLength !== undefined && {
      requests: Math.max(100, Math.round((site.rate * runLength) / 1000)),
    }),
  };
  const advice = await adviceFor(site, question, threads);
  const origin = provenance();
  const told = {
    known: { ...known, unknown: [...known.unknown, ...today.unknown] },
    question,
    advice,
  };
  const files =
    options.out === undefined ? [] : saveScenario(options.out, { site, question, advice, origin });
  if (options.json)
    printJson(adviceAsJson(told, { limitGiven: options.limit !== undefined, origin, files }));
  else print(adviceText(told, { limitGiven: options.limit !== undefined }));
  tellFiles(files);
  tellOwnFaults();
}

async function adviceFor(site: Site, question: Question, threads: Threads): Promise<Advice> {
  const requests = question.requests ?? USUAL_REQUESTS;
  const executor = threads.for({ requests: ABOUT_RUNS * requests });
  let runs = 0;
  // How many runs there will be is not known: a search takes as many as it takes.
  const told = (what: string) => progress(`simulating, ${++runs} runs: ${what}`);
  try {
    return await advise(site, question, { runner: runnerOf(executor), told });
  } finally {
    progress(undefined);
  }
}

/** With one server every algorithm does the same, so one is enough. */
function candidatesFor(site: Site, typed: readonly string[] | undefined): readonly Candidate[] {
  const usual = usualFor(site.servers.length);
  if (typed === undefined) return site.servers.length === 1 ? usual.slice(0, 1) : usual;
  const found = findCandidates(studyOf(usual), typed, [sample(site)]);
  if (found.every(isYardstick))
    throw new UsageError(
      `advise: --algorithms: found only yardsticks (${found.map(({ label }) => label).join(", ")}), which tandem.yaml does not take; name one that it takes too, such as least-conn`,
    );
  return found;
}

const isYardstick = ({ algorithm }: Candidate): boolean => YARDSTICKS.includes(algorithm);

const sample = (site: Site) =>
  scenarioOf(site, {
    rate: site.rate,
    requests: 1_000,
    weights: site.servers.map(() => 1),
    seed: 1,
  });

const studyOf = (candidates: readonly Candidate[]): Study => ({
  id: "advise",
  name: "advise",
  title: "advice for a site",
  question: "",
  candidates,
  metrics: [METRICS.p99],
  variants: () => [],
});

/**
 * Today's algorithm, where it can be simulated with what is known. One that a person typed is refused when it cannot; one
 * that a balancer names is left out then.
 */
function todayOf({ algorithm, site }: KnownSite, typed: string | undefined): Today {
  if (typed !== undefined) {
    const [candidate] = findCandidates(studyOf(usualFor(3)), [typed], [sample(site)]);
    if (candidate && isYardstick(candidate))
      throw new UsageError(
        `advise: --algorithm: ${typed} is a yardstick of the laboratory; expected what tandem.yaml says today, such as least-conn`,
      );
    return { unknown: [], ...(candidate && { candidate }) };
  }
  if (algorithm === undefined || site.servers.length === 1) return { unknown: [] };
  const usual = usualFor(3).find((one) => one.algorithm === algorithm);
  const candidate = usual ?? { label: algorithm, algorithm };
  if (candidateFindings(candidate, sample(site)).length === 0) return { candidate, unknown: [] };
  return {
    unknown: [`how today's algorithm, ${algorithm}, does: simulating it needs more than is known`],
  };
}

interface Today {
  readonly candidate?: Candidate;
  readonly unknown: readonly string[];
}
