// Runs the tests that every implementation of `Exchange` must pass, for the exchanges of the toy protocol.
import { DEFAULT_LIMITS, type Fields, parseResponseHead, ResponseHead } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import { type Client, exchangeContract } from "@tandem/http/exchange-contract";
import { FRAME, FrameReader, frame } from "./frames.ts";
import { ToySession } from "./toy-session.ts";

exchangeContract("toy", ({ method = "GET", body = false, upgrade = false }): Client => {
  const exchanges: Exchange[] = [];
  const interim: number[] = [];
  const received = {
    ...{ interim, status: 0, body: "", state: "open" as "open" | "complete" | "truncated" },
    fields: undefined as Fields | undefined,
    trailers: undefined as Fields | undefined,
  };
  let stalled = false;
  const reader = new FrameReader((_, type, payload) => {
    if (type === FRAME.body) received.body += payload.toString("latin1");
    else if (type === FRAME.reset) received.state = "truncated";
    else if (type === FRAME.end) {
      received.state = "complete";
      const trailers = parseResponseHead(`HTTP/1.1 200 OK\r\n${payload}`, DEFAULT_LIMITS, method);
      if (trailers instanceof ResponseHead) received.trailers = trailers.fields;
    } else {
      const head = parseResponseHead(payload.toString("latin1"), DEFAULT_LIMITS, method);
      if (!(head instanceof ResponseHead)) throw head;
      if (head.status < 200 && head.status !== 101) interim.push(head.status);
      else Object.assign(received, { status: head.status, fields: head.fields });
    }
  });
  const socket = {
    write: (bytes: Buffer) => {
      reader.read(bytes);
      return !stalled;
    },
    end: () => undefined,
    destroy: () => undefined,
  };
  const session = new ToySession(
    socket,
    {
      request: (exchange) => void exchanges.push(exchange),
      refused: ({ cause }) => {
        throw new Error(cause);
      },
      finished: () => undefined,
    },
    { now: () => 0 },
  );
  const framing = body ? "Transfer-Encoding: chunked\r\n" : "";
  const connection = upgrade ? "Connection: upgrade\r\nUpgrade: toy\r\n" : "";
  const head = `${method} / HTTP/1.1\r\nHost: a\r\n${framing}${connection}`;
  session.receive(frame(1, FRAME.head, head));
  const [exchange] = exchanges;
  if (exchange === undefined) throw new Error("no request came");
  return {
    exchange,
    received: () => received,
    send: (text) => session.receive(frame(1, FRAME.body, text)),
    endBody: () => session.receive(frame(1, FRAME.end)),
    stall: () => {
      stalled = true;
    },
    read: () => {
      stalled = false;
      session.drained();
    },
    halfClose: () => session.ended(),
    leave: () => session.closed(),
  };
});
