// A toy protocol with many exchanges on one connection, to prove that no code above the front
// expects only one request at a time. A request is a line `ID METHOD PATH`. Its answer is a line
// `ID STATUS BODY`, sent when the answer is complete; an answer that was cut short is `ID cut`. In
// an answer without a body, BODY is the fields. Any other line of the client is refused with `400`.
import type { Socket } from "node:net";
import { DEFAULT_LIMITS, parseRequestHead, RequestHead } from "@tandem/http";
import { type AnswerSink, MemoryExchange } from "@tandem/http/exchange";
import type { OwnField, SessionHandler, SessionTimers } from "@tandem/http/session";
import type { Protocol, ProtocolSession } from "../src/index.ts";

export const TOY: Protocol = {
  name: "toy",
  open: (socket, handler, timers) => new ToySession(socket, handler, timers),
};

class ToySession implements ProtocolSession {
  draining = false;
  ownField: OwnField | undefined = undefined;
  readonly bulk = false;
  readonly #socket: Socket;
  readonly #handler: SessionHandler;
  readonly #timers: SessionTimers;
  readonly #open = new Set<MemoryExchange>();
  /** The beginning of a line whose end has not come yet. */
  #text = "";

  constructor(socket: Socket, handler: SessionHandler, timers: SessionTimers) {
    this.#socket = socket;
    this.#handler = handler;
    this.#timers = timers;
  }

  get idle(): boolean {
    return this.#open.size === 0 && this.#text === "";
  }

  receive(chunk: Buffer): void {
    const lines = `${this.#text}${chunk}`.split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) this.#begin(line);
  }

  receiveShared(memory: Buffer, length: number): void {
    this.receive(memory.subarray(0, length));
  }

  receiveOwned(chunk: Buffer): boolean {
    this.receive(chunk);
    return true;
  }

  drained(): void {
    for (const exchange of this.#open) exchange.drained();
  }

  ended(): void {
    this.#socket.end();
  }

  expired(): void {}

  leave(): void {
    this.#socket.end();
  }

  stop(): void {
    this.#abort("stopped");
    this.#socket.destroy();
  }

  closed(): void {
    this.#handler.left?.();
    this.#abort("client-closed");
  }

  #abort(cause: "stopped" | "client-closed"): void {
    for (const exchange of this.#open) {
      exchange.abort(cause);
      this.#over(exchange);
    }
  }

  #begin(line: string): void {
    const [id = "", method, path] = line.split(" ");
    const head = parseRequestHead(`${method} ${path} HTTP/1.1\r\nHost: toy\r\n`, DEFAULT_LIMITS);
    if (head instanceof RequestHead) this.#request(id, head);
    else {
      this.#handler.refused({ status: 400, cause: head.message, failure: head });
      this.#socket.write("400\n");
    }
  }

  #request(id: string, head: RequestHead): void {
    let answer = "";
    let lines = "";
    const end = (line: string): void => {
      this.#socket.write(`${id} ${line}\n`);
      this.#over(exchange);
      if (this.draining && this.idle) this.#socket.end();
    };
    const sink: AnswerSink = {
      responded: (status, _, fields) => {
        answer = `${status} `;
        lines = fields.lines().trim().replaceAll("\r\n", "; ");
      },
      data: (chunk) => {
        lines = "";
        answer += chunk.toString();
        return true;
      },
      ended: () => end(answer + lines),
      truncated: () => end("cut"),
    };
    const exchange = new MemoryExchange({ head, sink, now: () => this.#timers.now() });
    this.#open.add(exchange);
    this.#handler.request(exchange);
  }

  #over(exchange: MemoryExchange): void {
    this.#open.delete(exchange);
    this.#handler.finished(exchange);
  }
}
