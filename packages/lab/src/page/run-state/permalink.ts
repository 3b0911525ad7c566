// Writes a run as the fragment of an address, short enough to be read and changed by hand:
//   #v=1&scenario=sandbox&a=round-robin&b=random,draws:3&load=0.9&seed=7&do=kill.3.4000-9000&t=12000&is=1f00d2e9
// `is` is a fingerprint of the scenario. When a link was made with another edition of a scenario, the page says so.
// Otherwise the page would quietly show other numbers. An invalid part of the link is reported and left out; the other
// parts are used.

import type { Scenario } from "../../sim/scenario.ts";
import { serverCount } from "./capacity.ts";
import { decodeChoice, encodeChoice } from "./choice-text.ts";
import { DISTURBANCE_KINDS, type Disturbance, type DisturbanceKind } from "./disturbances.ts";
import { KNOBS, knobFault } from "./knobs.ts";
import { ownFile } from "./own.ts";
import { PRESETS, type Preset, presetOf, SANDBOX } from "./presets.ts";
import type { Choice, Knobs, RunState } from "./run-state.ts";
import { endOf, scenarioOf } from "./scenario-of.ts";

const VERSION = "1";
const MOST_DISTURBANCES = 100;
const KNOWN = ["v", "scenario", "a", "b", "seed", "do", "t", "is", ...Object.keys(KNOBS)];

/** A run, and the virtual time that the run has reached. */
export interface Linked {
  readonly state: RunState;
  readonly atMs: number;
}

export interface Opened extends Linked {
  /** The errors in the link, one sentence each. */
  readonly complaints: readonly string[];
}

export function stateOf(preset: Preset): RunState {
  const [a, b] = preset.algorithms;
  return {
    preset: preset.name,
    knobs: {},
    a,
    b,
    seed: 1,
    disturbances: [],
  };
}

/** Returns the fragment without the `#`. */
export function encode({ state, atMs }: Linked): string {
  const parts: (readonly [string, string])[] = [
    ["v", VERSION],
    ["scenario", state.preset],
    ["a", encodeChoice(state.a)],
    ["b", state.b === undefined ? "none" : encodeChoice(state.b)],
    ...Object.entries(state.knobs).map(([name, value]) => [name, String(value)] as const),
    ["seed", String(state.seed)],
    ...state.disturbances.map((one) => ["do", encodeDisturbance(one)] as const),
    ["t", String(atMs)],
    ["is", fingerprint(scenarioOf(state), digestsOf(state))],
  ];
  return fragmentOf(parts);
}

/** Returns the fragment of a link that begins with a scenario and, where they are given, two algorithms. */
export function encodeStart(preset: string, [a, b]: readonly Choice[]): string {
  return fragmentOf([
    ["v", VERSION],
    ["scenario", preset],
    ...(a === undefined ? [] : [["a", encodeChoice(a)] as const]),
    ...(b === undefined ? [] : [["b", encodeChoice(b)] as const]),
  ]);
}

function fragmentOf(parts: readonly (readonly [name: string, value: string])[]): string {
  // Commas, colons and slashes are allowed in a fragment, and they are easier to read than %2C, %3A and %2F.
  const plain = (value: string) =>
    encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return parts.map(([name, value]) => `${name}=${plain(value)}`).join("&");
}

