// The client of a case: a connection on which the case decides every byte. The client keeps every byte that comes
// back, and how the connection ended.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HALF_CLOSE, RESET, type Step } from "./steps.ts";

/** How the client's connection ended: closed or reset, or not at all. */
export type Ending = "open" | "closed" | "reset";

/** The longest wait for bytes that match a pattern or are as a step asks. */
const PATTERN_MS = 2_500;

export class RawClient implements Disposable {
  received = "";
  ending: Ending = "open";
  /** When the last byte came or the connection ended, by performance.now(). */
  changedAt = performance.now();
  readonly #socket: Socket;
  /**
   * Whether the client itself has reset the connection. The steps after the reset are still done,
   * so that the client waits for the pauses among them.
   */
  #left = false;

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.changedAt = performance.now();
    });
    socket.on("end", () => this.#ended("closed"));
    socket.on("error", () => this.#ended("reset"));
    socket.on("close", () => this.#ended("closed"));
  }

  /** Does the steps in order, and stops early when the proxy has ended the connection. */
  async perform(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.ending !== "open" && !this.#left) return;
      if (typeof step === "string") this.#socket.write(step, "latin1");
      else if (typeof step === "number") await sleep(step);
      else if (typeof step === "function") this.#socket.write(step(this.received), "latin1");
      else if (step instanceof RegExp) await this.#until((received) => step.test(received));
      else if (step.step === "until") await this.#until((received) => step.holds(received));
      else if (step === HALF_CLOSE) this.#socket.end();
      else if (step === RESET) {
        this.#left = true;
        this.#socket.resetAndDestroy();
      }
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #until(holds: (received: string) => boolean): Promise<void> {
    const deadline = performance.now() + PATTERN_MS;
    while (!holds(this.received) && this.ending === "open") {
      if (performance.now() > deadline) return;
      await sleep(5);
    }
  }

  #ended(how: Ending): void {
    if (this.ending !== "open") return;
    this.ending = how;
    this.changedAt = performance.now();
  }
}
