// HTTP/2: a session with several requests at once, pages and forms. A request is sent again only where the protocol
// says that it was not processed.
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import type { Box } from "../site/config.ts";
import { type ClientOptions, NAME, NotAccepted, otherBox, patient } from "./client.ts";
import { reasonOf } from "./counts.ts";
import { Inbox } from "./inbox.ts";

/** How many requests a session has under way at once. */
const STREAMS = 4;
const PAUSE_MS = 100;
const STREAM_MESSAGES = 8;
const STREAM_PAUSE_MS = 100;

export class Http2Client {
  readonly #options: ClientOptions & { readonly name: string };
  #box: Box;
  #session: Promise<ClientHttp2Session> | undefined = undefined;
  #sent = 0;
  /** The ids of the notes that were answered. */
  readonly notes: string[] = [];

  constructor(options: ClientOptions & { readonly name: string }) {
    this.#options = options;
    this.#box = options.box;
  }

  async visit(): Promise<string[]> {
    const { over } = this.#options;
    while (!over.aborted) {
      await Promise.all(Array.from({ length: STREAMS }, () => this.#once()));
      await sleep(PAUSE_MS);
    }
    await this.#close();
    return this.notes;
  }

  /** Sends messages on one long stream after the other, each message when the one before it has come back. */
  async converse(): Promise<void> {
    const { over, counts } = this.#options;
    while (!over.aborted) {
      try {
        await this.#again((session) => conversation(session, () => (counts.answered += 1)));
      } catch (error) {
        counts.failed.push(`stream: ${reasonOf(error)}`);
        await sleep(PAUSE_MS);
      }
    }
    await this.#close();
  }

  async #once(): Promise<void> {
    const { counts, name } = this.#options;
    this.#sent += 1;
    const id = `${name}-${this.#sent}`;
    const post = this.#sent % 2 === 0;
    try {
      const { status, body, why } = await this.#again((session) =>
        post ? ask(session, "POST", "/note", JSON.stringify({ id })) : ask(session, "GET", "/page"),
      );
      if (status !== 200 || body !== (post ? id : "page")) throw new Error(`${status} ${why}`);
      counts.answered += 1;
      if (post) this.notes.push(id);
    } catch (error) {
      counts.failed.push(`${post ? "POST" : "GET"}: ${reasonOf(error)}`);
      await sleep(PAUSE_MS);
    }
  }

  /** Does something on the session; on another one when the first does not take it. */
  async #again<T>(use: (session: ClientHttp2Session) => Promise<T>): Promise<T> {
    const { counts } = this.#options;
    for (let refused = 0; ; ) {
      const opening = this.#open();
      const session = await opening;
      if (session.closed || session.destroyed) {
        // Another request may have begun to open the next one.
        if (this.#session === opening) this.#session = undefined;
        continue;
      }
      try {
        return await use(session);
      } catch (error) {
        if (!unprocessed(error) || ++refused > 5) throw error;
        if (!(error instanceof SessionOver)) counts.retried += 1;
      }
    }
  }

  /** Returns the open session, or opens one: at the other box when the first one accepts none. */
  #open(): Promise<ClientHttp2Session> {
    this.#session ??= this.#connect().catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  async #connect(): Promise<ClientHttp2Session> {
    const { site, ca, counts } = this.#options;
    try {
      return await session(site.ports[this.#box].balancer, ca);
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      counts.moved += 1;
      this.#box = otherBox(this.#box);
      return session(site.ports[this.#box].balancer, ca);
    }
  }

  async #close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    session?.close();
  }
}

async function session(port: number, ca: string): Promise<ClientHttp2Session> {
  const opened = connect(`https://127.0.0.1:${port}`, { ca, servername: NAME });
  try {
    await patient(once(opened, "connect"), "connection");
  } catch (error) {
    opened.destroy();
    throw new NotAccepted(reasonOf(error), { cause: error });
  }
  opened.on("error", () => undefined); // each stream gets the error too
  return opened;
}

/** The session ended before the request began, so nothing of it was sent. */
class SessionOver extends Error {}

/** Whether the request that failed with `error` was not processed, as RFC 9113 §8.7 has it. */
function unprocessed(error: unknown): boolean {
  if (error instanceof SessionOver) return true;
  return error instanceof Refused;
}

/** The stream was refused: by REFUSED_STREAM, or because it is above the last one of a GOAWAY. */
class Refused extends Error {}

function begin(session: ClientHttp2Session, method: string, path: string): ClientHttp2Stream {
  if (session.closed || session.destroyed) throw new SessionOver("the session is closing");
  return session.request(
    { ":method": method, ":path": path, ":authority": NAME, "content-type": "application/json" },
    { endStream: method === "GET" },
  );
}

/** Rejects when the stream fails. */
function failure(stream: ClientHttp2Stream): Promise<never> {
  return new Promise((_, reject) => {
    stream.once("error", (error) => {
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      reject(refused ? new Refused(error.message) : error);
    });
    stream.once("aborted", () => reject(new Error("the stream was aborted")));
    stream.once("close", () => reject(new Error(`the stream closed with ${stream.rstCode}`)));
  });
}

async function ask(session: ClientHttp2Session, method: string, path: string, sent = "") {
  const stream = begin(session, method, path);
  const failed = failure(stream);
  failed.catch(() => undefined);
  let status = 0;
  let body = "";
  let why = "";
  stream.once("response", (fields) => {
    status = Number(fields[":status"]);
    why = `${fields["proxy-status"] ?? "by the application"}`;
  });
  stream.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  const ended = once(stream, "end");
  if (method !== "GET") stream.end(sent);
  await patient(Promise.race([ended, failed]), "answer");
  return { status, body, why };
}

async function conversation(session: ClientHttp2Session, echoed: () => void): Promise<void> {
  const stream = begin(session, "POST", "/echo/stream");
  const failed = failure(stream);
  failed.catch(() => undefined);
  const inbox = new Inbox();
  const ended = once(stream.on("data", inbox.put), "end");
  ended.catch(() => undefined);
  for (let count = 0; count < STREAM_MESSAGES; count += 1) {
    const message = Buffer.from(`message ${count} of a stream;`);
    stream.write(message);
    const echo = await patient(inbox.take(message.length, failed), "echo");
    if (!echo.equals(message)) throw new Error(`'${echo}' came back for '${message}'`);
    echoed();
    await sleep(STREAM_PAUSE_MS);
  }
  stream.end();
  await patient(Promise.race([ended, failed]), "end");
}