/** Reads a fragment. An empty fragment means the sandbox. */
export function decode(fragment: string): Opened {
  const text = fragment.replace(/^#/, "");
  if (text === "") return { state: stateOf(SANDBOX), atMs: 0, complaints: [] };
  const parts = new URLSearchParams(text);
  const complaints: string[] = [];
  const complain = (what: string) => complaints.push(what);
  if (parts.get("v") !== VERSION) {
    complain(
      `This link is of version '${parts.get("v") ?? ""}'; this page reads version ${VERSION}.`,
    );
    return { state: stateOf(SANDBOX), atMs: 0, complaints };
  }
  for (const name of new Set(parts.keys()))
    if (!KNOWN.includes(name)) complain(`'${name}' means nothing here.`);
  const preset = decodePreset(parts.get("scenario"), complain);
  const usual = stateOf(preset);
  const lane = (name: "a" | "b") => {
    const text = parts.get(name);
    const choice = text && decodeChoice(text, (what) => complain(`${name}: ${what}`));
    return choice || usual[name];
  };
  const a = lane("a") ?? usual.a;
  const b = parts.get("b") === "none" ? undefined : lane("b");
  const plain: RunState = {
    preset: preset.name,
    knobs: decodeKnobs(parts, complain),
    a,
    b,
    seed: decodeSeed(parts.get("seed"), complain),
    disturbances: [],
  };
  const scenario = scenarioOf(plain);
  const state = {
    ...plain,
    disturbances: decodeDisturbances(parts.getAll("do"), scenario, complain),
  };
  const atMs = decodeTime(parts.get("t"), endOf(scenario), complain);
  const is = parts.get("is");
  if (
    complaints.length === 0 &&
    is !== null &&
    is !== fingerprint(scenarioOf(state), digestsOf(state))
  )
    complain(
      `The scenario${digestsOf(state).length > 0 ? " or your algorithm" : ""} has changed since this link was made, so the numbers may differ.`,
    );
  return { state, atMs, complaints };
}

type Complain = (what: string) => void;

function decodePreset(name: string | null, complain: Complain): Preset {
  const preset = name === null ? SANDBOX : presetOf(name);
  if (preset !== undefined) return preset;
  const file = /^.+\.json(?=\/|$)/.exec(name ?? "")?.[0];
  if (file !== undefined)
    complain(`This link needs the file '${file}': 'tandem lab serve ${file}' shows it.`);
  else
    complain(
      `There is no scenario '${name}'; there are ${PRESETS.map((one) => one.name).join(", ")}.`,
    );
  return SANDBOX;
}

function decodeKnobs(parts: URLSearchParams, complain: Complain): Knobs {
  const knobs: Record<string, number | string> = {};
  for (const [name, knob] of Object.entries(KNOBS)) {
    const raw = parts.get(name);
    if (raw === null) continue;
    const value = knob.kind === "number" ? asNumber(raw) : raw;
    const fault = knobFault(knob, value);
    if (fault === undefined) knobs[name] = value;
    else complain(`'${name}' ${fault}, not '${raw}'.`);
  }
  return knobs;
}

function decodeSeed(raw: string | null, complain: Complain): number {
  const seed = raw === null ? 1 : asNumber(raw);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  complain(`'seed' is a whole number from 0 on, not '${raw}'.`);
  return 1;
}

function decodeTime(raw: string | null, endMs: number, complain: Complain): number {
  const atMs = raw === null ? 0 : asNumber(raw);
  if (atMs >= 0 && atMs <= endMs) return atMs;
  complain(`'t' is a time from 0 to ${endMs} ms, not '${raw}'.`);
  return 0;
}

function encodeDisturbance({ kind, server, atMs, untilMs }: Disturbance): string {
  return `${kind}.${server}.${atMs}-${untilMs ?? ""}`;
}

const DISTURBANCE = /^([a-z]+)\.(\d+)\.(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)?$/;

function decodeDisturbances(
  all: readonly string[],
  scenario: Scenario,
  complain: Complain,
): Disturbance[] {
  const servers = serverCount(scenario);
  if (all.length > MOST_DISTURBANCES)
    complain(`Only the first ${MOST_DISTURBANCES} 'do' are done.`);
  return all.slice(0, MOST_DISTURBANCES).flatMap((text): Disturbance[] => {
    const [, kind = "", server, at, until] = DISTURBANCE.exec(text) ?? [];
    const known = DISTURBANCE_KINDS.includes(kind as DisturbanceKind);
    const ends = until === undefined ? Number.POSITIVE_INFINITY : Number(until);
    if (!known || Number(server) >= servers || !(ends > Number(at))) {
      complain(
        `'do=${text}' is not like 'kill.3.4000-9000': what, which of ${servers} servers, from-until.`,
      );
      return [];
    }
    return [
      {
        kind: kind as DisturbanceKind,
        server: Number(server),
        atMs: Number(at),
        ...(until !== undefined && { untilMs: ends }),
      },
    ];
  });
}

/** Returns NaN for a text that is not entirely a number. `Number("")` would return 0. */
function asNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** Returns the digests of the files of the user's own that the run needs. */
function digestsOf({ a, b }: RunState): readonly string[] {
  return [a, b].flatMap((choice) => ownFile(choice?.algorithm ?? "")?.digest ?? []);
}

/** Returns a hash (FNV-1a) of the scenario's JSON and of the digests, in hexadecimal. */
export function fingerprint(scenario: Scenario, digests: readonly string[] = []): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode([JSON.stringify(scenario), ...digests].join("")))
    hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
