// Makes the table of certificates on the admin page, one row for each certificate, in the order of the status.
import type { CertificateStatus } from "./certificate-status.ts";
import type { ListStatus } from "./list-status.ts";
import { type Cell, duration, escaped, table } from "./page-parts.ts";

const WORDS: Readonly<
  Record<CertificateStatus["validity"], readonly [word: string, className: string]>
> = {
  valid: ["VALID", "up"],
  expiring: ["EXPIRES SOON", "degraded"],
  expired: ["EXPIRED", "down"],
  "not-yet-valid": ["NOT YET VALID", "down"],
  unreadable: ["UNREADABLE", "down"],
};

/** Returns the table, with the lists of revoked certificates at its end; empty when no certificate is in use. */
export function certificateTable(
  certificates: readonly CertificateStatus[],
  lists: readonly ListStatus[],
): string {
  if (certificates.length === 0) return "";
  const heads = ["Certificate", "State", "Ends", "Names", "Problems"];
  const others = lists.map((list) => row({ ...list, names: ["revoked certificates of clients"] }));
  return `<h2>Certificates</h2>${table(heads, [...certificates.map(row), ...others])}`;
}

function row({
  file,
  validity,
  notAfter,
  secondsLeft,
  names,
  problems,
}: Omit<CertificateStatus, "notBefore">): Cell[] {
  const [word, className] = WORDS[validity];
  const span = duration(Math.abs(secondsLeft));
  const ends =
    notAfter === ""
      ? "unknown"
      : `${notAfter.slice(0, 10)}<br><small>${secondsLeft < 0 ? `${span} ago` : `in ${span}`}</small>`;
  return [
    `<b>${escaped(file)}</b>`,
    `<span class="${className}">${word}</span>`,
    ends,
    [names.map(escaped).join(" "), "why"],
    [problems.map(escaped).join("<br>"), "why"],
  ];
}
