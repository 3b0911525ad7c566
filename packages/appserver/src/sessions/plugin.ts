// Sessions as a Fastify plugin. The prefix `__Host-` makes browsers accept the session cookie only over https, only for
// this host and only with path / (RFC 6265bis §4.1.3.2). The session store is read only for requests with a cookie that
// this site has signed.
import { fastifyCookie, Signer } from "@fastify/cookie";
import type { Clock } from "@tandem/transport";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { type Found, type SessionCookie, VisitorSession } from "./session.ts";
import { type SessionStore, SessionStoreError } from "./store.ts";

const CURRENT: unique symbol = Symbol("tandem.session");

declare module "fastify" {
  /** The fields of a session. The application declares its own fields by merging into this interface. */
  interface Session extends Pick<VisitorSession, "regenerate" | "save" | "destroy"> {}
  interface FastifyRequest {
    /**
     * The visitor's session; empty when the visitor has none. When the store did not answer, a request that only reads
     * (GET, HEAD, OPTIONS) gets an empty session. For any other request, reading this property throws
     * SessionStoreError. An empty session would make the visitor seem logged out, and the data that the visitor sent
     * would be lost.
     */
    readonly session: Session;
    /**
     * The error of the session store when it did not answer; undefined when it answered. With an error, the visitor is
     * unknown.
     */
    sessionError: SessionStoreError | undefined;
    [CURRENT]: VisitorSession | undefined;
  }
}

const COOKIE_NAME = "__Host-session";
const COOKIE = { path: "/", httpOnly: true, secure: true, sameSite: "lax" } as const;
/** Methods that change nothing (RFC 9110 §9.2.1). */
const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export interface PluginOptions {
  readonly store: SessionStore;
  readonly secret: string;
  readonly maxAge: number;
  readonly clock: Pick<Clock, "wall">;
}

export function sessionPlugin(options: PluginOptions): FastifyPluginAsync {
  const plugin = async (fastify: FastifyInstance): Promise<void> => {
    await fastify.register(fastifyCookie);
    addSessions(fastify, options);
  };
  // With the mark `skip-override` Fastify does not encapsulate the plugin. So the plugin's hooks apply to the scope in
  // which the application registers it.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true });
}

function addSessions(fastify: FastifyInstance, options: PluginOptions): void {
  const { store, clock } = options;
  const signer = new Signer(options.secret);
  const wall = () => clock.wall();
  fastify.decorateRequest(CURRENT, undefined);
  fastify.decorateRequest("sessionError", undefined);
  fastify.decorateRequest("session", {
    getter(this: FastifyRequest) {
      if (this.sessionError !== undefined && !READING.has(this.method)) throw this.sessionError;
      const session = this[CURRENT];
      if (session === undefined) throw new Error("a session was used before its cookie was read");
      return session;
    },
  });
  fastify.addHook("onRequest", async (request, reply) => {
    const found = await find(request, signer, store);
    const cookie = cookieOf(request, reply, signer, options);
    request[CURRENT] = new VisitorSession({ store, cookie, wall }, found);
  });
  fastify.addHook("onSend", async (request) => {
    await request[CURRENT]?.save();
  });
}

async function find(
  request: FastifyRequest,
  signer: Signer,
  store: SessionStore,
): Promise<Found | undefined> {
  const cookie = request.cookies[COOKIE_NAME];
  if (cookie === undefined) return undefined;
  const { valid, value: id } = signer.unsign(cookie);
  if (!valid) return undefined;
  try {
    const stored = await store.load(id);
    return stored && { id, stored };
  } catch (error) {
    if (!(error instanceof SessionStoreError)) throw error;
    request.sessionError = error;
    return { id, error };
  }
}

function cookieOf(
  request: FastifyRequest,
  reply: FastifyReply,
  signer: Signer,
  { maxAge, clock }: PluginOptions,
): SessionCookie {
  return {
    possible: request.protocol === "https",
    set(id, began) {
      const seconds = Math.floor((began + maxAge - clock.wall()) / 1000);
      reply.setCookie(COOKIE_NAME, signer.sign(id), { ...COOKIE, maxAge: seconds });
    },
    clear: () => void reply.clearCookie(COOKIE_NAME, COOKIE),
  };
}
