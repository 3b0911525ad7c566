// One health check: a GET on a connection of its own, as HAProxy does, so that a full or broken pool
// never decides over a server's health. The result carries HAProxy's check_status codes.
import type { CheckConfig } from "@tandem/config";
import type { Clock, internalClientOptions } from "@tandem/transport";
import { Client } from "undici";

export type CheckStatus = "L7OK" | "L7STS" | "L7TOUT" | "L7RSP" | "L6RSP" | "L4CON" | "L4TOUT";

export interface CheckResult {
  readonly passed: boolean;
  readonly status: CheckStatus;
  /** HTTP status, 0 when none came. */
  readonly code: number;
  readonly durationMs: number;
  /** Plain words, for a failure. */
  readonly why: string;
}

export interface CheckTarget {
  /** The name its certificate must carry. */
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly tls: ReturnType<typeof internalClientOptions> | undefined;
}

/** Asks once. When `stop` is aborted the connection is ended and the result means nothing. */
export async function checkHttp(
  target: CheckTarget,
  config: CheckConfig,
  clock: Clock,
  stop: AbortSignal,
): Promise<CheckResult> {
  const startedAt = clock.now();
  const client = checkClient(target, config.timeout);
  const timeout = new AbortController();
  const abort = (): void => timeout.abort();
  const timer = clock.after(config.timeout, abort);
  stop.addEventListener("abort", abort);
  const result = (status: CheckStatus, code: number, why: string): CheckResult => ({
    passed: status === "L7OK",
    status,
    code,
    durationMs: clock.now() - startedAt,
    why,
  });
  try {
    const { statusCode, body } = await client.request({
      method: "GET",
      path: config.http.path,
      headers: { "user-agent": "tandem-check", ...hostHeader(config) },
      signal: timeout.signal,
      reset: true,
    });
    body.on("error", () => undefined);
    await body.dump({ limit: 64 * 1024 });
    const passed = statusCode >= 200 && statusCode < 400;
    return passed
      ? result("L7OK", statusCode, "")
      : result("L7STS", statusCode, `${config.http.path} answered ${statusCode}`);
  } catch (error) {
    if (timeout.signal.aborted) {
      return result("L7TOUT", 0, `no answer within ${config.timeout} ms`);
    }
    const failure = error as NodeJS.ErrnoException;
    return result(classify(failure), 0, failure.message);
  } finally {
    timer.cancel();
    stop.removeEventListener("abort", abort);
    client.destroy().catch(() => undefined);
  }
}

function checkClient({ name, address, tls }: CheckTarget, timeoutMs: number): Client {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const scheme = tls === undefined ? "http" : "https";
  return new Client(`${scheme}://${host}:${address.port}`, {
    connect:
      tls === undefined ? { timeout: timeoutMs } : { ...tls, servername: name, timeout: timeoutMs },
    maxCachedSessions: 0,
  });
}

function hostHeader({ http }: CheckConfig): Record<string, string> {
  return http.host === undefined ? {} : { host: http.host };
}

function classify({ code = "" }: NodeJS.ErrnoException): CheckStatus {
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "L4TOUT";
  if (
    ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EADDRNOTAVAIL"].includes(code)
  ) {
    return "L4CON";
  }
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_|DEPTH_|SELF_SIGNED|EPROTO)/.test(code)) return "L6RSP";
  return "L7RSP";
}
