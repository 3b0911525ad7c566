// www.foobar.com: a small community site, rendered on the server, that exercises every tier of Tandem.
import { fastifyFormbody } from "@fastify/formbody";
import { fastifyMultipart } from "@fastify/multipart";
import { fastifyRateLimit } from "@fastify/rate-limit";
import type { Application } from "@tandem/appserver";
import type { Tables } from "./data/schema.ts";
import { addErrorPages } from "./errors.ts";
import { addAccountRoutes } from "./routes/accounts.ts";
import { addImageRoute } from "./routes/images.ts";
import { addPostRoutes } from "./routes/posts.ts";
import { addWritingRoutes } from "./routes/writing.ts";
import { addSecurityHeaders } from "./security.ts";
import { siteOf } from "./site.ts";
import { UPLOAD_LIMITS } from "./upload.ts";
import { addVisitors } from "./visitor.ts";

export { migrations } from "./data/migrations.ts";

// The seed draws pictures. A process that serves the site does not load what draws them.
export const seed: NonNullable<Application<Tables>["seed"]> = async (context) =>
  (await import("./seed/seed.ts")).seed(context);

export const app: NonNullable<Application<Tables>["app"]> = async (server, context) => {
  const site = siteOf(context);
  server.addHook("onClose", async () => site.pictures.close());
  addSecurityHeaders(server);
  await server.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    pages.decorateRequest("upload", undefined);
    await pages.register(fastifyFormbody);
    await pages.register(fastifyMultipart, { limits: UPLOAD_LIMITS, throwFileSizeLimit: false });
    await pages.register(fastifyRateLimit, { global: false, ipv6Subnet: 64 });
    await addVisitors(pages, site);
    addErrorPages(pages, site);
    addPostRoutes(pages, site);
    addWritingRoutes(pages, site);
    addAccountRoutes(pages, site);
  });
  await server.register((images) => addImageRoute(images, site));
};
