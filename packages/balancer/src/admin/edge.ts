// Works out whether clients can connect: finds the frontends with certificates that no client accepts. Even when all
// servers are healthy, the handshake of every client that verifies such a certificate fails.
import type { FrontendConfig } from "@tandem/config";
import { findingsAt, type Inspection, type PlacedCertificate, validityOf } from "@tandem/transport";
import { type ChainHealth, sinceOf } from "./chain.ts";
import type { Problem } from "./problem.ts";

export interface Edge {
  readonly health: ChainHealth;
  /** One problem for each frontend that has a certificate which no client accepts. */
  readonly problems: readonly Problem[];
}

/**
 * Returns the state at `wallMs` (wall clock milliseconds). down: clients that verify certificates accept no
 * frontend's certificate, and no frontend gives pages without TLS. degraded: only some clients can connect. A
 * certificate that will expire soon does not change the state.
 */
export function edgeOf(
  frontends: readonly { readonly name: string; readonly config: FrontendConfig }[],
  inspection: Inspection,
  wallMs: number,
): Edge {
  const problems = frontends.flatMap(({ name }) => problemOf(name, inspection, wallMs));
  if (problems.length === 0) return { health: "healthy", problems };
  const shut = new Set(problems.filter(({ state }) => state === "down").map((p) => p.frontend));
  // A frontend without TLS that only redirects does not count: it leads to a frontend with TLS. One of TCP mode gives no
  // pages.
  const open = frontends.some(({ name, config: { mode, tls, redirect } }) =>
    tls === undefined ? mode === "http" && redirect === undefined : !shut.has(name),
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
  /** Whether no client accepts the certificate, whichever authorities the client trusts. */
  readonly useless: boolean;
  /**
   * ISO time since when the certificate is invalid; empty when the time is unknown, or when the
   * certificate's validity has not begun yet.
   */
  readonly since: string;
  /**
   * A text for the operator: the certificate's names, then what is wrong with the certificate.
   * Empty when nothing is wrong.
   */
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
  const refused = findingsAt({ certificates: [certificate], lists: [], findings: lasting }, wallMs)
    .filter(({ level }) => level === "refused")
    .map(({ message }) => message);
  const ends = dates.map(({ notAfter }) => notAfter).filter((end) => end < wallMs);
  const [own] = dates;
  // Only the first certificate of the file counts here. The intermediate certificates in the file
  // may have expired although clients have newer copies of them.
  const outOfTime =
    own !== undefined && ["expired", "not-yet-valid"].includes(validityOf(own, wallMs));
  return {
    useless: lasting.length > 0 || outOfTime,
    since: ends.length === 0 ? "" : new Date(Math.min(...ends)).toISOString(),
    words: refused.length === 0 ? "" : `certificate for ${names.join(", ")}: ${refused.join("; ")}`,
  };
}
