// Turns errors into answers. The visitor gets a friendly page, and the log gets the whole error.
import { isDatabaseAway, isOutcomeUnknown } from "@tandem/appserver";
import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { type Kept, kept } from "./pages/kept.ts";
import { OUTCOME_UNKNOWN, troublePage, troubleTitle } from "./pages/trouble.ts";
import { render } from "./render.ts";
import type { Site } from "./site.ts";

const RETRY_SECONDS = "5";

/** Answers every error and every unknown address below `app` with a page. */
export function addErrorPages(app: FastifyInstance, site: Site): void {
  app.setNotFoundHandler((request, reply) =>
    render(site, request, reply, {
      title: troubleTitle(404),
      status: 404,
      main: () => troublePage(404, request.id),
    }),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = statusOf(error);
    if (status === 500) request.log.error({ err: error }, "request failed");
    const unknown = isOutcomeUnknown(error);
    if (status === 503) {
      request.log.warn({ err: error }, "cannot answer now");
      if (!unknown) reply.header("retry-after", RETRY_SECONDS);
    }
    const trouble = unknown ? OUTCOME_UNKNOWN : status;
    return render(site, request, reply, {
      title: troubleTitle(trouble),
      status,
      main: () => troublePage(trouble, request.id, typed(request, status)),
    });
  });
}

/**
 * Returns the texts that the visitor had typed, so that the page can show them again. A form that is sent again keeps
 * its nonce, so the form is stored only once.
 */
function typed(request: FastifyRequest, status: number): Kept | undefined {
  if (request.method !== "POST" || status === 404) return undefined;
  const chosen = request.upload === undefined ? "none" : "chosen";
  const picture = request.isMultipart() ? chosen : undefined;
  // 403 means a wrong token. Such a form may come from another site, so the page does not offer to send it again.
  return kept(request.url, request.body, { picture, again: status !== 403 });
}

function statusOf(error: FastifyError): number {
  if (error.statusCode === 503 || isDatabaseAway(error)) return 503;
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? status : 500;
}
