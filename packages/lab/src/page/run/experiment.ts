// The state of the page: the visitor's choices, the player, and for each algorithm the data received so far. Views read
// this state and are notified of changes. Every change of a choice goes through this class.

import type { Scenario } from "../../sim/scenario.ts";
import type { SeriesRow } from "../../sim/series.ts";
import type { ServerSnapshot } from "../../sim/simulation.ts";
import { type DisturbanceKind, disturbed } from "../run-state/disturbances.ts";
import { type Linked, stateOf } from "../run-state/permalink.ts";
import type { Preset } from "../run-state/presets.ts";
import type { RunState } from "../run-state/run-state.ts";
import { scenarioOf } from "../run-state/scenario-of.ts";
import { Player, type Port } from "./player.ts";
import type { Answer, End, Frame, LaneDetail, LaneFrame, Pick } from "./protocol.ts";

/** The data received so far for one algorithm's run. */
export interface LaneHistory {
  servers: readonly ServerSnapshot[];
  inFlight: number;
  /** Recent picks only, because only these are drawn. */
  picks: Pick[];
  ends: End[];
  lastPick: Pick | undefined;
  detail: LaneDetail | undefined;
  readonly rows: SeriesRow[];
  readonly depth: Float32Array[];
}

/** What has changed: "state" = a choice or the player's state, "moment" = the time, "detail" = time and figures. */
export type Change = "state" | "moment" | "detail";

const MOST_SEEN = 1_200;

export class Experiment {
  readonly player: Player;
  state: RunState;
  scenario: Scenario;
  lanes: readonly LaneHistory[] = [];
  /**
   * The scale of the drawn queues, for both algorithms: a queue of this length fills the picture. It is at least 6,
   * rises at once when a queue grows longer, and falls slowly.
   */
  deepest = 8;
  readonly #listeners: ((change: Change) => void)[] = [];
  readonly #refused: (why: string) => void;

  constructor(port: Port, { state, atMs }: Linked, refused: (why: string) => void) {
    this.state = state;
    this.scenario = scenarioOf(state);
    this.#refused = refused;
    this.player = new Player(port, {
      frame: (frame) => this.#seen(frame),
      changed: () => this.#tell("state"),
      refused: (why) => this.#refused(why),
    });
    this.open(state, atMs);
    this.player.speed = this.player.usualSpeed();
  }

  listen(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  answer(answer: Answer): void {
    this.player.answer(answer);
  }

  /** Opens a run with these choices and runs it to the virtual time `atMs`. */
  open(state: RunState, atMs: number): void {
    this.state = state;
    this.scenario = scenarioOf(state);
    this.lanes = (state.b === undefined ? [state.a] : [state.a, state.b]).map(() => ({
      servers: [],
      inFlight: 0,
      picks: [],
      ends: [],
      lastPick: undefined,
      detail: undefined,
      rows: [],
      depth: [],
    }));
    this.player.open(state, atMs);
  }

  openPreset(preset: Preset): void {
    this.player.playing = false;
    const state = { ...stateOf(preset), seed: this.state.seed };
    this.open(state, startOf(scenarioOf(state)));
    this.player.speed = this.player.usualSpeed();
    this.#tell("state");
  }

  /** Changes choices and stays at the present time. */
  change(change: Partial<RunState>): void {
    this.open({ ...this.state, ...change }, this.player.nowMs);
  }

  disturb(server: number, kind: DisturbanceKind | "recover"): void {
    const { nowMs } = this.player;
    // The time is rounded to a microsecond, which is exact enough and keeps the link short.
    const atMs = Number(nowMs.toFixed(3));
    this.change({ disturbances: disturbed(this.state.disturbances, server, kind, atMs) });
  }

  seek(ms: number): void {
    if (ms >= this.player.nowMs) this.player.goTo(ms);
    else this.open(this.state, ms);
  }

  #seen(frame: Frame): void {
    let deepest = 6;
    for (const [index, lane] of frame.lanes.entries()) {
      const history = this.lanes[index];
      if (history === undefined) continue;
      see(history, lane);
      for (const { depth } of lane.servers) deepest = Math.max(deepest, depth);
    }
    // The scale rises at once and falls slowly, so that the picture does not jump.
    this.deepest = Math.max(deepest, this.deepest * 0.985);
    if (this.player.replaying) this.#tell("state");
    else this.#tell(frame.lanes.some(({ detail }) => detail !== undefined) ? "detail" : "moment");
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function see(history: LaneHistory, { servers, inFlight, picks, ends, detail }: LaneFrame): void {
  history.servers = servers;
  history.inFlight = inFlight;
  history.picks = [...history.picks, ...picks].slice(-MOST_SEEN);
  history.ends = [...history.ends, ...ends].slice(-MOST_SEEN);
  history.lastPick = picks.at(-1) ?? history.lastPick;
  if (detail === undefined) return;
  history.detail = detail;
  history.rows.length = detail.firstRow;
  history.depth.length = detail.firstRow;
  history.rows.push(...detail.rows);
  history.depth.push(...detail.depth);
}

/** Returns a time at which there is something to see: a little after the warm-up. */
export function startOf({ warmupMs = 0, durationMs }: Scenario): number {
  return Math.round(warmupMs + (durationMs - warmupMs) / 20);
}
