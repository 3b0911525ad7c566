// Routes for writing, changing and deleting the visitor's own posts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Post, postById } from "../data/posts.ts";
import { addPost, deletePost, editPost } from "../data/writing.ts";
import { check, EMPTY, type Filled, postForm, refused } from "../forms.ts";
import { deletePage, editPage, writePage } from "../pages/write.ts";
import type { Picture, Refusal } from "../pictures/picture.ts";
import { notFound, render } from "../render.ts";
import type { Site } from "../site.ts";
import { readUpload, type Upload } from "../upload.ts";
import { personOf, redirectWith, requirePerson } from "../visitor.ts";
import { unhurried } from "./limits.ts";
import { idParam } from "./params.ts";

export function addWritingRoutes(app: FastifyInstance, site: Site): void {
  addWriting(app, site);
  addEditing(app, site);
  addDeleting(app, site);
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
    { ...ownForm(app, site), preValidation: readUpload },
    async (request, reply) => {
      const checked = check(postForm, request.body);
      if (checked.data === undefined) {
        const again = request.upload && { image: "Please choose the picture again." };
        const errors = { ...checked.filled.errors, ...again };
        return show(request, reply, refused(request.body, errors), 422);
      }
      const { picture, problem } = await pictureOf(site, request.upload);
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

const REFUSALS: Readonly<Record<Refusal, string>> = {
  unreadable: "This file is not a picture we can read.",
  "too many pixels":
    "This picture has too many pixels. JPEG and PNG may have 60 million (progressive and interlaced ones 30), other kinds 16 million.",
};

async function pictureOf(
  site: Site,
  upload: Upload | undefined,
): Promise<{ readonly picture?: Picture; readonly problem?: string }> {
  if (upload === undefined) return {};
  if (upload.truncated) return { problem: "This picture is larger than 8 MB." };
  const picture = await site.pictures.read(upload.data);
  return typeof picture === "string" ? { problem: REFUSALS[picture] } : { picture };
}

function addEditing(app: FastifyInstance, site: Site): void {
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    post: Post,
    filled: Filled,
    status = 200,
  ) =>
    render(site, request, reply, {
      title: "Edit your post",
      status,
      main: (view) => editPage(view, post, filled),
    });
  app.get("/posts/:id/edit", { onRequest: requirePerson }, async (request, reply) => {
    const post = await ownPost(site, request);
    if (post === undefined) return notFound(reply);
    const { title, body } = post;
    return show(request, reply, post, { values: { title, body }, errors: {} });
  });
  app.post("/posts/:id/edit", ownForm(app, site), async (request, reply) => {
    const post = await ownPost(site, request);
    if (post === undefined) return notFound(reply);
    const checked = check(postForm, request.body);
    if (checked.data === undefined) return show(request, reply, post, checked.filled, 422);
    const { title, body } = checked.data;
    const now = site.clock.wall();
    const personId = personOf(request).id;
    const done = await editPost(site.database, { id: post.id, personId, title, body, now });
    return done ? redirectWith(reply, `/posts/${post.id}`, "changed") : notFound(reply);
  });
}

function addDeleting(app: FastifyInstance, site: Site): void {
  app.get("/posts/:id/delete", { onRequest: requirePerson }, async (request, reply) => {
    const post = await ownPost(site, request);
    if (post === undefined) return notFound(reply);
    return render(site, request, reply, {
      title: "Delete your post",
      main: (view) => deletePage(view, post),
    });
  });
  app.post("/posts/:id/delete", ownForm(app, site), async (request, reply) => {
    const { id, name } = personOf(request);
    const done = await deletePost(site.database, idParam(request), id);
    return done ? redirectWith(reply, `/people/${name}`, "deleted") : notFound(reply);
  });
}

/**
 * Returns the post if the visitor wrote it. Undefined when another person wrote it or it does not exist, so both cases
 * get the same answer.
 */
async function ownPost(site: Site, request: FastifyRequest): Promise<Post | undefined> {
  const post = await postById(site.database, idParam(request));
  return post?.authorId === personOf(request).id ? post : undefined;
}

function ownForm(app: FastifyInstance, site: Site) {
  return { ...unhurried(site), onRequest: requirePerson, preHandler: app.csrfProtection };
}
