// Makes the verdict of `tandem status`. The processes of this machine give one state. The
// balancer's report on everything that a request passes gives another. The worse of the two states
// is the verdict.
import type { BalancerStatus, LinkStatus, ServerStatus } from "./admin-status.ts";
import type { RunReport } from "./run-file.ts";
import type { TierReport } from "./supervisor.ts";

/** The states of health, from best to worst. */
const HEALTHS = ["healthy", "unknown", "degraded", "down"] as const;
/**
 * The health of a site. "unknown" means that no fault is known, but some state is not known either:
 * no check and no request has shown yet that some backend or service works, or the balancer has no
 * admin port to ask.
 */
export type SiteHealth = (typeof HEALTHS)[number];

/** A part of the site (a frontend, a backend, a process …) that is not well, or whose state is not known. */
export interface Problem {
  /**
   * The name of the frontend, backend, service or process: `frontend https`, `application`, `box1 appserver`,
   * `balancer`.
   */
  readonly name: string;
  readonly state: string;
  /** The ISO time since when the problem exists; empty when that is not known. */
  readonly since: string;
  readonly why: string;
}

export interface Observed {
  readonly runs: readonly Pick<RunReport, "tiers">[];
  /** The balancer's status; undefined when it did not answer. */
  readonly balancer: BalancerStatus | undefined;
  /**
   * Words that name the balancer which answered at the address `admin`, if that balancer belongs to
   * another site or box.
   */
  readonly stranger?: string | undefined;
  /** A message with the next step, when processes of another site run in this site's state folder. */
  readonly foreign?: string | undefined;
  /**
   * The admin address of this machine's balancer. Undefined when no balancer should run, or when it has no admin port.
   */
  readonly admin: string | undefined;
}

export interface Verdict {
  readonly health: SiteHealth;
  readonly problems: readonly Problem[];
}

/**
 * Judges the site. down: visitors get no pages, or no client accepts the certificate. degraded: there is another
 * problem. unknown: no fault is known, but some part of the site has not shown yet that it works.
 */
export function judge(observed: Observed): Verdict {
  const { runs, balancer, admin, foreign } = observed;
  const tiers = runs.flatMap((run) => run.tiers);
  const processes = tiers.filter(({ state }) => state !== "ready").map(ailingProcess);
  const links = (balancer?.links ?? []).filter(({ state }) => state !== "up").map(ailingLink);
  const frontends = balancer?.ailingFrontends ?? [];
  const words: SiteHealth[] = [
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

function wordOfProcesses(tiers: readonly TierReport[]): SiteHealth {
  if (tiers.length === 0 || tiers.every(({ state }) => state === "ready")) return "healthy";
  return tiers.every(({ state }) => state !== "ready") ? "down" : "degraded";
}

function wordOfBalancer(
  tiers: readonly TierReport[],
  balancer: BalancerStatus | undefined,
  admin: string | undefined,
): SiteHealth {
  if (balancer !== undefined) return toldHealth(balancer);
  if (admin !== undefined || tiers.length === 0) return "down";
  return tiers.some(({ tier }) => tier === "balancer") ? "unknown" : "healthy";
}

/**
 * Returns the balancer's own verdict. An older balancer reports no verdict. Then the verdict is derived from the states
 * of the balancer's servers.
 */
function toldHealth({ health, servers }: BalancerStatus): SiteHealth {
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

/**
 * Returns the problem that two sites use one state folder. When `tandem prepare` runs for one site,
 * it replaces the certificates of the other site.
 */
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
