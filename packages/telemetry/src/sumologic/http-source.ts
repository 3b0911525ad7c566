// Makes one upload to a Sumo Logic HTTP source, and decides from the answer what happens to the batch. Sumo Logic
// docs: "Upload Logs/Metrics to an HTTP Source", "Troubleshooting HTTP Sources".
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Agent } from "undici";
import type { TelemetryClock, TierName } from "../options.ts";
import type { Batch, StreamName } from "./queue.ts";
import { retryAfter } from "./retry.ts";

/** The result of an upload. `retry`: another attempt may succeed. `rejected`: no attempt will succeed. */
export type Outcome =
  | { readonly kind: "sent" }
  | { readonly kind: "retry"; readonly why: string; readonly afterMs: number }
  | { readonly kind: "rejected"; readonly why: string };

export interface HttpSourceOptions {
  readonly url: URL;
  readonly category: string;
  readonly tier: TierName;
  readonly clock: TelemetryClock;
  readonly requestTimeoutMs: number;
}

const compress = promisify(gzip);

/** Posts batches to one source over one kept-alive connection. */
export class HttpSource {
  readonly #options: HttpSourceOptions;
  /** Loaded for the first upload: a process that ships nothing does not load undici, which takes 25 MB. */
  #agent: Agent | undefined = undefined;
  readonly #closing = new AbortController();

  constructor(options: HttpSourceOptions) {
    this.#options = options;
  }

  /** Sends `batch`. Never rejects. Call it again only after the last call has resolved. */
  async post(batch: Batch): Promise<Outcome> {
    const { url, clock, requestTimeoutMs } = this.#options;
    const timeout = new AbortController();
    const timer = clock.after(requestTimeoutMs, () => timeout.abort());
    try {
      const { Agent, request } = await import("undici");
      this.#agent ??= new Agent({ connections: 1, connect: { timeout: requestTimeoutMs } });
      const { statusCode, headers, body } = await request(url, {
        method: "POST",
        dispatcher: this.#agent,
        headers: headersOf(batch.stream, this.#options),
        body: await compress(batch.text),
        signal: AbortSignal.any([timeout.signal, this.#closing.signal]),
      });
      await body.dump({ limit: 64 * 1024 });
      return outcomeOf(statusCode, headers["retry-after"], clock.wall());
    } catch (error) {
      const why = timeout.signal.aborted ? `no answer in ${requestTimeoutMs} ms` : codeOf(error);
      return { kind: "retry", why, afterMs: 0 };
    } finally {
      timer.cancel();
    }
  }

  /** Aborts a running upload, whose result is then `retry`, and closes the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent?.destroy();
  }
}

function headersOf(
  stream: StreamName,
  { category, tier: { tier, box } }: HttpSourceOptions,
): Record<string, string> {
  const about = `tier=${tier},box=${box}`;
  const kind: Record<string, string> =
    stream === "metrics"
      ? { "content-type": "application/vnd.sumologic.prometheus", "x-sumo-dimensions": about }
      : { "content-type": "text/plain", "x-sumo-fields": about };
  return {
    ...kind,
    "content-encoding": "gzip",
    "x-sumo-category": `${category}/${tier}/${stream}`,
    "x-sumo-name": `${tier}-${box}.${stream}`,
    "x-sumo-host": box,
    "x-sumo-client": "tandem",
  };
}

function outcomeOf(
  status: number,
  retryField: string | string[] | undefined,
  wallMs: number,
): Outcome {
  const why = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent" };
  // 408: Sumo Logic took the batch but did not process it in time. 429: over the quota.
  if (status < 500 && status !== 408 && status !== 429) return { kind: "rejected", why };
  const field = Array.isArray(retryField) ? retryField[0] : retryField;
  return { kind: "retry", why, afterMs: retryAfter(field, wallMs) };
}

/** Returns only the code of an error, because its message may quote the secret URL. */
function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name ?? "unknown error";
}
