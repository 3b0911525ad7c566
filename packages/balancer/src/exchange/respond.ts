// Our own answers: error pages, and the answer to OPTIONS. These answers name the tier that answers (Proxy-Status,
// RFC 9209). So an operator does not look in the application for an error of the balancer.
import { Fields, httpDate, reasonPhrase } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { Clock } from "@tandem/transport";
import type { EditResponse } from "./edit-response.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "./proxy-error.ts";

const RETRY_AFTER_SECONDS = "2";

/** The request methods that are forwarded. */
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

function page(status: number, words: string): Buffer {
  return Buffer.from(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${status} ${reasonPhrase(status)}</title>` +
      `<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem;color-scheme:light dark}</style>` +
      `<h1>${status} ${reasonPhrase(status)}</h1><p>${words}</p></html>\n`,
  );
}

const WORDS: Readonly<Record<number, string>> = {
  400: "The request could not be understood.",
  404: "There is nothing at this address.",
  421: "This server is not that of the site you asked for.",
  405: "This method is not allowed here.",
  500: "Something went wrong on the way to the server behind this site.",
  502: "The server behind this site failed to answer. Please try again.",
  503: "The site has no server free at the moment. Please try again in a few seconds.",
  504: "The server behind this site took too long to answer. Please try again.",
  505: "This is a call of gRPC, which needs HTTP/2.",
};

export function respondError(
  exchange: Exchange,
  code: ProxyErrorCode,
  via: string,
  clock: Clock,
  edit?: EditResponse,
): void {
  const { status, proxyStatus } = PROXY_ERRORS[code];
  if (status === 400) exchange.endConnection(); // after a malformed request, the next bytes cannot be trusted
  const fields = new Fields();
  fields.add("Date", httpDate(clock.wall()));
  fields.add("Content-Type", "text/html; charset=utf-8");
  fields.add("Cache-Control", "no-store");
  fields.add("Proxy-Status", `${via}; error=${proxyStatus}`);
  if (status === 503) fields.add("Retry-After", RETRY_AFTER_SECONDS);
  if (status === 405) fields.add("Allow", METHODS);
  edit?.(fields, status, false); // when the edit fails, the page goes out as it is
  exchange.answer(status, reasonPhrase(status), fields, page(status, WORDS[status] ?? ""));
}

/**
 * Answers an OPTIONS request that must not be forwarded any further (RFC 9110 §9.3.7). When `edit` fails, nothing is
 * answered, and the words of the fault for the log are returned.
 */
export function respondOptions(
  exchange: Exchange,
  clock: Clock,
  edit?: EditResponse,
): string | undefined {
  const fields = new Fields();
  fields.add("Date", httpDate(clock.wall()));
  fields.add("Allow", METHODS);
  const fault = edit?.(fields, 204, false)?.fault;
  if (fault !== undefined) return fault;
  exchange.answer(204, reasonPhrase(204), fields, Buffer.alloc(0));
  return undefined;
}
