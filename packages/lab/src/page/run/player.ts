// Lets virtual time pass at a chosen speed, with one order to the worker at a time. The visitor's
// choices and a virtual time determine the state of a run completely. So going back, changing a
// knob and disturbing a server are done in the same way: the run is opened again from its beginning
// and run to the wanted time.

import { meanRate } from "../../sim/load.ts";
import type { RunState } from "../run-state/run-state.ts";
import { endOf, scenarioOf } from "../run-state/scenario-of.ts";
import type { Answer, Frame, Order } from "./protocol.ts";

/** The real time between two refreshes of the figures while the run plays. */
const DETAIL_MS = 200;
/**
 * The longest real time between two frames that is played as virtual time. While the tab is in the
 * background there are no frames; afterwards the run continues from the moment at which the visitor
 * left the tab.
 */
const LONGEST_GAP_MS = 100;
/**
 * A replay is done in portions of about this many requests, so that its progress can be shown and it can be
 * interrupted.
 */
const PORTION = 20_000;
/** How many requests a second the eye can follow. */
const FOLLOWED = 90;
const SLOWEST_RUN_S = 90;

export interface PlayerEvents {
  readonly frame: (frame: Frame) => void;
  readonly changed: () => void;
  readonly refused: (why: string) => void;
}

export interface Port {
  post(order: Order): void;
}

export class Player {
  playing = false;
  /** The chosen speed, in virtual milliseconds per real second. */
  speed = 1000;
  nowMs = 0;
  endMs = 0;
  /** The time that a replay runs to; not above `nowMs` when there is no replay. */
  goalMs = 0;
  readonly #port: Port;
  readonly #events: PlayerEvents;
  #run = 0;
  #waiting = false;
  #next: Order | undefined;
  #portionMs = 1000;
  #stepMs = 1;
  #lastFrameAt = 0;
  #lastDetailAt = 0;

  constructor(port: Port, events: PlayerEvents) {
    this.#port = port;
    this.#events = events;
  }

  get replaying(): boolean {
    return this.goalMs > this.nowMs;
  }

  /** How many requests come in a virtual second, averaged over the run. */
  #rate = 1;

  /** Whether the player still waits for the worker or has an order to send. */
  get busy(): boolean {
    return this.#waiting || this.#next !== undefined || this.replaying;
  }

  open(state: RunState, goalMs: number): void {
    const scenario = scenarioOf(state);
    this.endMs = endOf(scenario);
    this.#rate = Math.max(1e-6, meanRate(scenario));
    this.#portionMs = (PORTION * 1000) / this.#rate;
    this.#stepMs = 10 ** Math.floor(Math.log10(100 / this.#rate));
    this.goalMs = Math.min(goalMs, this.endMs);
    this.nowMs = 0;
    this.#run++;
    this.#send({ kind: "open", run: this.#run, state });
    this.#events.changed();
  }

  /** Returns a speed at which the eye can follow requests and the run does not take too long. */
  usualSpeed(): number {
    const followed = (FOLLOWED * 1000) / this.#rate;
    return niceSpeed(
      Math.max(followed, 0) > this.endMs / 20 ? this.endMs / SLOWEST_RUN_S : followed,
    );
  }

  get requestsPerRealSecond(): number {
    return (this.#rate * this.speed) / 1000;
  }

  play(): void {
    this.playing = this.nowMs < this.endMs;
    this.#events.changed();
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.#advance(this.nowMs, true);
    this.#events.changed();
  }

  step(): void {
    this.playing = false;
    this.#send({ kind: "step", run: this.#run, byMs: this.#stepMs });
    this.#events.changed();
  }

  /** Runs forward to a time. To go back, open the run again. */
  goTo(ms: number): void {
    this.goalMs = Math.min(ms, this.endMs);
    if (!this.#waiting) this.#continue();
  }

  /** Lets time pass. Called once per animation frame; `at` is the time of the frame. */
  tick(at: number): void {
    const elapsed = Math.min(LONGEST_GAP_MS, at - this.#lastFrameAt);
    this.#lastFrameAt = at;
    if (!this.playing || this.#waiting || this.replaying) return;
    const detail = at - this.#lastDetailAt >= DETAIL_MS;
    if (detail) this.#lastDetailAt = at;
    this.#advance(Math.min(this.endMs, this.nowMs + (elapsed * this.speed) / 1000), detail);
  }

  answer(answer: Answer): void {
    this.#waiting = false;
    if (answer.run === this.#run) {
      if (answer.kind === "refused") {
        this.playing = false;
        this.goalMs = 0;
        this.#events.refused(answer.why);
      } else {
        this.nowMs = answer.timeMs;
        this.#events.frame(answer);
        if (this.nowMs >= this.endMs && this.playing) this.pause();
      }
    }
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#send(next);
    else this.#continue();
  }

  #continue(): void {
    if (!this.replaying) return;
    const toMs = Math.min(this.goalMs, this.nowMs + this.#portionMs);
    this.#advance(toMs, true);
  }

  #advance(toMs: number, detail: boolean): void {
    this.#send({ kind: "advance", run: this.#run, toMs, detail });
  }

  /**
   * Sends an order, or keeps the order until the worker has answered. Only one order is kept. A
   * later order replaces it, except that only another `open` replaces an `open`.
   */
  #send(order: Order): void {
    if (this.#waiting) {
      if (this.#next?.kind !== "open" || order.kind === "open") this.#next = order;
      return;
    }
    this.#waiting = true;
    this.#port.post(order);
  }
}

/** Rounds a speed down to 1, 2 or 5 times a power of ten. */
function niceSpeed(speed: number): number {
  const power = 10 ** Math.floor(Math.log10(speed));
  const digit = speed / power;
  return Number(((digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power).toPrecision(1));
}
