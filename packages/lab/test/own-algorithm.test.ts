// An algorithm of the user's own in the laboratory: first what is refused and which faults are found, then that a sound
// file runs like a built-in algorithm.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { loadOwn, loadOwnFiles, makeKnown, tellOwnFaults } from "../src/cli/own-files.ts";
import { isFile, readOwnText } from "../src/cli/own-text.ts";
import { checkContract } from "../src/own/own-contract.ts";
import { simulate } from "../src/sim/simulation.ts";
import { lab, startLab, TINY } from "./support/command.ts";

/** Writes a file whose `pick` has this body, and returns its path. `open` holds the servers that may be picked. */
function picking(t: Test, body: string): string {
  return written(
    t,
    `export function createPicker({ rng }, parameters) {
      let servers = [];
      return {
        why: "first-choice",
        update(list) { servers = list; },
        pick({ tried, key }) {
          const open = servers.filter((one) => one.usable && !tried.includes(one));
          ${body}
        },
      };
    }`,
  );
}

function written(t: Test, text: string): string {
  const file = join(t.testdir(), "mine.js");
  writeFileSync(file, text);
  return file;
}

t.test("a file that makes no picker is refused, and the message says why", async (t) => {
  await t.rejects(loadOwn("./absent.ts"), {
    message: /^\.\/absent\.ts: there is no file .*absent/,
  });
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["export const x = ;", /mine\.js cannot be loaded: SyntaxError/],
    ["throw new Error('on strike');", /mine\.js cannot be loaded: on strike\n {2}at .*mine\.js:1/],
    ["", /mine\.js exports nothing, expected a function 'createPicker'; see docs/],
    ["export const other = 1;", /exports other, expected a function 'createPicker'/],
    ["export const createPicker = 1;", /exports createPicker, expected a function/],
    ["export const createPicker = () => { throw new Error('no'); };", /createPicker threw: no\n/],
    [
      "export const createPicker = async () => ({ update() {}, pick() {} });",
      /mine\.js: createPicker returned a promise, expected the picker itself; prepare it with 'await' at the top/,
    ],
    ["export const createPicker = () => undefined;", /has no method 'update\(…\)'/],
    ["export const createPicker = () => ({ update() {} });", /has no method 'pick\(…\)'/],
    [
      "export const createPicker = () => ({ update(list) { list[0].name; }, pick() {} });",
      /update\(\[\]\) threw: TypeError/,
    ],
  ];
  for (const [index, [text, message]] of cases.entries()) {
    const file = join(t.testdir({ [`${index}`]: {} }), `${index}`, "mine.js");
    writeFileSync(file, text);
    await t.rejects(loadOwn(file), { exitCode: 2, message });
  }
});

t.test("a file that is no program is refused without Node's own words", async (t) => {
  const folder = t.testdir({ "mine.json": "{}", "mine.yaml": "" });
  for (const name of ["mine.json", "mine.yaml"])
    await t.rejects(loadOwn(join(folder, name)), {
      exitCode: 2,
      message:
        /mine\.\w+ is no program, expected a \.ts or \.js file that exports createPicker; see docs[^?]*$/,
    });
});

t.test("parameters are read as they are typed", async (t) => {
  t.same(readOwnText("./mine.ts:favourite=s1,busyAt=3,on=true,limits.low=2,limits.high=5"), {
    file: "./mine.ts",
    parameters: { favourite: "s1", busyAt: 3, on: true, limits: { low: 2, high: 5 } },
  });
  t.same(readOwnText("./mine.ts"), { file: "./mine.ts", parameters: {} });
  t.throws(() => readOwnText("mine.ts:busy"), /found 'busy', expected a parameter with its value/);
  t.throws(() => readOwnText("mine.ts:=3"), /found '=3'/);
  t.throws(() => readOwnText("mine.ts:a=1,a=2"), /'a' is set twice/);
  t.throws(() => readOwnText("mine.ts:a=1,a.b=2"), /'a' is set twice/);
  const odd = readOwnText("mine.ts:__proto__.x=1");
  t.equal(({} as { x?: unknown }).x, undefined, "a name of the language changes nothing");
  t.equal(odd.file, "mine.ts");
  t.ok(["./mine", "mine.ts", "../a/mine.mjs:x=1", "/mine.cts"].every(isFile));
  t.notOk(["least-conn", "random(2)", "uri:hash.method=ring"].some(isFile));
});

const BROKEN: readonly (readonly [does: string, body: string, rule: string, fault: RegExp])[] = [
  [
    "throws",
    "throw new TypeError('oops');",
    "candidates",
    /^threw TypeError: oops\n {2}at .*mine\.js/,
  ],
  ["picks an index", "return 3;", "candidates", /^picks 3, which is no server; expected an object/],
  [
    "picks beyond the list",
    "return servers[servers.length];",
    "candidates",
    /^picks no server, though/,
  ],
  [
    "picks what is down",
    "return servers.find((one) => !tried.includes(one));",
    "candidates",
    /is (?:down|full)/,
  ],
  [
    "picks what has failed",
    "return servers.find((one) => one.usable);",
    "candidates",
    /has failed this request/,
  ],
  [
    "never picks",
    "return undefined;",
    "candidates",
    /^picks no server, though s0 may be picked\nthe shortest/,
  ],
  [
    "rolls dice of its own",
    "return open[Math.floor(Math.random() * open.length)];",
    "repeats",
    /with the same numbers and events again/,
  ],
  [
    "writes to the servers",
    "for (const one of open) one.weight = 9; return open[0];",
    "reads",
    /^pick writes to s0: its weight was 1 and is 9; a picker only reads the servers\nthe shortest history/,
  ],
  [
    "changes the list",
    "servers.push(servers[0]); return open[0];",
    "reads",
    /^pick changes a list that it got/,
  ],
  [
    "changes the list of what was tried",
    "tried.length = 0; return open[0];",
    "reads",
    /^pick changes a list that it got/,
  ],
];

