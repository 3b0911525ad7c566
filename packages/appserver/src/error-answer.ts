// The answer to a visitor when the application throws an error that it does not handle itself. The answer says that
// the request failed, and gives the request's id. It does not contain the error's message, because the message may
// hold SQL, paths or passwords. The message goes to the log, without secrets.
import { STATUS_CODES } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isOutcomeUnknown } from "./database/outcome.ts";
import { isDatabaseAway } from "./database/unavailable.ts";

const RETRY_SECONDS = "5";

/**
 * Sets the error handler. An application may set a handler of its own. An error that the application's handler throws
 * comes to this handler.
 */
export function addErrorAnswer(server: FastifyInstance): void {
  server.setErrorHandler((error: unknown, request, reply) => {
    const status = statusOf(error);
    // The message of an error with a 4xx status is written for the visitor, so it is shown.
    if (status < 500 && error instanceof Error)
      return reply.code(status).send(answer(status, error.message));
    request.log.error(
      { err: error, method: request.method, url: pathOf(request) },
      "request failed",
    );
    const unknown = isOutcomeUnknown(error);
    // The answer has no Retry-After when a change may have been made. A program that follows Retry-After would make the
    // change again.
    if (status === 503 && !unknown) reply.header("retry-after", RETRY_SECONDS);
    reply.code(status).header("cache-control", "no-store");
    return asksForHtml(request)
      ? sendPage(reply, status, { id: request.id, advice: adviceFor(status, unknown) })
      : reply.send({ ...answer(status), requestId: request.id });
  });
}

/**
 * Answers a request whose URL Fastify cannot route, because it is badly encoded or has a part that is too long for any
 * route. No route, hook or error handler of the application sees such a request.
 */
export function answerBadAddress(
  status: number,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.code(status).header("cache-control", "no-store");
  return asksForHtml(request)
    ? sendPage(reply, status, { id: request.id, advice: "There is nothing at its address." })
    : reply.send({ ...answer(status), requestId: request.id });
}

function statusOf(error: unknown): number {
  if (isDatabaseAway(error)) return 503;
  const { statusCode } = (typeof error === "object" && error !== null ? error : {}) as {
    readonly statusCode?: unknown;
  };
  const known = typeof statusCode === "number" && statusCode >= 400 && statusCode <= 599;
  return known ? statusCode : 500;
}

function answer(statusCode: number, message?: string) {
  const error = STATUS_CODES[statusCode] ?? "Error";
  return { statusCode, error, ...(message === undefined ? {} : { message }) };
}

function asksForHtml({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes("text/html") === true;
}

/** Returns the path without its query, because the query may hold the fields of a form. */
function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0] ?? "/";
}

function adviceFor(status: number, unknown: boolean): string {
  if (unknown)
    return "It may have been carried out all the same: please check before you repeat it.";
  return status === 503 ? "Please try again shortly." : "The error has been logged.";
}

function sendPage(
  reply: FastifyReply,
  status: number,
  { id, advice }: { readonly id: string; readonly advice: string },
): FastifyReply {
  const reason = STATUS_CODES[status] ?? "Error";
  return reply
    .header("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
    .type("text/html; charset=utf-8")
    .send(
      `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${reason}</title>\n<h1>${reason}</h1>\n<p>The site could not answer this request. ${advice}</p>\n<p>Request <code>${id}</code></p>\n</html>\n`,
    );
}
