// Sends the content of a page as an answer, within the layout of the site.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Html } from "./html.ts";
import { layout } from "./pages/layout.ts";
import type { View } from "./pages/view.ts";
import type { Site } from "./site.ts";
import { formToken, isUnknown, takeNotice } from "./visitor.ts";

export interface Page {
  readonly title: string;
  readonly status?: number;
  main(view: View): Html;
}

/** Sends `page` to the visitor behind `request`. */
export function render(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
): FastifyReply {
  let token: string | undefined;
  const view: View = {
    assets: site.assets,
    servedBy: site.servedBy,
    now: site.clock.wall(),
    path: request.url,
    query: queryOf(request),
    person: request.person,
    unknown: request.person === undefined && isUnknown(request),
    notice: takeNotice(request, reply),
    // Only forms call this function, so a page without a form sets no cookie.
    token() {
      token ??= formToken(request, reply);
      return token;
    },
  };
  return reply
    .code(page.status ?? 200)
    .header("cache-control", "private, no-cache")
    .type("text/html; charset=utf-8")
    .send(layout(view, page.title, page.main(view)).toString());
}

/** Answers with the page for unknown addresses. */
export function notFound(reply: FastifyReply): FastifyReply {
  reply.callNotFound();
  return reply;
}

function queryOf(request: FastifyRequest): string {
  const { q } = (request.query ?? {}) as { q?: unknown };
  return typeof q === "string" ? q.slice(0, 100) : "";
}
