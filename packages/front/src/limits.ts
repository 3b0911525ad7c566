// Limits for what a client may send, and for what a trusted proxy may send on behalf of a client.
import type { LimitsConfig } from "@tandem/config";
import { PROXY_ALLOWANCE } from "@tandem/config/proxy-allowance";
import type { SessionLimits } from "@tandem/http/session";

export interface ClientLimits {
  readonly direct: SessionLimits;
  readonly proxied: SessionLimits;
}

export function clientLimits(limits: LimitsConfig): ClientLimits {
  const direct = { ...limits, body: limits.body };
  const { head, fields } = PROXY_ALLOWANCE;
  return {
    direct,
    proxied: { ...direct, head: direct.head + head, fields: direct.fields + fields },
  };
}
