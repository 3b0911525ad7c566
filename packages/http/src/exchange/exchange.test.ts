// Runs the tests of exchange.contract.ts for each implementation of Exchange.
import { openH2 } from "../../test/given-h2.ts";
import { open as openSession } from "../../test/given-session.ts";
import { DEFAULT_LIMITS } from "../h1/limits.ts";
import { parseRequestHead } from "../h1/parse-request.ts";
import type { Fields } from "../message/fields.ts";
import { RequestHead, type ResponseHead } from "../message/head.ts";
import { type ResponseListener, ServerSession } from "../session/server-session.ts";
import { CollectedAnswer } from "./answer-sink.ts";
import { type Client, exchangeContract, type RequestLine } from "./exchange.contract.ts";
import type { Exchange } from "./exchange.ts";
import { MemoryExchange } from "./memory-exchange.ts";

function headText({ method = "GET", body = false, upgrade = false }: RequestLine): string {
  const framing = body ? "Transfer-Encoding: chunked\r\n" : "";
  const connection = upgrade ? "Connection: upgrade\r\nUpgrade: toy\r\n" : "";
  return `${method} / HTTP/1.1\r\nHost: a\r\n${framing}${connection}`;
}

exchangeContract("in memory", (request) => {
  const head = parseRequestHead(headText(request), DEFAULT_LIMITS);
  if (!(head instanceof RequestHead)) throw head;
  let stalled = false;
  class Slow extends CollectedAnswer {
    override data(chunk: Buffer): boolean {
      return super.data(chunk) && !stalled;
    }
  }
  const answer = new Slow();
  const exchange = new MemoryExchange({ head, sink: answer, now: () => 0 });
  return {
    exchange,
    received: () => {
      return { ...answer, body: answer.body.toString("latin1") };
    },
    send: (body) => exchange.feed(Buffer.from(body, "latin1")),
    endBody: () => exchange.endBody(),
    stall: () => {
      stalled = true;
    },
    read: () => {
      stalled = false;
      exchange.drained();
    },
    halfClose: () => exchange.halfClose(),
    leave: () => exchange.abort("client-closed"),
  };
});

/** Reads the answer with our own parser of answers. */
class Read implements ResponseListener {
  readonly interim: number[] = [];
  status = 0;
  fields: Fields | undefined = undefined;
  body = "";
  trailers: Fields | undefined = undefined;
  state: "open" | "complete" | "truncated" = "open";

  informed({ status }: ResponseHead): void {
    this.interim.push(status);
  }
  responded({ status, fields }: ResponseHead): void {
    this.status = status;
    this.fields = fields;
  }
  bodyText(text: string): void {
    this.body += text;
    this.state = "complete";
  }
  bodyData(chunk: Buffer): void {
    this.body += chunk.toString("latin1");
  }
  bodyEnd(trailers: Fields | undefined): void {
    this.trailers = trailers;
    this.state = "complete";
  }
  failed(): void {
    this.state = "truncated";
  }
  serverDrained(): void {}
}

/** What a client does to its connection. */
function clientEnd(
  stream: { stuck: boolean; writableLength: number },
  session: { drained(): void; ended(): void; closed(): void },
): Pick<Client, "stall" | "read" | "halfClose" | "leave"> {
  return {
    stall: () => {
      stream.stuck = true;
    },
    read: () => {
      stream.stuck = false;
      stream.writableLength = 0;
      session.drained();
    },
    halfClose: () => session.ended(),
    leave: () => session.closed(),
  };
}

exchangeContract("HTTP/1.1", (request): Client => {
  const exchanges: Exchange[] = [];
  const { stream, session } = openSession((exchange) => exchanges.push(exchange));
  session.receive(Buffer.from(`${headText(request)}\r\n`));
  const [exchange] = exchanges;
  if (exchange === undefined) throw new Error("no request came");
  return {
    exchange,
    received: () => {
      const read = new Read();
      const reader = new ServerSession(
        Object.assign(Object.create(stream), { write: () => true }),
        {
          ...DEFAULT_LIMITS,
        },
      );
      reader.send(request.method ?? "GET", "", 0, read);
      reader.receive(Buffer.from(stream.written, "latin1"));
      if (read.status === 101) {
        read.body = stream.written.slice(stream.written.indexOf("\r\n\r\n") + 4);
        if (stream.ended) read.state = "complete";
      } else if (stream.ended || stream.destroyed) reader.closed(!stream.reset);
      return read;
    },
    send: (body) =>
      session.receive(
        Buffer.from(request.body ? `${body.length.toString(16)}\r\n${body}\r\n` : body, "latin1"),
      ),
    endBody: () => session.receive(Buffer.from("0\r\n\r\n")),
    ...clientEnd(stream, session),
  };
});

exchangeContract("HTTP/2", ({ method = "GET", body = false, upgrade = false }): Client => {
  const exchanges: Exchange[] = [];
  const { stream, session, ask, pump } = openH2((exchange) => exchanges.push(exchange));
  const answer = upgrade
    ? ask({ method: "CONNECT", protocol: "websocket", body: true })
    : ask({ method, body });
  const [exchange] = exchanges;
  if (exchange === undefined) throw new Error("no request came");
  return {
    exchange,
    received: () => {
      pump();
      // Over HTTP/2 a tunnel is opened by a status of success.
      return upgrade ? { ...answer, status: answer.status === 200 ? 101 : answer.status } : answer;
    },
    send: (text) => {
      answer.stream?.write(Buffer.from(text, "latin1"));
      answer.stream?.flush();
      pump();
    },
    endBody: () => {
      answer.stream?.end();
      pump();
    },
    ...clientEnd(stream, session),
  };
});
