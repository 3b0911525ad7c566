// Reading, searching, writing and commenting.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { addComment, commentsOf } from "../data/comments.ts";
import { listPosts, searchPosts } from "../data/listing.ts";
import { postById } from "../data/posts.ts";
import { wordsOf } from "../data/search.ts";
import { addPost } from "../data/writing.ts";
import { check, commentForm, EMPTY, type Filled, postForm, refused } from "../forms.ts";
import { type Picture, readPicture } from "../image.ts";
import { homePage, searchPage } from "../pages/home.ts";
import { postPage, writePage } from "../pages/post.ts";
import { notFound, render } from "../render.ts";
import type { Site } from "../site.ts";
import { readUpload, type Upload } from "../upload.ts";
import { personOf, redirectWith, requirePerson } from "../visitor.ts";
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
    { ...busy(site), onRequest: requirePerson, preHandler: app.csrfProtection },
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

  addWriting(app, site);
}

/** Nobody writes that fast; a script that does is slowed down per address. */
function busy(site: Site) {
  return { config: { rateLimit: { max: site.attempts * 3, timeWindow: 60_000 } } };
}

function addWriting(app: FastifyInstance, site: Site): void {
  const show = (request: FastifyRequest, reply: FastifyReply, filled: Filled, status = 200) =>
    render(site, request, reply, {
      title: "Write a post",
      status,
      main: (view) => writePage(view, filled),
    });

  app.get("/write", { onRequest: requirePerson }, (request, reply) => show(request, reply, EMPTY));

  app.post(
    "/write",
    {
      ...busy(site),
      onRequest: requirePerson,
      preValidation: readUpload,
      preHandler: app.csrfProtection,
    },
    async (request, reply) => {
      const checked = check(postForm, request.body);
      if (checked.data === undefined) {
        const again = request.upload && { image: "Please choose the picture again." };
        const errors = { ...checked.filled.errors, ...again };
        return show(request, reply, refused(request.body, errors), 422);
      }
      const { picture, problem } = await pictureOf(request.upload);
      if (problem !== undefined)
        return show(request, reply, refused(request.body, { image: problem }), 422);
      const id = await addPost(site.database, {
        ...checked.data,
        ...{ personId: personOf(request).id, picture, now: site.clock.wall() },
      });
      return redirectWith(reply, `/posts/${id}`, "posted");
    },
  );
}

async function pictureOf(
  upload: Upload | undefined,
): Promise<{ readonly picture?: Picture; readonly problem?: string }> {
  if (upload === undefined) return {};
  if (upload.truncated) return { problem: "This picture is larger than 8 MB." };
  const picture = await readPicture(upload.data);
  return picture === undefined
    ? { problem: "This file is not a picture we can read." }
    : { picture };
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
