// Limits for what a client may send, and for what a trusted proxy may send on behalf of a client.
import type { Http2Config, LimitsConfig } from "@tandem/config";
import { PROXY_ALLOWANCE } from "@tandem/config/proxy-allowance";
import { DEFAULT_H2_LIMITS, type H2Limits, type SessionLimits } from "@tandem/http/session";

export interface ClientLimits {
  readonly direct: SessionLimits;
  readonly proxied: SessionLimits;
}

export function clientLimits(limits: LimitsConfig, http2?: Http2Config): ClientLimits {
  const direct = { ...limits, body: limits.body, h2: http2 && h2Limits(http2) };
  const { head, fields } = PROXY_ALLOWANCE;
  return {
    direct,
    proxied: { ...direct, head: direct.head + head, fields: direct.fields + fields },
  };
}

function h2Limits(config: Http2Config): H2Limits {
  const { maxConcurrentStreams, initialWindowSize, rxbuf, maxTotalStreams } = config;
  const { glitchesThreshold } = config;
  return {
    ...DEFAULT_H2_LIMITS,
    streams: maxConcurrentStreams,
    totalStreams: maxTotalStreams ?? Number.POSITIVE_INFINITY,
    streamWindow: initialWindowSize,
    connectionWindow: rxbuf,
    resets: { burst: glitchesThreshold, perSecond: glitchesThreshold / 4 },
  };
}
