// A server that expects a PROXY header at the beginning of each connection, as the servers of a backend with `sendProxy`
// do. Headers are read here by the text of the protocol (haproxy.org, doc/proxy-protocol.txt), not by Tandem's code.
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { until } from "./given.ts";

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** A header as the server received it. */
export interface SeenHeader {
  /** The line of version 1 without its end; in version 2 `LOCAL`, `UNSPEC`, or both addresses and ports. */
  readonly text: string;
  /** The values after the addresses of version 2, by the number of their type. */
  readonly tlvs: ReadonlyMap<number, Buffer>;
}

export interface AnnouncedServer extends AsyncDisposable {
  readonly port: number;
  /** The headers so far, one for each connection, in the order in which they came. */
  readonly headers: readonly SeenHeader[];
  /** Headers of clients: those of checks are left out. */
  readonly ofClients: readonly string[];
  /** How many connections are open that began with the header of a client. */
  readonly open: number;
  /** The connections that began with something else. */
  readonly strangers: readonly string[];
}

/** Returns a server that reads the header of each connection, and hands the connection to `talk`. */
export async function givenAnnouncedServer(
  talk: (socket: Socket, header: SeenHeader) => void,
): Promise<AnnouncedServer> {
  const headers: SeenHeader[] = [];
  const strangers: string[] = [];
  const sockets = new Map<Socket, SeenHeader | undefined>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    let came = Buffer.alloc(0);
    sockets.set(socket, undefined);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    const read = (chunk: Buffer): void => {
      came = Buffer.concat([came, chunk]);
      const end = endOf(came);
      if (end === undefined) return;
      socket.off("data", read).pause();
      if (end < 0) {
        strangers.push(came.toString("latin1"));
        socket.destroy();
        return;
      }
      const header = seen(came.subarray(0, end));
      headers.push(header);
      sockets.set(socket, header);
      if (end < came.length) socket.unshift(came.subarray(end));
      talk(socket, header);
    };
    socket.on("data", read);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    headers,
    strangers,
    get ofClients() {
      return headers.filter(({ text }) => !own(text)).map(({ text }) => text);
    },
    get open() {
      return [...sockets.values()].filter((header) => header && !own(header.text)).length;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets.keys()) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Returns a server of HTTP that expects a header, and answers health checks. */
export async function givenAnnouncedOrigin(answer: RequestListener): Promise<AnnouncedServer> {
  const http = createHttpServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.url === "/healthz") response.end("ok");
    else answer(request, response);
  });
  return givenAnnouncedServer((socket) => {
    http.emit("connection", socket);
    socket.resume();
  });
}

/** Whether a header says that the connection is the proxy's own. */
function own(text: string): boolean {
  return text === "LOCAL" || text === "PROXY UNKNOWN";
}

/** Returns where the header ends; -1 = there is none, undefined = more bytes are needed. */
function endOf(bytes: Buffer): number | undefined {
  if (bytes.length < 16) return undefined;
  if (bytes.subarray(0, 12).equals(SIGNATURE)) {
    const end = 16 + bytes.readUInt16BE(14);
    return bytes.length < end ? undefined : end;
  }
  if (!bytes.toString("latin1").startsWith("PROXY ")) return -1;
  const at = bytes.indexOf("\r\n");
  return at < 0 ? undefined : at + 2;
}

function seen(header: Buffer): SeenHeader {
  if (header[0] !== SIGNATURE[0])
    return { text: header.toString("latin1").trimEnd(), tlvs: new Map() };
  if (header[12] === 0x20) return { text: "LOCAL", tlvs: new Map() };
  const family = header[13];
  if (family !== 0x11) return { text: "UNSPEC", tlvs: tlvsOf(header.subarray(16)) };
  const [from, to] = [header.subarray(16, 20).join("."), header.subarray(20, 24).join(".")];
  const text = `${from}:${header.readUInt16BE(24)} ${to}:${header.readUInt16BE(26)}`;
  return { text, tlvs: tlvsOf(header.subarray(28)) };
}

/** Returns the values by type. */
export function tlvsOf(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const end = at + 3 + bytes.readUInt16BE(at + 1);
    found.set(bytes[at] ?? 0, bytes.subarray(at + 3, end));
    at = end;
  }
  return found;
}

/** Waits until the server has as many connections of clients as `count`. */
export function opened(server: AnnouncedServer, count: number): Promise<void> {
  return until(() => server.open === count);
}
