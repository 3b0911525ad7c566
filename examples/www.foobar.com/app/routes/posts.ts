// Routes for reading, searching and commenting.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { addComment, commentsOf } from "../data/comments.ts";
import { listPosts, searchPosts } from "../data/listing.ts";
import { postById } from "../data/posts.ts";
import { wordsOf } from "../data/search.ts";
import { check, commentForm, EMPTY, type Filled } from "../forms.ts";
import { homePage, searchPage } from "../pages/home.ts";
import { postPage } from "../pages/post.ts";
import { notFound, render } from "../render.ts";
import type { Site } from "../site.ts";
import { personOf, redirectWith, requirePerson } from "../visitor.ts";
import { unhurried } from "./limits.ts";
import { cursorParam, idParam } from "./params.ts";

const MOST_WORDS = 8;

export function addPostRoutes(app: FastifyInstance, site: Site): void {
  app.get("/", async (request, reply) => {
    const cursor = cursorParam(request);
    const list = await listPosts(site.database, cursor);
    if (cursor !== undefined && list.posts.length === 0) return notFound(reply);
    const title = list.newer === undefined ? "Newest posts" : "Older posts";
    return render(site, request, reply, { title, main: (view) => homePage(view, list) });
  });

  app.get("/search", async (request, reply) => {
    const { q } = request.query as { q?: unknown };
    const text = typeof q === "string" ? q.slice(0, 100).trim() : "";
    const words = wordsOf(text).slice(0, MOST_WORDS);
    const { database, databaseKind } = site;
    const list =
      text === ""
        ? undefined
        : await searchPosts(database, databaseKind, words, cursorParam(request));
    return render(site, request, reply, { title: "Search", main: (v) => searchPage(v, list) });
  });

  app.get("/posts/:id", (request, reply) => showPost(site, request, reply, EMPTY));

  app.post(
    "/posts/:id/comments",
    { ...unhurried(site), onRequest: requirePerson, preHandler: app.csrfProtection },
    async (request, reply) => {
      const checked = check(commentForm, request.body);
      if (checked.data === undefined) return showPost(site, request, reply, checked.filled, 422);
      const postId = idParam(request);
      if ((await postById(site.database, postId)) === undefined) return notFound(reply);
      const now = site.clock.wall();
      const personId = personOf(request).id;
      const id = await addComment(site.database, { postId, personId, now, ...checked.data });
      return redirectWith(reply, `/posts/${postId}#comment-${id}`, "commented");
    },
  );
}

async function showPost(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
  status = 200,
): Promise<FastifyReply> {
  const post = await postById(site.database, idParam(request));
  if (post === undefined) return notFound(reply);
  const comments = await commentsOf(site.database, post.id);
  const main = (view: Parameters<typeof postPage>[0]) => postPage(view, post, comments, filled);
  return render(site, request, reply, { title: post.title, status, main });
}
