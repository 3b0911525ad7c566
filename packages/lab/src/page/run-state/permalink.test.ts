// Tests that the permalink keeps every choice and reports invalid parts, and that equal choices
// make equal scenarios. Also tests the Runner of the page's worker: a run in portions equals a run
// at once, and a disturbance by the visitor equals the same disturbance in the link.
import fc from "fast-check";
import t from "tap";
import { candidateFindings, scenarioFindings } from "../../schema/check.ts";
import { loadOf } from "../../sim/load.ts";
import { simulate } from "../../sim/simulation.ts";
import { figuresOf } from "../run/lane.ts";
import type { Frame } from "../run/protocol.ts";
import { Runner } from "../run/runner.ts";
import { serverCount } from "./capacity.ts";
import { DISTURBANCE_KINDS, disturbed } from "./disturbances.ts";
import { KNOBS } from "./knobs.ts";
import { OFFERED, tunablesOf, withField } from "./parameters.ts";
import { decode, encode, fingerprint, stateOf } from "./permalink.ts";
import { PRESETS, SANDBOX } from "./presets.ts";
import type { Choice, Knobs, RunState } from "./run-state.ts";
import { endOf, scenarioOf } from "./scenario-of.ts";

const knobs = fc.record(
  Object.fromEntries(
    Object.entries(KNOBS).map(([name, knob]) => [
      name,
      knob.kind === "choice"
        ? fc.constantFrom(...knob.options.map(([value]) => value))
        : knob.whole
          ? fc.integer({ min: knob.min, max: knob.max })
          : fc.double({ min: knob.min, max: knob.max, noNaN: true }),
    ]),
  ),
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Knobs>;

const choices: fc.Arbitrary<Choice> = fc.constantFrom(...OFFERED).chain((algorithm) => {
  // A bound below 1 is no bound, so this parameter is not any number of its range.
  const tunables = tunablesOf(algorithm).filter(({ name }) => name !== "hash.balanceFactor");
  const values = tunables.map((one) =>
    one.kind === "choice"
      ? fc.constantFrom(...one.options)
      : Number.isInteger(one.step)
        ? fc.integer({ min: one.min, max: one.max })
        : fc.double({ min: one.min, max: one.max, noNaN: true }),
  );
  return fc.tuple(...values).map((list) => ({
    algorithm,
    parameters: tunables.reduce(
      (parameters, tunable, at) => withField(tunable, parameters, list[at] ?? tunable.usual),
      {},
    ),
  }));
});

const plainly = { noNullPrototype: true } as const;
const states: fc.Arbitrary<RunState> = fc.record(
  {
    preset: fc.constantFrom(...PRESETS.map(({ name }) => name)),
    knobs,
    a: choices,
    b: fc.option(choices, { nil: undefined }),
    seed: fc.nat(),
    disturbances: fc.array(
      fc.record(
        {
          kind: fc.constantFrom(...DISTURBANCE_KINDS),
          server: fc.constant(0),
          atMs: fc.nat(2_000).map((ms) => ms / 8),
          untilMs: fc.integer({ min: 3_000, max: 9_000 }),
        },
        plainly,
      ),
      { maxLength: 3 },
    ),
  },
  plainly,
);

t.test("every state comes back from its link as it was", (t) => {
  fc.assert(
    fc.property(states, (state) => {
      const { complaints, ...linked } = decode(`#${encode({ state, atMs: 12.5 })}`);
      t.strictSame(complaints, []);
      t.strictSame(linked, { state, atMs: 12.5 });
    }),
    { seed: 4, numRuns: 60 },
  );
  t.end();
});

t.test("invalid parts are named, and the others are used", (t) => {
  const link =
    "v=1&scenario=two-speeds&a=no-such-algorithm&b=random,draws:999&load=9&seed=7&do=kill.99.1-&t=-1&x=1";
  const { state, atMs, complaints } = decode(link);
  t.equal(state.preset, "two-speeds");
  t.equal(state.seed, 7);
  t.equal(atMs, 0);
  t.strictSame(state.knobs, {});
  t.strictSame(state.b, { algorithm: "random", parameters: {} });
  for (const word of [
    "'x'",
    "'no-such-algorithm'",
    "draws: found '999'",
    "'load'",
    "kill.99.1-",
    "'t'",
  ])
    t.match(complaints.join("\n"), word);
  t.match(decode("v=2").complaints, [/version '2'/]);
  t.match(decode("%%%=&&=").complaints, [/version ''/]);
  t.strictSame(decode("").complaints, []);
  const { complaints: changed } = decode("v=1&scenario=sandbox&is=00000000");
  t.match(changed, [/has changed since/]);
  t.end();
});

t.test("parameters of a link are checked like those of the command", (t) => {
  const a = (text: string) => decode(`v=1&scenario=sandbox&a=${text}&b=none`);
  const cases: readonly (readonly [string, RegExp])[] = [
    ["random,drawz:3", /^a: drawz: unknown key 'drawz'; did you mean 'draws'\?\.$/],
    ["peak-ewma,decay:10", /found '10', expected a duration .*; did you mean '10s'\?\.$/],
    ["uri,hash.balanceFactor:0.5", /found '0.5', expected 0 \(unbounded\) or at least 1\.$/],
    ["round-robin,draws:2", /it is for 'random', .* but the algorithm is 'round-robin'\.$/],
    ["random,draws", /expected a parameter with its value: KEY:VALUE\.$/],
  ];
  for (const [text, complaint] of cases) {
    const { state, complaints } = a(text);
    t.match(complaints, [complaint], text);
    t.strictSame(state.a, { algorithm: text.split(",")[0], parameters: {} }, "is left out");
  }
  const { state } = a("random,draws:4,drawz:3,failurePenalty:2s");
  t.strictSame(state.a.parameters, { draws: 4, failurePenalty: "2s" }, "the others are used");
  t.end();
});

t.test("links made before the parameters had the configuration's names mean the same", (t) => {
  const old =
    "v=1&scenario=sandbox&a=peak-ewma,draws:3,decayMs:5000&b=uri,method:ring,balanceFactor:1.5";
  const { state, complaints } = decode(old);
  t.strictSame(complaints, []);
  t.strictSame(state.a.parameters, { draws: 3, decay: "5s" });
  t.strictSame(state.b?.parameters, { hash: { method: "ring", balanceFactor: 1.5 } });
  t.match(encode({ state, atMs: 0 }), "a=peak-ewma,draws:3,decay:5s&b=uri,hash.method:ring");
  t.end();
});

t.test("every state of the page is a scenario that the laboratory accepts", (t) => {
  fc.assert(
    fc.property(states, (state) => {
      t.strictSame(scenarioFindings(scenarioOf(state)), []);
      t.strictSame(candidateFindings(state.a, scenarioOf(state)), []);
    }),
    { seed: 5, numRuns: 200 },
  );
  t.end();
});

t.test("each knob changes its setting and keeps the load", (t) => {
  const base = stateOf(SANDBOX);
  const at = (knobs: Knobs) => scenarioOf({ ...base, knobs });
  t.equal(fingerprint(at({})), fingerprint(SANDBOX.scenario), "untouched");
  for (const knobs of [
    { servers: 40 },
    { slow: 4, speed: 0.25 },
    { workers: 3 },
    { service: "pareto" },
  ] as const)
    t.ok(Math.abs(loadOf(at(knobs)) - 0.8) < 1e-9, `load stays .8 with ${JSON.stringify(knobs)}`);
  t.ok(Math.abs(loadOf(at({ load: 0.95, servers: 7 })) - 0.95) < 1e-9);
  t.equal(serverCount(at({ servers: 7 })), 7);
  t.strictSame(at({ slow: 2, speed: 0.5, weights: "right" }).servers, [
    { count: 8, weight: 1 },
    { count: 2, speed: 0.5, weight: 0.5 },
  ]);
  t.end();
});

t.test("every preset gives the same run in portions as at once", (t) => {
  for (const preset of PRESETS) {
    const state = stateOf(preset);
    const untilMs = Math.min(endOf(preset.scenario), 800);
    const frame = watched(state, [untilMs * 0.21, untilMs * 0.77, untilMs]);
    const scenario = { ...scenarioOf(state), durationMs: preset.scenario.durationMs };
    t.equal(frame.lanes.length, 2, preset.name);
    t.ok(
      (frame.lanes[0]?.arrived ?? 0) > 0 || preset.name === "black-hole",
      `${preset.name} has traffic`,
    );
    t.equal(frame.lanes[0]?.servers.length, serverCount(scenario));
  }
  t.end();
});

t.test("a disturbance by hand gives the same run as a planned one", (t) => {
  const plain: RunState = { ...stateOf(SANDBOX), seed: 3 };
  for (const kind of DISTURBANCE_KINDS) {
    const once = disturbed([], 4, kind, 3_000);
    const state = { ...plain, disturbances: disturbed(once, 4, "recover", 4_000.5) };
    t.strictSame(state.disturbances, [{ kind, server: 4, atMs: 3_000, untilMs: 4_000.5 }]);
    const seen = watched(state, [2_999, 3_000, 3_500, 9_000]);
    const direct = simulate(
      { ...scenarioOf(state), durationMs: 60_000 },
      { ...state.a, seed: 3, tap: {} },
    );
    const whole = watched(state, [60_000]).lanes[0]?.detail?.figures;
    t.strictSame(whole, figuresOf(direct), `${kind}: the whole run`);
    const quiet = watched(plain, [9_000]);
    t.not(
      seen.lanes[0]?.detail?.figures.latency.mean,
      quiet.lanes[0]?.detail?.figures.latency.mean,
      `${kind} does something`,
    );
    const during = watched(state, [3_500]).lanes[0]?.servers[4];
    const after = seen.lanes[0]?.servers[4];
    t.ok(during?.state !== "up" || during.speed < 1, `${kind} shows`);
    t.ok(after?.state === "up" && Math.abs(after.speed - 1) < 1e-9, `${kind} ends`);
  }
  t.end();
});

t.test("every algorithm can be inspected, and that changes nothing", (t) => {
  for (const algorithm of OFFERED) {
    const state: RunState = {
      ...stateOf(SANDBOX),
      a: { algorithm, parameters: {} },
      b: undefined,
      knobs: { slow: 3, speed: 0.5, balancers: 2, weights: "right" },
    };
    const times = Array.from({ length: 30 }, (_, at) => (at + 1) * 200);
    const looked = watched(state, times).lanes[0]?.detail;
    const alone = watched(state, [6_000]).lanes[0]?.detail;
    t.strictSame(looked?.figures, alone?.figures, algorithm);
    const none = ["first", "least-conn-by-index"].includes(algorithm);
    t.equal(looked?.inspection === undefined, none, `${algorithm} shows what it holds`);
  }
  t.end();
});

t.test("a step goes to the next request, in both lanes", (t) => {
  const runner = new Runner();
  runner.obey({ kind: "open", run: 1, state: stateOf(SANDBOX) });
  let before = 0;
  for (let step = 0; step < 20; step++) {
    const frame = runner.obey({ kind: "step", run: 1, byMs: 0.1 }) as Frame;
    t.ok(frame.timeMs > before);
    t.ok(String(frame.timeMs).length < 8, `a short time: ${frame.timeMs}`);
    t.ok(frame.lanes.every(({ picks }) => picks.length > 0));
    before = frame.timeMs;
  }
  t.end();
});

t.test("an impossible run is refused with a message", (t) => {
  const state = { ...stateOf(SANDBOX), a: { algorithm: "no-such-algorithm", parameters: {} } };
  t.match(new Runner().obey({ kind: "open", run: 2, state }), {
    kind: "refused",
    why: /no-such-algorithm/,
  });
  t.end();
});

/** Continues a run to each of these times, one after the other, and returns the last frame. */
function watched(state: RunState, times: readonly number[]): Frame {
  const runner = new Runner();
  let frame = runner.obey({ kind: "open", run: 1, state });
  for (const toMs of times) frame = runner.obey({ kind: "advance", run: 1, toMs, detail: true });
  if (frame.kind !== "frame") throw new Error(frame.why);
  return frame;
}
