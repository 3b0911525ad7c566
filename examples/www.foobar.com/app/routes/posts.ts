// Reading, searching, writing and commenting.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { addComment, commentsOf } from "../data/comments.ts";
import { addImage } from "../data/images.ts";
import { addPost, listPosts, postById } from "../data/posts.ts";
import { check, commentForm, EMPTY, type Filled, postForm, refused } from "../forms.ts";
import { readPicture } from "../image.ts";
import { homePage, searchPage } from "../pages/home.ts";
import { postPage, writePage } from "../pages/post.ts";
import { notFound, render } from "../render.ts";
import type { Site } from "../site.ts";
import { readUpload, type Upload } from "../upload.ts";
import { personOf, redirectWith, requirePerson } from "../visitor.ts";
import { idParam, pageParam } from "./params.ts";

const MOST_WORDS = 8;

export function addPostRoutes(app: FastifyInstance, site: Site): void {
  app.get("/", async (request, reply) => {
    const list = await listPosts(site.database, pageParam(request));
    if (list.page > list.pages) return notFound(reply);
    return render(site, request, reply, { title: "Newest posts", main: (v) => homePage(v, list) });
  });

  app.get("/search", async (request, reply) => {
    const { q } = request.query as { q?: unknown };
    const words = typeof q === "string" ? q.slice(0, 100).trim().split(/\s+/) : [];
    const wanted = words.filter((word) => word !== "").slice(0, MOST_WORDS);
    const list =
      wanted.length === 0
        ? undefined
        : await listPosts(site.database, pageParam(request), { words: wanted });
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
      const { imageHash, problem } = await storePicture(site, request.upload);
      if (checked.data === undefined || problem !== undefined) {
        const errors = checked.data === undefined ? checked.filled.errors : {};
        const image = problem ?? (request.upload && "Please choose the picture again.");
        const all = image === undefined ? errors : { ...errors, image };
        return show(request, reply, refused(request.body, all), 422);
      }
      const id = await addPost(site.database, {
        ...checked.data,
        ...{ personId: personOf(request).id, imageHash, now: site.clock.wall() },
      });
      return redirectWith(reply, `/posts/${id}`, "posted");
    },
  );
}

async function storePicture(
  site: Site,
  upload: Upload | undefined,
): Promise<{ readonly imageHash?: string | undefined; readonly problem?: string }> {
  if (upload === undefined) return {};
  if (upload.truncated) return { problem: "This picture is larger than 8 MB." };
  const picture = await readPicture(upload.data);
  if (picture === undefined) return { problem: "This file is not a picture we can read." };
  await addImage(site.database, picture, site.clock.wall());
  return { imageHash: picture.hash };
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
