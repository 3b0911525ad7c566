// The verdict of `tandem status`: what the processes of this machine say, and what the balancer says of the whole way
// of a request. Where they differ the worse word counts.
import type { BalancerStatus, LinkStatus, ServerStatus } from "./admin-status.ts";
import type { RunReport } from "./run-file.ts";
import type { TierReport } from "./supervisor.ts";

/** The better ones first. */
const HEALTHS = ["healthy", "unknown", "degraded", "down"] as const;
/**
 * unknown: nothing is known to ail, and neither a check nor a request has shown of some link that it works, or the
 * balancer has no port where it could be asked about what is behind it.
 */
export type Health = (typeof HEALTHS)[number];

/** One thing that is not well, or not known. */
export interface Problem {
  /** A frontend, a link of the way, or a process: `frontend https`, `application`, `box1 appserver`, `balancer`. */
  readonly name: string;
  readonly state: string;
  /** ISO time since when; empty when that is not known. */
  readonly since: string;
  readonly why: string;
}

export interface Observed {
  readonly runs: readonly Pick<RunReport, "tiers">[];
  /** Undefined when it did not answer. */
  readonly balancer: BalancerStatus | undefined;
  /** Another site's or box's balancer that answers at `admin`, in words. */
  readonly stranger?: string | undefined;
  /** Another site's processes that run in this one's state folder, in words, and what to do. */
  readonly foreign?: string | undefined;
  /** Where a balancer of this machine should answer; undefined when none should, or it has no admin port. */
  readonly admin: string | undefined;
}

export interface Verdict {
  readonly health: Health;
  readonly problems: readonly Problem[];
}

/**
 * down: visitors get no pages, or refuse the certificate; degraded: anything less than all is well; unknown: see
 * `Health`.
 */
export function judge(observed: Observed): Verdict {
  const { runs, balancer, admin, foreign } = observed;
  const tiers = runs.flatMap((run) => run.tiers);
  const processes = tiers.filter(({ state }) => state !== "ready").map(ailingProcess);
  const links = (balancer?.links ?? []).filter(({ state }) => state !== "up").map(ailingLink);
  const frontends = balancer?.ailingFrontends ?? [];
  const words: Health[] = [
    wordOfProcesses(tiers),
    wordOfBalancer(tiers, balancer, admin),
    ...(foreign === undefined ? [] : (["degraded"] as const)),
    ...(balancer?.draining === true ? (["degraded"] as const) : []),
  ];
  const health = words.reduce((worst, word) =>
    HEALTHS.indexOf(word) > HEALTHS.indexOf(worst) ? word : worst,
  );
  const taken = foreign === undefined ? [] : [takenState(foreign)];
  const silent = silence(tiers, observed);
  return { health, problems: [...taken, ...silent, ...frontends, ...links, ...processes] };
}

function wordOfProcesses(tiers: readonly TierReport[]): Health {
  if (tiers.length === 0 || tiers.every(({ state }) => state === "ready")) return "healthy";
  return tiers.every(({ state }) => state !== "ready") ? "down" : "degraded";
}

function wordOfBalancer(
  tiers: readonly TierReport[],
  balancer: BalancerStatus | undefined,
  admin: string | undefined,
): Health {
  if (balancer !== undefined) return toldHealth(balancer);
  if (admin !== undefined || tiers.length === 0) return "down";
  return tiers.some(({ tier }) => tier === "balancer") ? "unknown" : "healthy";
}

/** Its own word, or where it does not say one, what its servers add up to. */
function toldHealth({ health, servers }: BalancerStatus): Health {
  const word = HEALTHS.find((known) => known === health);
  if (word !== undefined) return word;
  const up = ({ state }: ServerStatus): boolean => state.startsWith("UP");
  const backends = Map.groupBy(servers, ({ backend }) => backend);
  if ([...backends.values()].some((all) => !all.some(up))) return "down";
  return servers.every(up) ? "healthy" : "degraded";
}

function silence(
  tiers: readonly TierReport[],
  { balancer, stranger, admin }: Observed,
): readonly Problem[] {
  if (balancer !== undefined) return [];
  if (stranger !== undefined) {
    const why = `another balancer answers at ${admin}, that of ${stranger}; stop it, or give each its own balancer.admin.bind`;
    return [{ name: "balancer", state: "down", since: "", why }];
  }
  if (admin !== undefined) {
    const why = `no answer from its admin port, ${admin}`;
    return [{ name: "balancer", state: "silent", since: "", why }];
  }
  if (!tiers.some(({ tier }) => tier === "balancer")) return [];
  const why = `the balancer cannot be asked; add admin: { bind: "127.0.0.1:8404" } to the balancer section of the file`;
  return [{ name: "what is behind the balancer", state: "unknown", since: "", why }];
}

/** Whichever of the two sites is prepared or renewed next replaces the other's certificates. */
function takenState(why: string): Problem {
  return { name: "state folder", state: "taken", since: "", why };
}

function ailingLink({ name, state, since, why }: LinkStatus): Problem {
  return { name, state, since, why };
}

function ailingProcess(report: TierReport): Problem {
  const { box, tier, state, restarts, since: startedAt, stateSince: since = startedAt } = report;
  const why = state === "silent" ? "it runs and does not answer" : `started ${restarts + 1} times`;
  return { name: `${box} ${tier}`, state, since, why };
}
