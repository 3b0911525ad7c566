// Writes faulty files into a temporary folder, and checks that `checkTree` reports each fault with its line, and
// nothing else.
import t from "tap";
import { checkTree } from "./check-tree.ts";

interface Files {
  readonly [name: string]: string | Files;
}

const src = (name: string, files: Files) => ({ [name]: { src: files } });

/** Returns the `file:line` of each fault in the tree. */
const places = (root: string) => checkTree(root).map((fault) => fault.split("  ")[0]);

t.test("imports through a wall are found, whatever their form", async (t) => {
  const root = t.testdir({
    packages: {
      ...src("http", { "a.ts": 'import { x } from "@tandem/config";\nexport const y = x;\n' }),
      ...src("balancer", {
        "a.ts": 'export type { X } from "@tandem/webserver";\n',
        "b.ts": 'export * from "@tandem/lab";\n',
        "c.ts": 'import "@tandem/http/session";\nimport "@tandem/balancer";\n',
      }),
      ...src("webserver", {
        "a.ts": 'import "@tandem/balancer/backend";\nimport "@tandem/balancer";\n',
        "b.ts": 'const late = await import("@tandem/appserver");\nexport { late };\n',
        "c.ts": 'export type T = import("@tandem/cluster").T;\n',
      }),
      ...src("cluster", { "a.ts": 'import "../../http/src/a.ts";\nimport "./b.ts";\n' }),
      ...src("new", { "a.ts": 'import "@tandem/http";\n' }),
    },
    benchmarks: { src: { "a.ts": 'import "@tandem/lab";\nimport "@tandem/http/src/a.ts";\n' } },
    examples: { site: { "a.ts": 'import "@tandem/appserver";\nimport "@tandem/config";\n' } },
  });
  t.strictSame(places(root), [
    "benchmarks/src/a.ts:2",
    "examples/site/a.ts:2",
    "packages/balancer/src/a.ts:1",
    "packages/balancer/src/b.ts:1",
    "packages/cluster/src/a.ts:1",
    "packages/http/src/a.ts:1",
    "packages/new/src/a.ts:1",
    "packages/webserver/src/a.ts:2",
    "packages/webserver/src/b.ts:1",
    "packages/webserver/src/c.ts:1",
  ]);
});

t.test("tests may import any package, but not a package's inside", async (t) => {
  const text = 'import "@tandem/webserver";\nimport "@tandem/http/src/a.ts";\n';
  const root = t.testdir({
    packages: { http: { src: { "a.test.ts": text }, test: { "b.ts": text } } },
  });
  t.strictSame(places(root), ["packages/http/src/a.test.ts:2", "packages/http/test/b.ts:2"]);
});

const TIMED = `
import { setTimeout as sleep } from "node:timers/promises";
export const read = [Date.now(), performance.now(), Math.random(), new Date()];
export const clock = Date.now;
setTimeout(() => sleep(1), 1);
globalThis.setInterval(() => {}, 1);
export const text = "Date.now()"; // Math.random()
export const formatted = new Date(5);
export const set = (socket: { setTimeout(ms: number): void }) => socket.setTimeout(5);
// rule zero: measured before any clock exists
export const began = Date.now();
`;

t.test("time and chance are found outside the clock, and only in timed packages", async (t) => {
  const root = t.testdir({
    packages: {
      ...src("http", { message: { "a.ts": TIMED, "a.test.ts": TIMED } }),
      ...src("appserver", { message: { "a.ts": TIMED } }),
      ...src("transport", { "clock.ts": TIMED }),
      ...src("lab", { "a.ts": TIMED }),
    },
  });
  t.strictSame(
    places(root).sort(),
    ["appserver", "http"].flatMap((name) =>
      [2, 3, 3, 3, 3, 4, 5, 6].map((line) => `packages/${name}/src/message/a.ts:${line}`),
    ),
  );
});

