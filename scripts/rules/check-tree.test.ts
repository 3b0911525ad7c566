// The rules against planted faults: each must be found, at its line, and nothing else.
import t from "tap";
import { checkTree } from "./check-tree.ts";

const src = (name: string, files: Record<string, string>) => ({ [name]: { src: files } });

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
  const found = checkTree(root).map((fault) => fault.split("  ")[0]);
  t.strictSame(found, [
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
  t.strictSame(
    checkTree(root).map((fault) => fault.split("  ")[0]),
    ["packages/http/src/a.test.ts:2", "packages/http/test/b.ts:2"],
  );
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
      ...src("http", { "a.ts": TIMED, "a.test.ts": TIMED }),
      ...src("transport", { "clock.ts": TIMED }),
      ...src("appserver", { "a.ts": TIMED }),
    },
  });
  const lines = checkTree(root).map((fault) => fault.split("  ")[0]);
  t.strictSame(
    lines.sort(),
    [2, 3, 3, 3, 3, 4, 5, 6].map((line) => `packages/http/src/a.ts:${line}`),
  );
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
