// Whether clients can come in: certificates that no client accepts, frontend by frontend. The servers behind may be well
// while every handshake that verifies the certificate fails.
import type { FrontendConfig } from "@tandem/config";
import { findingsAt, type Inspection, type PlacedCertificate, validityOf } from "@tandem/transport";
import { type ChainHealth, sinceOf } from "./chain.ts";
import type { Problem } from "./problem.ts";

export interface Edge {
  readonly health: ChainHealth;
  /** One for each frontend with such a certificate. */
  readonly problems: readonly Problem[];
}

/**
 * As it is at `wallMs`. down: no client that verifies is let in, and no frontend gives pages without TLS; degraded: some
 * are. A certificate near its end changes nothing.
 */
export function edgeOf(
  frontends: readonly { readonly name: string; readonly config: FrontendConfig }[],
  inspection: Inspection,
  wallMs: number,
): Edge {
  const problems = frontends.flatMap(({ name }) => problemOf(name, inspection, wallMs));
  if (problems.length === 0) return { health: "healthy", problems };
  const shut = new Set(problems.filter(({ state }) => state === "down").map((p) => p.frontend));
  // A plain frontend that only redirects leads to one with TLS.
  const open = frontends.some(({ name, config: { tls, redirect } }) =>
    tls === undefined ? redirect === undefined : !shut.has(name),
  );
  return { health: open ? "degraded" : "down", problems };
}

function problemOf(frontend: string, inspection: Inspection, wallMs: number): Problem[] {
  const served = inspection.certificates
    .filter(({ path: [tier, kind, owner] }) => {
      return tier === "balancer" && kind === "frontends" && owner === frontend;
    })
    .map((certificate) => ailmentOf(certificate, inspection, wallMs));
  const ailing = served.filter(({ words }) => words.length > 0);
  if (ailing.length === 0) return [];
  const down = served.every(({ useless }) => useless);
  const times = ailing.map((ailment) => ailment.since).filter((time) => time !== "");
  const since = sinceOf(times, down);
  const why = ailing.map(({ words }) => words).join("; ");
  const name = `frontend ${frontend}`;
  return [{ frontend, backend: "", name, state: down ? "down" : "degraded", since, why }];
}

interface Ailment {
  /** No client accepts it, whatever other authorities it knows. */
  readonly useless: boolean;
  /** ISO time since when; empty when that is not known, or it has not begun to hold. */
  readonly since: string;
  /** As the start says it, with the names it is for; empty when it is well. */
  readonly words: string;
}

function ailmentOf(
  certificate: PlacedCertificate,
  { findings }: Inspection,
  wallMs: number,
): Ailment {
  const { names, dates, path } = certificate;
  const lasting = findings.filter(
    (finding) =>
      finding.level === "refused" && path.every((step, index) => step === finding.path[index]),
  );
  const refused = findingsAt({ certificates: [certificate], findings: lasting }, wallMs)
    .filter(({ level }) => level === "refused")
    .map(({ message }) => message);
  const ends = dates.map(({ notAfter }) => notAfter).filter((end) => end < wallMs);
  const [own] = dates;
  // Of what follows it in the file a client may know a newer one.
  const outOfTime =
    own !== undefined && ["expired", "not-yet-valid"].includes(validityOf(own, wallMs));
  return {
    useless: lasting.length > 0 || outOfTime,
    since: ends.length === 0 ? "" : new Date(Math.min(...ends)).toISOString(),
    words: refused.length === 0 ? "" : `certificate for ${names.join(", ")}: ${refused.join("; ")}`,
  };
}
