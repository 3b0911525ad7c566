// A visitor of a site. It sends requests one after the other on a kept connection, GETs and POSTs
// in turn. When a balancer accepts no connection, the request goes to the other balancer, as a
// browser does when a name has two addresses. A request that fails in any other way is not tried
// again, and counts as failed.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { BOXES, type Box } from "./config.ts";
import type { Site } from "./site.ts";

export interface VisitorOptions {
  readonly site: Site;
  readonly name: string;
  /**
   * The time between two requests. It must be below 1 s, because a balancer that is being stopped
   * may close a connection that has been idle for longer, and a POST on it would be lost.
   */
  readonly pauseMs: number;
  /** Whether each request has a connection of its own. */
  readonly fresh?: boolean;
}

const ANSWER_MS = 15_000;

export class Visitor {
  readonly #options: VisitorOptions;
  readonly #agent: HttpAgent;
  #box: Box;
  #sent = 0;
  gets = 0;
  /** The ids of the notes whose POSTs were answered. */
  readonly notes: string[] = [];
  /** How many requests got no connection and went to the other balancer. */
  moved = 0;
  readonly failed: string[] = [];

  constructor(options: VisitorOptions, box: Box) {
    const { authority: ca } = options.site;
    this.#options = options;
    this.#box = box;
    const kept = { keepAlive: options.fresh !== true, maxSockets: 1 };
    this.#agent = ca === undefined ? new HttpAgent(kept) : new HttpsAgent({ ...kept, ca });
  }

  /** Sends requests until `over` is aborted. */
  async visit(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.#once();
      await sleep(this.#options.pauseMs);
    }
    this.#agent.destroy();
  }

  /** Sends one GET and returns its status; 0 when no answer came. */
  async statusOf(path: string): Promise<number> {
    const answer = await this.#ask("GET", path).catch(() => undefined);
    return answer?.status ?? 0;
  }

  /** Returns the ids of all notes that the site has stored. */
  async kept(): Promise<readonly string[]> {
    const { body } = await this.#ask("GET", "/notes");
    this.#agent.destroy();
    return JSON.parse(body) as string[];
  }

  async #once(): Promise<void> {
    this.#sent += 1;
    const id = `${this.#options.name}-${this.#sent}`;
    const post = this.#sent % 2 === 0;
    try {
      const { status, body, why } = await (post
        ? this.#ask("POST", "/note", JSON.stringify({ id }))
        : this.#ask("GET", "/page"));
      if (status !== 200 || body !== (post ? id : "page"))
        this.failed.push(`${post ? "POST" : "GET"}: ${status} ${why}`);
      else if (post) this.notes.push(id);
      else this.gets += 1;
    } catch (error) {
      this.failed.push(
        `${post ? "POST" : "GET"}: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  /** Sends a request to one balancer, and to the other one when the first does not accept a connection. */
  async #ask(method: string, path: string, body = ""): Promise<Answer> {
    try {
      return await this.#send(method, path, body);
    } catch (error) {
      if (!(error instanceof NeverSent)) throw error;
      this.moved += 1;
      this.#box = BOXES.find((box) => box !== this.#box) ?? "box1";
      return this.#send(method, path, body);
    }
  }

  #send(method: string, path: string, body: string): Promise<Answer> {
    const { site } = this.#options;
    const fields = body === "" ? {} : { "content-type": "application/json" };
    return new Promise((resolve, reject) => {
      const outgoing = (site.tls ? httpsRequest : httpRequest)({
        ...{ host: "127.0.0.1", port: site.ports[this.#box].balancer, method, path },
        agent: this.#agent,
        ...(site.tls ? { servername: "soak.test" } : {}),
        headers: { host: "soak.test", "content-length": Buffer.byteLength(body), ...fields },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      outgoing.on("response", (incoming) => void collect(incoming).then(resolve, reject));
      let open = false;
      outgoing.on("socket", (socket) => {
        open = outgoing.reusedSocket;
        if (!open) socket.once(site.tls ? "secureConnect" : "connect", () => (open = true));
      });
      outgoing.on("error", (error) =>
        reject(open ? error : new NeverSent(error.message, { cause: error })),
      );
      outgoing.end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** The field Proxy-Status, by which a proxy says why it gave the answer itself (RFC 9209). */
  readonly why: string;
}

async function collect(incoming: IncomingMessage): Promise<Answer> {
  let body = "";
  for await (const chunk of incoming) body += chunk;
  const why = incoming.headers["proxy-status"] ?? "by the application";
  return { status: incoming.statusCode ?? 0, body, why: `${why}` };
}

/** The request was never sent: no balancer listened, or the connection ended within its TLS handshake. */
class NeverSent extends Error {}
