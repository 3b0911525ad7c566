// Finds the visitor of a request. Sets up sessions, the log-in, protection of forms against forgery (CSRF), and notices
// that are shown after a redirect.
import { fastifyCsrfProtection } from "@fastify/csrf-protection";
import { isDatabaseAway } from "@tandem/appserver";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Person, personById } from "./data/people.ts";
import type { Site } from "./site.ts";

declare module "fastify" {
  interface Session {
    personId?: number;
  }
  interface FastifyRequest {
    /** The person who is logged in; undefined when the visitor is not logged in. */
    person: Person | undefined;
    /**
     * The reason why `person` is undefined: the error of the session store or the database, or
     * LoggedOutError for a form that was sent without a log-in. Undefined when there is no such
     * reason.
     */
    unknown: unknown;
  }
}

const COOKIE = { path: "/", httpOnly: true, secure: true, sameSite: "lax" } as const;

/** Registers cookies, sessions and form tokens for the routes of `app`. */
export async function addVisitors(app: FastifyInstance, site: Site): Promise<void> {
  await app.register(site.sessions);
  app.decorateRequest("person", undefined);
  app.decorateRequest("unknown", undefined);
  app.addHook("onRequest", (request) => recognise(request, site));
  // This hook throws only after the body has been read, so that the error page can show the visitor's text again.
  app.addHook("preHandler", async (request) => {
    if (request.unknown !== undefined && request.method === "POST") throw request.unknown;
  });
  // The secret of form tokens is in a cookie, so reading a page with a form needs no session. A
  // token is bound to the person who is logged in, so a token from before the log-in is invalid
  // after it.
  await app.register(fastifyCsrfProtection, {
    cookieKey: "__Host-form",
    cookieOpts: COOKIE,
    csrfOpts: { hmacKey: site.secret("forms"), userInfo: true },
    getUserInfo: owner,
  });
}

/**
 * Finds the person who is logged in. When the session store or the database is away, visitors who only read are
 * treated as not logged in.
 */
async function recognise(request: FastifyRequest, site: Site): Promise<void> {
  request.unknown = request.sessionError;
  if (request.unknown !== undefined) return;
  const { personId } = request.session;
  if (personId === undefined) return;
  try {
    request.person = await personById(site.database, personId);
  } catch (error) {
    // Only "the database is away" may be hidden from the visitor. Any other error is a bug and is thrown.
    if (!isDatabaseAway(error)) throw error;
    request.unknown = error;
  }
}

/** Returns a token for the forms of one page. */
export function formToken(request: FastifyRequest, reply: FastifyReply): string {
  return reply.generateCsrf({ userInfo: owner(request) });
}

function owner(request: FastifyRequest): string {
  return `${request.person?.id ?? "visitor"}`;
}

/**
 * Begins a new session for `personId`. Rejects when the session cannot be stored, because then the log-in has no
 * effect.
 */
export async function logIn(request: FastifyRequest, personId: number): Promise<void> {
  await request.session.regenerate();
  request.session.personId = personId;
  await request.session.save();
}

const NOTICES = {
  welcome: "Welcome! You are signed up and logged in.",
  "logged-in": "Good to see you again.",
  "logged-out": "You are logged out. See you soon.",
  posted: "Your post is published.",
  commented: "Your comment is published.",
  changed: "Your post is changed.",
  deleted: "Your post is deleted.",
  saved: "Your profile is saved.",
} as const;
const NOTICE_COOKIE = "__Host-notice";
const NOTICE_SECONDS = 60;

/** Redirects the visitor to `path`, where `notice` is shown once. */
export function redirectWith(
  reply: FastifyReply,
  path: string,
  notice: keyof typeof NOTICES,
): FastifyReply {
  reply.setCookie(NOTICE_COOKIE, notice, { ...COOKIE, maxAge: NOTICE_SECONDS });
  return reply.redirect(path, 303);
}

/** Returns the notice for this page, if there is one, and removes it, so that it is shown once only. */
export function takeNotice(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const key = request.cookies[NOTICE_COOKIE];
  if (key === undefined) return undefined;
  reply.clearCookie(NOTICE_COOKIE, COOKIE);
  return Object.hasOwn(NOTICES, key) ? NOTICES[key as keyof typeof NOTICES] : undefined;
}

/**
 * Returns the path to visit after logging in. `path` comes from a link that anyone may have written. So anything other
 * than a path of this site becomes `/`.
 */
export function safePath(path: unknown): string {
  return typeof path === "string" && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,200}$/.test(path)
    ? path
    : "/";
}

/** Whether it is unknown who the visitor is, because the session store or the database cannot be reached. */
export function isUnknown({ unknown }: FastifyRequest): boolean {
  return unknown !== undefined && !(unknown instanceof LoggedOutError);
}

/** The error when a visitor sends a form without being logged in, for example because the log-in has ended. */
class LoggedOutError extends Error {
  readonly statusCode = 401;
}

/**
 * Sends visitors who are not logged in to the log-in page. The body of a form is read before that, so that its text can
 * be shown again.
 */
export async function requirePerson(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (request.person !== undefined) return undefined;
  const reason = request.unknown ?? new LoggedOutError("the visitor is not logged in");
  if (request.method === "POST") {
    request.unknown = reason;
    return undefined;
  }
  if (request.unknown !== undefined) throw reason;
  return reply.redirect(`/log-in?next=${encodeURIComponent(safePath(request.url))}`, 303);
}

/** Returns the person that `requirePerson` found for this request. */
export function personOf(request: FastifyRequest): Person {
  if (request.person === undefined) throw new Error("this route lacks requirePerson");
  return request.person;
}
