// Inspects all certificates of a configuration, and checks that each configured host is covered by one of them.
import { covers } from "./certificate.ts";
import {
  type CertificateFinding,
  type CertificatePurpose,
  type InspectedCertificate,
  type InspectedFiles,
  inspectCertificate,
} from "./inspect.ts";
import { type ClientFiles, inspectClients } from "./inspect-clients.ts";
import { listValidityOf, type Period, validityOf, validityWords } from "./validity.ts";

type Path = readonly (string | number)[];

/** The certificates of one listener, or the certificates shown to the servers of one backend. */
export interface CertificateGroup {
  readonly path: Path;
  readonly certificates: readonly (InspectedFiles & { readonly path: Path })[];
  readonly purposes: readonly CertificatePurpose[];
  /** Each of these host names should be covered by one of the certificates. `*.d.test` = names below d.test. */
  readonly hosts: readonly string[];
  /** The files with which the listener verifies its clients. Absent = it asks for no certificates. */
  readonly clients?: (ClientFiles & { readonly path: Path }) | undefined;
}

export interface PlacedFinding extends Omit<CertificateFinding, "at"> {
  /** The setting that the finding belongs to. */
  readonly path: Path;
}

/** One certificate of a configuration, with the setting that names it. */
export interface PlacedCertificate extends Omit<InspectedCertificate, "findings"> {
  readonly path: Path;
  readonly file: string;
}

/** A file of revoked certificates of clients, with the setting that names it. */
export interface PlacedLists {
  readonly path: Path;
  readonly file: string;
  /** The period of the newest list of each authority. A list that names no end has Infinity. */
  readonly periods: readonly Period[];
}

export interface Inspection {
  readonly certificates: readonly PlacedCertificate[];
  readonly lists: readonly PlacedLists[];
  /**
   * The problems that do not depend on the time. `findingsAt` adds certificates that are expired, about to expire or
   * not yet valid.
   */
  readonly findings: readonly PlacedFinding[];
}

/** Inspects every certificate of the groups. A file that cannot be read leads to a finding. Never throws. */
export function inspectAll(groups: readonly CertificateGroup[]): Inspection {
  const certificates: PlacedCertificate[] = [];
  const lists: PlacedLists[] = [];
  const findings: PlacedFinding[] = [];
  for (const { path, certificates: wanted, purposes, hosts, clients } of groups) {
    const names: string[] = [];
    let readable = true;
    for (const { path: place, ...files } of wanted) {
      const { findings: found, ...seen } = inspectCertificate(files, purposes);
      certificates.push({ path: place, file: files.cert, ...seen });
      findings.push(...found.map(({ at, ...rest }) => ({ ...rest, path: [...place, at] })));
      names.push(...seen.names);
      readable &&= seen.dates.length > 0;
    }
    // When a certificate cannot be read, its names are unknown, so no host is reported as uncovered.
    if (readable) findings.push(...uncovered(path, hosts, names));
    if (clients === undefined) continue;
    const { lists: periods, findings: found } = inspectClients(clients);
    findings.push(...found.map(({ at, ...rest }) => ({ ...rest, path: [...clients.path, at] })));
    const { crl: file } = clients;
    if (file !== undefined) lists.push({ path: [...clients.path, "crl"], file, periods });
  }
  return { certificates, lists, findings };
}

/** Returns the name of a setting in the form that reports use: `balancer.frontends.https.tls.certificates[0]`. */
export function settingOf(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index > 0 ? `.${step}` : step))
    .join("");
}

/** Returns all problems at the time `wallMs`, which may be long after the files were read. */
export function findingsAt(
  { certificates, lists, findings }: Inspection,
  wallMs: number,
): readonly PlacedFinding[] {
  const dated = certificates.flatMap(({ path, dates }) =>
    dates.flatMap(({ at, subject, ...period }): PlacedFinding[] => {
      const validity = validityOf(period, wallMs);
      if (validity === "valid") return [];
      const level = validity === "expiring" ? "warning" : "refused";
      const message = `${subject} ${validityWords(period, wallMs)}`;
      return [{ level, path: [...path, at], message }];
    }),
  );
  return [...findings, ...dated, ...lists.flatMap((list) => listFindings(list, wallMs))];
}

function listFindings({ path, file, periods }: PlacedLists, wallMs: number): PlacedFinding[] {
  return periods.flatMap((period): PlacedFinding[] => {
    const validity = listValidityOf(period, wallMs);
    if (validity === "valid") return [];
    const words = `${file} (revoked certificates of clients) ${validityWords(period, wallMs)}`;
    if (validity === "expiring") return [{ level: "warning", path, message: words }];
    const message = `${words}; until then its authority's clients are refused`;
    return [{ level: "refused", path, message }];
  });
}

function uncovered(
  path: Path,
  hosts: readonly string[],
  names: readonly string[],
): PlacedFinding[] {
  const served = (host: string): boolean =>
    host.startsWith("*.")
      ? names.some((name) => name.endsWith(host.slice(1)))
      : names.some((name) => covers(name, host));
  return hosts
    .filter((host) => !served(host))
    .map((host) => ({
      level: "warning",
      path,
      message: `no certificate here is for '${host}', so clients refuse the connection; found ${names.join(", ")}`,
    }));
}
