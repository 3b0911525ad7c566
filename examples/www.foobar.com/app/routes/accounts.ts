// Routes for signing up, logging in and out, and profiles.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { listPosts } from "../data/listing.ts";
import { addPerson, credentials, personByName, setAbout } from "../data/people.ts";
import { countPosts } from "../data/posts.ts";
import { aboutForm, check, EMPTY, type Filled, logInForm, refused, signUpForm } from "../forms.ts";
import { logInPage, profilePage, settingsPage, signUpPage } from "../pages/account.ts";
import { hashPassword, verifyPassword } from "../password.ts";
import { notFound, render } from "../render.ts";
import type { Site } from "../site.ts";
import { logIn, personOf, redirectWith, requirePerson, safePath } from "../visitor.ts";
import { guarded } from "./limits.ts";
import { cursorParam } from "./params.ts";

type Show = (
  request: FastifyRequest,
  reply: FastifyReply,
  filled: Filled,
  status?: number,
) => FastifyReply;

export function addAccountRoutes(app: FastifyInstance, site: Site): void {
  addSignUp(app, site);
  addLogIn(app, site);
  addProfiles(app, site);
  app.post("/log-out", { preHandler: app.csrfProtection }, async (request, reply) => {
    await request.session.destroy();
    return redirectWith(reply, "/", "logged-out");
  });
}

function addSignUp(app: FastifyInstance, site: Site): void {
  const show: Show = (request, reply, filled, status = 200) =>
    render(site, request, reply, {
      title: "Sign up",
      status,
      main: (view) => signUpPage(view, filled, nextOf(request)),
    });
  app.get("/sign-up", (request, reply) => show(request, reply, EMPTY));
  app.post(
    "/sign-up",
    { ...guarded(site), preHandler: app.csrfProtection },
    async (request, reply) => {
      const checked = check(signUpForm, request.body);
      if (checked.data === undefined) return show(request, reply, checked.filled, 422);
      const { name } = checked.data;
      const password = await hashPassword(checked.data.password);
      const id = await addPerson(site.database, { name, password, now: site.clock.wall() });
      if (id === undefined) {
        return show(request, reply, refused(request.body, { name: "This name is taken." }), 422);
      }
      await logIn(request, id);
      return redirectWith(reply, nextOf(request), "welcome");
    },
  );
}

function addLogIn(app: FastifyInstance, site: Site): void {
  const show: Show = (request, reply, filled, status = 200) =>
    render(site, request, reply, {
      title: "Log in",
      status,
      main: (view) => logInPage(view, filled, nextOf(request)),
    });
  app.get("/log-in", (request, reply) => show(request, reply, EMPTY));
  app.post(
    "/log-in",
    { ...guarded(site), preHandler: app.csrfProtection },
    async (request, reply) => {
      const checked = check(logInForm, request.body);
      if (checked.data === undefined) return show(request, reply, checked.filled, 422);
      const { name, password } = checked.data;
      const person = await credentials(site.database, name);
      const right = await verifyPassword(password, person?.password);
      if (person === undefined || !right) {
        const errors = { form: "This name and password do not belong together." };
        return show(request, reply, refused(request.body, errors), 422);
      }
      await logIn(request, person.id);
      return redirectWith(reply, nextOf(request), "logged-in");
    },
  );
}

function addProfiles(app: FastifyInstance, site: Site): void {
  app.get("/people/:name", async (request, reply) => {
    const { name } = request.params as { name: string };
    const person = await personByName(site.database, name);
    if (person === undefined) return notFound(reply);
    const [posts, list] = await Promise.all([
      countPosts(site.database, person.id),
      listPosts(site.database, cursorParam(request), person.id),
    ]);
    return render(site, request, reply, {
      title: person.name,
      main: (view) => profilePage(view, person, posts, list),
    });
  });
  const show: Show = (request, reply, filled, status = 200) =>
    render(site, request, reply, {
      title: "Your profile",
      status,
      main: (view) => settingsPage(view, filled),
    });
  app.get("/settings", { onRequest: requirePerson }, (request, reply) =>
    show(request, reply, { values: { about: personOf(request).about }, errors: {} }),
  );
  const protectedBy = { onRequest: requirePerson, preHandler: app.csrfProtection };
  app.post("/settings", protectedBy, async (request, reply) => {
    const checked = check(aboutForm, request.body);
    if (checked.data === undefined) return show(request, reply, checked.filled, 422);
    const { id, name } = personOf(request);
    await setAbout(site.database, id, checked.data.about);
    return redirectWith(reply, `/people/${name}`, "saved");
  });
}

function nextOf(request: FastifyRequest): string {
  const { next } = { ...(request.query as object), ...(request.body as object | undefined) } as {
    next?: unknown;
  };
  return safePath(next);
}