for (const [does, body, rule, fault] of BROKEN)
  t.test(`the contract finds an algorithm that ${does}`, async (t) => {
    const rules = checkContract(await loadOwn(picking(t, body)));
    t.match(
      rules.find(({ name }) => name === rule),
      { holds: false, fault },
    );
  });

t.test("two pickers of one file that share their servers are found", async (t) => {
  const file = written(
    t,
    `let servers = [];
    export const createPicker = () => ({
      why: "first-choice",
      update(list) { servers = list; },
      pick: ({ tried }) => servers.find((one) => one.usable && !tried.includes(one)),
    });`,
  );
  const rules = checkContract(await loadOwn(file));
  t.match(
    rules.find(({ name }) => name === "repeats"),
    { holds: false, fault: /which is no server/ },
  );
});

t.test("a faulty file does no harm in a simulation, and the command fails", async (t) => {
  const file = picking(t, "if (rng() < 0.5) throw new Error('oops'); return open[0];");
  const own = await loadOwn(file);
  makeKnown(own);
  const { counts, why } = simulate(TINY, { algorithm: file });
  t.equal(counts.ok + counts.inFlight, counts.offered, "least-conn chose instead");
  t.ok((why.fallback ?? 0) > 100);
  t.equal(process.exitCode ?? 0, 0);
  tellOwnFaults();
  t.equal(process.exitCode, 1);
  process.exitCode = 0;

  const tiny = join(t.testdir({ "tiny.json": JSON.stringify(TINY) }), "tiny.json");
  writeFileSync(
    file,
    "export const createPicker = () => ({ update() {}, pick() {}, why: 'none' });",
  );
  const run = await lab("run", tiny, "--seeds", "1", "--algorithms", "least-conn", file);
  t.match(run, {
    code: 1,
    stderr:
      /mine\.js: picked no server, though one of its list may be picked \([\d,]+ times; least-conn/,
  });
  t.match(run.stdout, /mine\.js/);
  const tested = await lab("test", file);
  t.match(tested, {
    code: 1,
    stdout: /NO {2}picks an untried usable server .*\n +picks no server/,
  });
  t.match(
    tested.stdout,
    /3 of 5 rules of the contract are broken; checks and scorecard are left out/,
  );
  for (const words of [
    ["run", tiny, "--algorithms", "./absent.ts"],
    ["compare", tiny, "least-conn", "./absent.ts"],
    ["list", "--algorithms", "./absent.ts"],
    ["test", "./absent.ts"],
  ])
    t.match(await lab(...words), { code: 2, stderr: /^\.\/absent\.ts: there is no file / });
});

t.test("a request has no key, as in the balancer, and parameters reach the file", async (t) => {
  const file = picking(
    t,
    "return key === undefined ? open.find((one) => one.name === parameters.favourite) ?? open[0] : 0;",
  );
  const text = `${file}:favourite=s3`;
  await loadOwnFiles(["least-conn", text]);
  const { servers, why } = simulate({ ...TINY, keys: { count: 10, zipf: 1 } }, { algorithm: text });
  t.equal(servers[3]?.share, 1);
  t.same(
    Object.keys(why).filter((reason) => (why[reason] ?? 0) > 0),
    ["first-choice"],
  );
});

t.test("a figure's file never loads code; the command line has to name it", async (t) => {
  const folder = t.testdir();
  const saved = {
    variants: [{ label: "a", scenario: TINY }],
    candidates: [{ label: "./mine.js", algorithm: "./mine.js" }],
  };
  writeFileSync(join(folder, "saved.json"), JSON.stringify(saved));
  writeFileSync(join(folder, "mine.js"), "process.exit(77);");
  const { outcome } = startLab(["run", "saved.json", "--seeds", "1"], { cwd: folder });
  t.match(await outcome, { code: 2, stderr: /'\.\/mine\.js'/ });
});

t.test("an endless loop in a file ends the command, which names the file", async (t) => {
  const file = picking(t, "for (;;);");
  const tiny = join(t.testdirName, "tiny.json");
  writeFileSync(tiny, JSON.stringify(TINY));
  const { code, stdout, stderr } = await lab("compare", tiny, "least-conn", file);
  t.match(stderr, /mine\.js: 'pick' has not ended for 5 s, so it may be an endless loop in 'tiny'/);
  t.equal(stdout, "");
  t.equal(code, 1);
});

t.test("a report takes a file, and its command names it", async (t) => {
  const file = picking(t, "return open[0];");
  const [tiny, out] = ["tiny.json", "report.html"].map((name) => join(t.testdirName, name)) as [
    string,
    string,
  ];
  writeFileSync(tiny, JSON.stringify(TINY));
  const words = ["--seeds", "1", "--algorithms", "least-conn", file];
  t.match(await lab("report", tiny, ...words, "--out", out), { code: 0, stderr: /^wrote / });
  t.match(readFileSync(out, "utf8"), `--algorithms least-conn ${file}`);
  t.match(await lab("report", tiny, "--algorithms", "./absent.ts", "--out", out), {
    code: 2,
    stderr: /^\.\/absent\.ts: there is no file /,
  });
});
