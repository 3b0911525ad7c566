import t from "tap";
import { parseReadiness, READY_TYPE, type Readiness, readyText } from "./readiness.ts";

const TOLD: Readiness = {
  status: "warn",
  draining: false,
  output: "no appserver is able to answer requests",
  checks: {
    application: [
      {
        ...{ componentId: "box1", status: "fail", since: "2026-11-28T17:00:00.000Z" },
        ...{ output: "L4CON: connect ECONNREFUSED", seenBy: "" },
      },
    ],
  },
};

t.test("the tier in front reads the same report that a tier sends", async (t) => {
  t.same(parseReadiness(`${READY_TYPE}; charset=utf-8`, readyText(TOLD, "box1/web/7")), TOLD);
});

t.test("a check that passes only because nothing was checked says so", async (t) => {
  const [check] = TOLD.checks.application ?? [];
  const assumed = { ...check, status: "pass", assumed: true };
  const read = (told: object) =>
    parseReadiness(READY_TYPE, JSON.stringify({ ...TOLD, checks: { application: [told] } }))
      ?.checks;
  t.same(read(assumed)?.application, [assumed]);
  t.same(read({ ...assumed, assumed: "yes" })?.application, [{ ...check, status: "pass" }]);
  t.same(read({ ...assumed, status: "fail" })?.application, [check], "a failure is seen");
});

t.test("of another application's report the valid parts are read", async (t) => {
  const spring = {
    status: "UP",
    checks: { "db:time": [{ status: "down", time: "2026-01-01" }, 7] },
  };
  t.same(parseReadiness(READY_TYPE, JSON.stringify(spring)), {
    ...{ status: "pass", draining: false, output: "" },
    checks: {
      "db:time": [
        {
          ...{ componentId: "", status: "fail", since: "2026-01-01T00:00:00.000Z" },
          ...{ output: "", seenBy: "" },
        },
      ],
    },
  });
});

t.test("other text is no report, and can harm neither the log nor the memory", async (t) => {
  const refused: [string | undefined, string][] = [
    [undefined, readyText(TOLD, "")],
    ["application/json", readyText(TOLD, "")],
    [READY_TYPE, "{"],
    [READY_TYPE, "null"],
    [READY_TYPE, '"pass"'],
    [READY_TYPE, '{"status":"perhaps"}'],
    [READY_TYPE, '{"status":"__proto__"}'],
    [READY_TYPE, JSON.stringify({ status: "pass", output: "x".repeat(70_000) })],
  ];
  for (const [type, text] of refused)
    t.equal(parseReadiness(type, text), undefined, text.slice(0, 40));
  const many = Array.from({ length: 1000 }, () => ({ status: "pass" }));
  const hostile = {
    status: "warn",
    output: `\u001b[2J\n${"y".repeat(999)}`,
    checks: { a: many, b: 3 },
  };
  const read = parseReadiness(READY_TYPE, JSON.stringify(hostile));
  t.match(read?.output, /^ {1}\[2J y+$/);
  t.ok((read?.output.length ?? 0) <= 300);
  t.equal(read?.checks.a?.length, 64);
  t.same(read?.checks.b, []);
});
