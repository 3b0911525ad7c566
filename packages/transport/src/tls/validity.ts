// From when to when a certificate holds, in words.
import type { X509Certificate } from "node:crypto";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How long before its end a certificate is warned of. */
const WARN_DAYS = 14;

/** That it holds no more, or not yet; undefined while it holds. */
export function validityFault(certificate: X509Certificate, wallMs: number): string | undefined {
  const { validFromDate: from, validToDate: to } = certificate;
  if (wallMs > to.getTime())
    return `EXPIRED ${span(wallMs - to.getTime())} ago, on ${day(to)}; renew it, then reload`;
  if (wallMs < from.getTime())
    return `is NOT YET VALID: it holds from ${day(from)} on, in ${span(from.getTime() - wallMs)}; is this machine's clock right?`;
  return undefined;
}

/** That it ends soon; undefined while there is time. */
export function validityWarning(certificate: X509Certificate, wallMs: number): string | undefined {
  const left = certificate.validToDate.getTime() - wallMs;
  if (left > WARN_DAYS * DAY_MS) return undefined;
  return `expires in ${span(left)}, on ${day(certificate.validToDate)}; renew it, then reload`;
}

function span(ms: number): string {
  const [amount, unit] = ms < 2 * DAY_MS ? [ms / HOUR_MS, "hour"] : [ms / DAY_MS, "day"];
  const whole = Math.floor(amount);
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
