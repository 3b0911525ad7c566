// Tests the loader: the report on a refused file, the values of a valid file, and the use of variables.
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  ConfigError,
  formatProblems,
  loadConfig,
  loadForBox,
  parseConfig,
  placeFindings,
  probableState,
} from "./index.ts";

const example = join(import.meta.dirname, "../../../examples/www.foobar.com/tandem.yaml");

function problemsOf(text: string, options = {}) {
  try {
    parseConfig(text, "tandem.yaml", { env: {}, ...options });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
const placesOf = (text: string, options = {}) =>
  problemsOf(text, options).map(({ line, column, path }) => `${line}:${column} ${path}`);

t.test("a file that cannot be read says why and what to do", async (t) => {
  const folder = t.testdir({ "big.yaml": "#".repeat(1024 * 1024 + 1), "locked.yaml": "site: a" });
  t.throws(() => loadConfig(join(folder, "none.yaml")), {
    name: "ConfigError",
    message: /no such file; say which configuration to read/,
  });
  t.throws(() => loadConfig(folder), { message: /is a folder, expected a file/ });
  t.throws(() => loadConfig(join(folder, "big.yaml")), { message: /expected at most 1 MiB/ });
  t.throws(() => loadConfig("/dev/zero"), { message: /is a device, expected a file/ });
  const pipe = join(folder, "pipe.yaml");
  execFileSync("mkfifo", [pipe]);
  t.throws(() => loadConfig(pipe), {
    message: /is a pipe, expected a file; write its text to a file, and name that/,
  });
  t.equal(probableState(pipe), undefined, "the state folder of a pipe is not waited for");
  t.equal(probableState("/dev/zero"), undefined);
  t.throws(() => placeFindings(pipe, []), { message: /is a pipe/ });
  chmodSync(join(folder, "locked.yaml"), 0);
  // Root may read every file, so only other users get this error.
  if (process.getuid?.() !== 0)
    t.throws(() => loadConfig(join(folder, "locked.yaml")), { message: /may not be read/ });
});

t.test("no text makes the loader throw anything but a ConfigError", async (t) => {
  const good = readFileSync(example, "utf8");
  const accepted = (text: string): true => {
    problemsOf(text, { box: "box1" });
    return true;
  };
  fc.assert(fc.property(fc.string({ unit: "binary" }), accepted), { numRuns: 200, seed: 1 });
  const cut = fc.record({ at: fc.nat(good.length), gone: fc.nat(40), put: fc.string() });
  fc.assert(
    fc.property(cut, ({ at, gone, put }) =>
      accepted(good.slice(0, at) + put + good.slice(at + gone)),
    ),
    { numRuns: 40, seed: 2 },
  );
  for (const hostile of [
    "__proto__: { site: x }\n",
    "site: x\nconstructor: 1\ntoString: 2\n",
    "? [a, b]\n: c\n",
    "site: &a [*a]\n",
    "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n",
  ])
    t.ok(problemsOf(hostile).length > 0, hostile.slice(0, 20));
});

t.test(
  "contradictions between sections are reported together with what the schema refuses",
  async (t) => {
    const text = `site: x
stat: y
balancer:
  frontends:
    a: { bind: "*:80", routes: [{ match: { path: /b }, backend: broken }, { backend: nowhere }] }
  backends:
    broken: { servers: { box1: { address: nonsense } } }
`;
    t.strictSame(placesOf(text), [
      "2:1 stat",
      "5:86 balancer.frontends.a.routes[1].backend",
      "7:43 balancer.backends.broken.servers.box1.address",
    ]);
  },
);

t.test("variables expand in values and never change the structure", async (t) => {
  const env = { SITE: "a: b\nstate: c", PORT: "8404", EMPTY: "", DEPTH: "7", ON: "true" };
  const config = parseConfig(
    `site: x
state: $\${HOME}/\${NONE:-.tandem}/\${EMPTY:-e}
balancer:
  frontends: {}
  backends: {}
  admin: { bind: "127.0.0.1:\${PORT}" }
  threads: \${DEPTH}
webserver:
  servedBy: \${ON}
appserver:
  app: "\${DEPTH}"
  config:
    text: "\${DEPTH}"
    lines: "\${SITE}"
    number: \${DEPTH}
    "\${PORT}": key
  database: { urlFile: "/run/\${BOX}.url" }
`,
    "tandem.yaml",
    { env },
  );
  t.match(config.state, `/\${HOME}/.tandem/e`);
  t.equal(config.balancer?.admin?.bind.port, 8404);
  t.equal(config.balancer?.threads, 7);
  t.equal(config.webserver?.servedBy, true);
  t.strictSame(config.appserver?.config, {
    text: "7",
    lines: "a: b\nstate: c",
    number: 7,
    ["$" + "{PORT}"]: "key",
  });
  t.equal(config.appserver?.database.urlFile, `/run/\${BOX}.url`, "no box was named");
});

t.test("in a file without boxes the variable BOX is the host name", async (t) => {
  const dir = t.testdir({ "one.yaml": `site: x\nstate: /var/\${BOX}\n` });
  const file = join(dir, "one.yaml");
  t.equal(loadForBox(file, undefined, "web1").box, "web1");
  t.equal(loadForBox(file, "web1", "web1").config.state, "/var/web1");
  t.throws(() => loadForBox(file, "nobox", "web1"), /leave out --box nobox/);
});

t.test("every relative path starts at the folder of the file", async (t) => {
  const text = `site: x
state: state
balancer:
  frontends:
    a:
      bind: "*:443"
      routes: [{ backend: b }]
      tls: { certificates: [{ cert: ../site.crt, key: /keys/site.key }] }
  backends:
    b:
      servers: { s: { address: h:1 } }
      balance: { algorithm: module, module: ./picker.ts }
      tls: { ca: tls/ca.crt, cert: tls/b.crt, key: tls/b.key }
webserver:
  locations: [{ path: /, root: . }]
appserver:
  app: app
  config: { assets: static }
  database: { url: "sqlite:data/site.db" }
telemetry:
  log: { directory: logs }
  sumologic: { urlFile: sumo.url }
`;
  const { state, balancer, webserver, appserver, telemetry } = parseConfig(text, "/etc/t/f.yaml");
  t.equal(state, "/etc/t/state");
  const [pair] = balancer?.frontends.a?.tls?.certificates ?? [];
  t.strictSame(pair, { cert: "/etc/site.crt", key: "/keys/site.key" });
  t.equal(balancer?.backends.b?.balance.module, "/etc/t/picker.ts");
  t.equal(balancer?.backends.b?.tls?.ca, "/etc/t/tls/ca.crt");
  t.equal(webserver?.locations[0]?.root, "/etc/t");
  t.equal(appserver?.app, "/etc/t/app");
  t.equal(appserver?.sessions.secretFile, "/etc/t/.tandem/session.key", "a default too");
  t.equal(appserver?.database.url, "sqlite:/etc/t/data/site.db");
  t.strictSame(
    appserver?.config,
    { assets: "static" },
    "the application's own options stay as written",
  );
  t.equal(telemetry.log.directory, "/etc/t/logs");
  t.equal(telemetry.sumologic?.urlFile, "/etc/t/sumo.url");
  const memory = text.replace("sqlite:data/site.db", "sqlite::memory:");
  t.equal(parseConfig(memory, "/etc/t/f.yaml").appserver?.database.url, "sqlite::memory:");
});

t.test("variables and rules see the named box", async (t) => {
  const text = `site: x\nstate: /var/\${BOX}\ncluster: { boxes: { box1: {} } }\n`;
  t.equal(parseConfig(text, "f", { box: "box1", env: { BOX: "other" } }).state, "/var/box1");
  t.equal(parseConfig(text, "f", { env: { BOX: "other" } }).state, `/var/\${BOX}`);
  t.match(problemsOf(text, { box: "box2" }), [{ line: 3, path: "cluster.boxes" }]);
  const { state } = parseConfig(`site: x\nstate: /var/\${BOX}\n`, "f", { box: "any" });
  t.equal(state, "/var/any", "a file without boxes describes one machine, whatever its name");
});

t.test("merge keys and anchors; a place inside what was merged", async (t) => {
  const text = `site: x
balancer:
  frontends: {}
  backends:
    a: &a { servers: { s: { address: h:1 } }, check: &c { interval: 5s } }
    b: { <<: *a, retries: 1 }
    c: { <<: [*a, { retries: 99 }], check: *c }
`;
  t.strictSame(placesOf(text), ["7:30 balancer.backends.c.retries"]);
  const config = parseConfig(text.replace("99", "9"), "f");
  t.equal(config.balancer?.backends.b?.check.interval, 5000);
  t.equal(config.balancer?.backends.c?.retries, 9);
});

t.test("slips in YAML are named, and shown at their place", async (t) => {
  const slips: readonly (readonly [text: string, place: string, words: string])[] = [
    ["site: x\nstate: *:8080\n", "2:8", `a value that begins with '*' needs quotes: "*:8080"`],
    ["site: x\nstate: { a: *.b.test, c: d }\n", "2:13", 'needs quotes: "*.b.test"'],
    ["site: *anchor\n", "1:7", "'*anchor' repeats a value named '&anchor'"],
    ["site: @x\n", "1:7", `a value that begins with '@' needs quotes: "@x"`],
    ["bind: [::1]:80\n", "1:7", 'an address in brackets needs quotes: "[::1]:80"'],
    [
      "a:\n  b:\n    c: 1\n   d: 2\n",
      "4:4",
      "3 spaces, where nothing above is; expected 2, like 'b', or 4, like 'c'",
    ],
    ["a:\n  b: 1\n   c: 2\n", "3:4", "indented by 3 spaces, where nothing above is; expected 2"],
    ["a:\n  b: 1\n c: 2\n", "3:2", "indented by 1 space, where nothing above is; expected 0, like"],
    ["a:\n  - b: 1\n   c: 2\n", "3:4", "expected 2, like '-', or 4, like 'b'"],
    ["site: x\n state: y\n", "2:2", "expected 0, like 'site'"],
    ["a: { b: { c: d }\ne: f\n", "1:4", "the '{' that opens here is not closed"],
    ["a:\n  - [1, 2\nb: 3\n", "2:5", "the '[' that opens here is not closed"],
    ["a: { b: c", "1:4", "the '{' that opens here is not closed"],
    ['a: "b\nc: d\n', "1:4", "the quote that opens here is not closed"],
    ["a: 1\nd:e\nf: g\n", "2:1", "a space is missing after the ':' of 'd'"],
    ["a: 1\nd\nf: g\n", "2:1", "a ':' is missing after this"],
    ["a: b: c\n", "1:4", "a second ':' where only one value can stand"],
  ];
  for (const [text, place, words] of slips) {
    const [problem, ...more] = problemsOf(text);
    t.equal(`${problem?.line}:${problem?.column}`, place, text);
    t.match(problem?.message, words, text);
    t.same(more, [], "one slip, one problem");
    const crlf = problemsOf(text.replaceAll("\n", "\r\n"));
    t.strictSame(
      crlf.map(({ message }) => message),
      [problem?.message],
      "with Windows' line ends",
    );
  }
});

t.test("tabs before a problem leave the caret under it", async (t) => {
  const [line, caret] = formatProblems(problemsOf('site:\t\t567\t# "tab"\n'), { color: false })
    .split("\n")
    .slice(1, 3);
  t.equal(line, '  1 | site:\t\t567\t# "tab"');
  t.equal(caret, "    |      \t\t^^^");
});

t.test("colour only when the caller asks for it", async (t) => {
  const problems = problemsOf("sit: x\n");
  t.notMatch(formatProblems(problems, { color: false }), "\x1b");
  t.match(formatProblems(problems, { color: true }), "\x1b[31m");
});

t.test("the reference site loads for each of its boxes, and without a box", async (t) => {
  for (const options of [{ box: "box1" }, { box: "box2" }, {}]) {
    const { balancer } = loadConfig(example, options);
    t.match(balancer?.backends.web?.tls?.cert, options.box ?? "$" + "{BOX}");
    t.strictSame(balancer?.admin?.bind, { host: "127.0.0.1", port: 8404 });
  }
});