t.test("a room imports only what is on floors below it, for a type alone as well", async (t) => {
  const b = "export type B = 1;\n";
  const root = t.testdir({
    packages: {
      ...src("http", {
        "index.ts": 'export * from "./h1/a.ts";\nexport * from "./message/b.ts";\n',
        message: {
          "a.ts": 'import type { B } from "../h1/b.ts";\nexport type A = B;\n',
          "b.ts": b,
        },
        h1: {
          "a.ts": 'import type { B } from "../message/b.ts";\nexport type A = B;\n',
          "b.ts": b,
        },
      }),
      ...src("balancer", {
        "refusal.ts": b,
        pool: { "a.ts": 'export const late = import("../exchange/b.ts");\n' },
        balance: { "a.ts": 'import "../pool/a.ts";\nimport "../exchange/b.ts";\n' },
        backend: {
          "a.ts": 'export type { B } from "../exchange/b.ts";\n',
          "a.test.ts": 'import "../exchange/b.ts";\n',
        },
        exchange: { "b.ts": b },
        library: { "a.ts": 'import "../refusal.ts";\n' },
        tunnels: { "a.ts": b },
      }),
      ...src("lab", { sim: { "a.ts": 'import "../page/b.ts";\n' }, page: { "b.ts": b } }),
    },
  });
  t.strictSame(places(root), [
    "packages/balancer/src/backend/a.ts:1",
    "packages/balancer/src/balance/a.ts:2",
    "packages/balancer/src/library/a.ts:1",
    "packages/balancer/src/pool/a.ts:1",
    "packages/balancer/src/tunnels/a.ts:1",
    "packages/http/src/message/a.ts:1",
  ]);
  t.match(checkTree(root), [
    /'exchange' is above 'backend', which may import .*, pool, balance; move what both need down/,
    /'exchange' is above 'balance'/,
    /an entry of the package is above 'library'/,
    /'exchange' is above 'pool'/,
    /'packages\/balancer\/src\/tunnels' has no floor; give it one in scripts\/rules\/floors\.ts/,
    /'h1' is above 'message', which may import text;/,
  ]);
});

const imports = (name: string) => `import { X } from "${name}";\nexport const Y = X;\n`;

t.test(
  "cycles are found over types, entries and whole packages, each where it is cut",
  async (t) => {
    const manifest = JSON.stringify({ name: "@tandem/lab", exports: { ".": "./src/index.ts" } });
    const root = t.testdir({
      packages: {
        lab: {
          "package.json": manifest,
          src: {
            "index.ts": 'export * from "./through-entry.ts";\n',
            "through-entry.ts": imports("@tandem/lab"),
            "itself.ts": imports("./itself.ts"),
            "one.ts": imports("./two.ts"),
            "two.ts": imports("./three.ts"),
            "three.ts": 'export type X = import("./one.ts").X;\n',
            "apart.ts": imports("./one.ts"),
          },
        },
      },
      benchmarks: { test: { "a.ts": imports("./b.ts"), "b.ts": imports("./a.ts") } },
    });
    const cycles = checkTree(root).filter((fault) => fault.includes("imports itself"));
    t.match(cycles, [
      /^benchmarks\/test\/a\.ts:1 {2}imports itself through benchmarks\/test\/b\.ts; move what both need/,
      /^packages\/lab\/src\/index\.ts:1 {2}imports itself through packages\/lab\/src\/through-entry\.ts;/,
      /^packages\/lab\/src\/itself\.ts:1 {2}imports itself;/,
      /^packages\/lab\/src\/three\.ts:1 {2}imports itself through \S+\/one\.ts, \S+\/two\.ts; move the type/,
    ]);
    t.equal(cycles.length, 4);
  },
);

t.test("an interface and the registry of its implementations are told apart", async (t) => {
  const lamp = "export interface Lamp { shine(): void }\n";
  const red = (file: string) =>
    `import type { Lamp } from "${file}";\nexport class Red implements Lamp { shine() {} }\n`;
  const table = 'import { Red } from "./red.ts";\nexport const LAMPS = { red: () => new Red() };\n';
  const root = t.testdir({
    packages: {
      ...src("lab", {
        "lamp.ts": table + lamp,
        "red.ts": red("./lamp.ts"),
        apart: { "lamp.ts": lamp, "red.ts": red("./lamp.ts"), "lamps.ts": table },
      }),
    },
  });
  t.match(checkTree(root), [
    /^packages\/lab\/src\/red\.ts:1 {2}imports itself through packages\/lab\/src\/lamp\.ts; .*an interface stands apart from the registry of its implementations$/,
  ]);
});

t.test("a file of 401 lines is refused, one of 400 is not", async (t) => {
  const root = t.testdir({
    packages: src("http", { "a.ts": "//\n".repeat(401), "b.ts": "//\n".repeat(400) }),
  });
  t.match(checkTree(root), [/^packages\/http\/src\/a\.ts:1 {2}401 lines/]);
});

t.test("a file that cannot be parsed is named, never passed over", async (t) => {
  const root = t.testdir({ packages: src("http", { "a.ts": "export const = ;\n" }) });
  t.throws(() => checkTree(root), /packages\/http\/src\/a\.ts/);
});
