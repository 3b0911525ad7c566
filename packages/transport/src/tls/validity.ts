// The period of validity of a certificate, and whether the certificate is valid now.

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Warnings begin this many days before a certificate expires. */
const WARN_DAYS = 14;

/** A period of validity, in milliseconds since 1970. */
export interface Period {
  readonly notBefore: number;
  readonly notAfter: number;
}

export type Validity = "valid" | "expiring" | "expired" | "not-yet-valid";

export function validityOf({ notBefore, notAfter }: Period, wallMs: number): Validity {
  if (wallMs > notAfter) return "expired";
  if (wallMs < notBefore) return "not-yet-valid";
  return notAfter - wallMs <= WARN_DAYS * DAY_MS ? "expiring" : "valid";
}

/**
 * Returns the validity of a list of revoked certificates. Such a list is often made for a day or a week, so warnings begin
 * when a quarter of its period is left, where that is less than WARN_DAYS.
 */
export function listValidityOf(period: Period, wallMs: number): Validity {
  const { notBefore, notAfter } = period;
  const validity = validityOf(period, wallMs);
  const soon = (notAfter - wallMs) * 4 <= notAfter - notBefore;
  return validity === "expiring" && !soon ? "valid" : validity;
}

/**
 * Returns the end of a sentence that begins with the file's name. It says how long the certificate is valid and what to
 * do. Empty when the certificate is valid for more than WARN_DAYS from now.
 */
export function validityWords(period: Period, wallMs: number): string {
  const { notBefore, notAfter } = period;
  switch (validityOf(period, wallMs)) {
    case "expired":
      return `EXPIRED ${span(wallMs - notAfter)} ago, on ${day(notAfter)}; renew it, then reload`;
    case "not-yet-valid":
      return `is NOT YET VALID: it holds from ${day(notBefore)} on, in ${span(notBefore - wallMs)}; is this machine's clock right?`;
    case "expiring":
      return `expires in ${span(notAfter - wallMs)}, on ${day(notAfter)}; renew it, then reload`;
    default:
      return "";
  }
}

function span(ms: number): string {
  const [amount, unit] = ms < 2 * DAY_MS ? [ms / HOUR_MS, "hour"] : [ms / DAY_MS, "day"];
  const whole = Math.floor(amount);
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
