// A server on which a login holds for a whole connection, as on IIS, and visitors that log in.
import { Agent, type IncomingMessage, type RequestListener, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Socket } from "node:net";

interface Known {
  readonly number: number;
  /** Whether the server has sent its challenge, so that the next step can complete the login. */
  challenged: boolean;
  user: string;
}

export interface Logins {
  readonly listener: RequestListener;
  /** The connections in the order in which they were first used. */
  readonly sockets: readonly Socket[];
  /** A promise by path. A request for the path is answered only when the promise has resolved. */
  readonly held: Map<string, Promise<unknown>>;
}

/**
 * Makes the server's request handler. `/page` needs a login: `Authorization: NTLM hello`, then `NTLM <name>` on the
 * same connection; or only `Negotiate <name>`. Other paths need no login. The body of an answer is the number of the
 * connection, and the user that the server takes the client for.
 */
export function givenLogins(scheme = "NTLM"): Logins {
  const known = new Map<Socket, Known>();
  const sockets: Socket[] = [];
  const held = new Map<string, Promise<unknown>>();
  const meet = (socket: Socket): Known => {
    const met = known.get(socket) ?? {
      number: known.size + 1,
      challenged: false,
      user: "anonymous",
    };
    if (!known.has(socket)) sockets.push(socket);
    known.set(socket, met);
    return met;
  };
  const listener: RequestListener = async (asked, response) => {
    const { socket, headers, url = "" } = asked;
    asked.resume();
    const connection = meet(socket);
    const { challenged } = connection;
    const [how = "", token = ""] = (headers.authorization ?? "").split(" ");
    connection.challenged = how === "NTLM" && token === "hello";
    if ((how === "NTLM" && challenged) || how === "Negotiate") connection.user = token;
    await held.get(url);
    const { number, user } = connection;
    const body = `${number} ${user}`;
    const fields = { "Content-Length": body.length };
    const challenge = (...asks: string[]) =>
      response.writeHead(401, { ...fields, "WWW-Authenticate": asks });
    if (connection.challenged) challenge(`${scheme} bXkgdHVybg==`);
    else if (how === "NTLM" && !challenged) response.writeHead(400, fields);
    else if (url === "/page" && user === "anonymous") challenge("Basic realm=x", scheme);
    else response.writeHead(200, fields);
    response.end(body);
  };
  return { listener, sockets, held };
}

export interface Visitor extends Disposable {
  /**
   * Sends a request on the visitor's single connection. Resolves to the status and the body, such as `200 1 alice`.
   */
  ask(path: string, authorization?: string, method?: string): Promise<string>;
  /** Makes all steps of the login. Resolves to the last answer. */
  logIn(name: string): Promise<string>;
}

/** @param authority the authority to trust for TLS; absent = no TLS */
export function visitor(port: number, authority?: string): Visitor {
  const one = { keepAlive: true, maxSockets: 1 };
  const where = { port, host: "127.0.0.1" };
  const agent = authority === undefined ? new Agent(one) : new TlsAgent({ ...one, ca: authority });
  const ask: Visitor["ask"] = async (path, authorization, method = "GET") => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { ...where, agent, path, method, headers };
      const outgoing =
        authority === undefined
          ? request(options, resolve)
          : tlsRequest({ ...options, servername: "www.foobar.com" }, resolve);
      outgoing.on("error", reject).end();
    });
    let text = "";
    for await (const chunk of answer) text += chunk;
    return `${answer.statusCode} ${text}`;
  };
  return {
    ask,
    async logIn(name) {
      await ask("/page");
      await ask("/page", "NTLM hello");
      return await ask("/page", `NTLM ${name}`);
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
