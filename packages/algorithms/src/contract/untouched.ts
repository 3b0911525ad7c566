// The rule that a picker only reads the servers, the list of them, and the servers that a request has tried. All of them
// belong to the balancer, which counts and chooses with the same objects.
import type { PickContext, Picker } from "../picker.ts";
import type { Fake, Open } from "./fake.ts";

const FIELDS = ["name", "weight", "inFlight", "maxConnections", "up"] as const;

/** A picker has changed what it may only read. */
export class Touched extends Error {
  override readonly name = "Touched";
}

/** Makes the same picker, whose calls throw `Touched` when they have changed what they may only read. */
export function watchedOpen(open: Open): Open {
  return (environment) => watchedPicker(open(environment));
}

function watchedPicker(inner: Picker<Fake>): Picker<Fake> {
  const { started, firstByte, ended, report, probes } = inner;
  const known = new Set<Fake>();
  let held: readonly Fake[] = [];
  const during = <T>(call: string, list: readonly Fake[], run: () => T): T => {
    if (call === "update") held = list;
    for (const server of list) known.add(server);
    const servers = [...known].map((server) => ({ server, was: { ...server } }));
    const lists = [held, list].map((one) => ({ list: one, was: [...one] }));
    const check = () => {
      for (const { server, was } of servers) compareServer(call, server, was);
      for (const one of lists) compareList(call, one.list, one.was);
    };
    try {
      const result = run();
      check();
      return result;
    } catch (error) {
      check();
      throw error;
    }
  };
  return {
    get why() {
      return inner.why;
    },
    update: (servers) => during("update", servers, () => inner.update(servers)),
    pick: (context: PickContext<Fake>) => during("pick", context.tried, () => inner.pick(context)),
    ...(started && { started: (one) => during("started", [], () => inner.started?.(one)) }),
    ...(firstByte && {
      firstByte: (one, ms) => during("firstByte", [], () => inner.firstByte?.(one, ms)),
    }),
    ...(ended && {
      ended: (one, how, ms) => during("ended", [], () => inner.ended?.(one, how, ms)),
    }),
    ...(report && { report: (one, load) => during("report", [], () => inner.report?.(one, load)) }),
    ...(probes && { probes: () => during("probes", [], () => inner.probes?.() ?? []) }),
  };
}

function compareServer(call: string, server: Fake, was: Fake): void {
  const field = FIELDS.find((name) => server[name] !== was[name]);
  if (field === undefined) return;
  throw new Touched(
    `${call} writes to ${was.name}: its ${field} was ${was[field]} and is ${server[field]}; ` +
      "a picker only reads the servers",
  );
}

function compareList(call: string, list: readonly Fake[], was: readonly Fake[]): void {
  if (list.length === was.length && list.every((server, i) => server === was[i])) return;
  throw new Touched(`${call} changes a list that it got; change a copy of it`);
}
