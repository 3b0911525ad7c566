// Serves pictures from the database. The bytes behind a name never change, so browsers keep them for ever.
import { isDatabaseAway } from "@tandem/appserver";
import type { FastifyInstance, FastifyReply } from "fastify";
import { imageData } from "../data/images.ts";
import type { Site } from "../site.ts";

/** Adds the route /images/. Register it in a scope of its own: it uses no sessions, and its errors are plain text. */
export async function addImageRoute(app: FastifyInstance, site: Site): Promise<void> {
  app.setErrorHandler((error, request, reply) => {
    const away = isDatabaseAway(error);
    if (!away) request.log.error({ err: error }, "request failed");
    if (away) reply.header("retry-after", "5");
    return reply
      .code(away ? 503 : 500)
      .type("text/plain")
      .send("This picture cannot be shown just now.\n");
  });
  app.get("/images/:file", async (request, reply) => {
    const { file } = request.params as { file: string };
    const hash = /^([0-9a-f]{64})\.webp$/.exec(file)?.[1];
    if (hash === undefined) return missing(reply);
    const etag = `"${hash}"`;
    const data = request.headers["if-none-match"]?.includes(etag)
      ? null
      : await imageData(site.database, hash);
    if (data === undefined) return missing(reply);
    reply.header("etag", etag).header("cache-control", "public, max-age=31536000, immutable");
    return data === null ? reply.code(304).send() : reply.type("image/webp").send(data);
  });
}

function missing(reply: FastifyReply): FastifyReply {
  return reply.code(404).type("text/plain").send("There is no such picture.\n");
}
