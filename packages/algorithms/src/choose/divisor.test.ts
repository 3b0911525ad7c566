// Tests what a weight means to an algorithm whose load contains a latency: of what the weights and the latencies say of
// a server's speed, the slower counts, and never the product of both.
import t from "tap";
import { type Fake, fake, fakes, world } from "../contract/index.ts";
import { openPicker } from "../open-picker.ts";
import type { Picker } from "../picker.ts";

const CONTEXT = { tried: [], key: undefined };
const OPEN = {
  "peak-ewma": (environment: Parameters<typeof openPicker>[1]) =>
    openPicker<Fake, "peak-ewma">("peak-ewma", environment),
  "peak-ewma of two of three": (environment: Parameters<typeof openPicker>[1]) =>
    openPicker<Fake, "peak-ewma">("peak-ewma", environment, { draws: 2 }),
  "least-time": (environment: Parameters<typeof openPicker>[1]) =>
    openPicker<Fake, "least-time">("least-time", environment),
};

interface Asked {
  readonly weights: readonly number[];
  readonly latencies: readonly number[];
}

/** Answers once from each server with its latency. The returned function says who is picked at these requests in flight. */
function pickerOf(name: keyof typeof OPEN, { weights, latencies }: Asked) {
  const list = fakes(weights);
  const { picker } = world(OPEN[name]);
  if (name === "peak-ewma of two of three") picker.update([...list, down()]);
  else picker.update(list);
  for (const [index, server] of list.entries()) answer(picker, server, latencies[index] ?? 0);
  return (...inFlight: number[]): string => {
    for (const [index, server] of list.entries()) server.inFlight = inFlight[index] ?? 0;
    const picked = picker.pick(CONTEXT);
    return picker.why === "tie" ? "tie" : (picked?.name ?? "none");
  };
}

const down = () => Object.assign(fake("down"), { up: false });

function answer(picker: Picker<Fake>, server: Fake, ms: number): void {
  picker.started?.(server);
  picker.ended?.(server, "ok", ms);
}

for (const name of ["peak-ewma", "peak-ewma of two of three", "least-time"] as const)
  t.test(name, async (t) => {
    const right = pickerOf(name, { weights: [2, 1], latencies: [100, 200] });
    t.equal(right(0, 0), "s0");
    t.equal(right(2, 0), "s1", "3 requests at 100 ms are more than 1 at 200 ms");
    t.equal(right(1, 0), "tie", "2 × 100 ms = 1 × 200 ms: twice as slow, not four times");

    const unknown = pickerOf(name, { weights: [1, 1], latencies: [100, 200] });
    t.equal(unknown(1, 0), "tie", "with equal weights the latencies alone");

    const wished = pickerOf(name, { weights: [9, 1], latencies: [100, 100] });
    t.equal(wished(7, 0), "s0", "a weight of 9 is still worth 9");
    t.equal(wished(9, 0), "s1");

    const troubled = pickerOf(name, { weights: [2, 1], latencies: [1_000, 100] });
    t.equal(troubled(0, 3), "s1", "the heavy one is ten times slower: 4 × 2 are less than 1 × 10");
    t.equal(troubled(0, 5), "s0");

    const starting = pickerOf(name, { weights: [1, 0.1], latencies: [100, 100] });
    t.equal(starting(8, 0), "s0", "a slow start at a tenth of the weight holds back");
    t.equal(starting(10, 0), "s1", "but a busy server does not starve it");
    t.equal(starting(0, 0), "s0", "between idle servers of equal latency the greater weight wins");
    const nearly = pickerOf(name, { weights: [1, 1.0001], latencies: [100, 100] });
    t.equal(nearly(0, 0), "s1", "however small its lead");
    t.equal(nearly(0, 1), "s0");
    const cold = pickerOf(name, { weights: [1, 0.1], latencies: [100, 500] });
    t.equal(cold(10, 0), "s1", "not 50 times, for a server that is cold and starts slowly");
  });

t.test("a latency of nothing wins, and breaks no comparison", async (t) => {
  const pick = pickerOf("peak-ewma", { weights: [1, 3], latencies: [0, 10] });
  t.equal(pick(0, 0), "s0");
  t.equal(pick(50, 0), "s0");
});

t.test("a server that may not be picked is no measure for the others", async (t) => {
  const list = fakes([1, 2, 1]);
  const { picker } = world(OPEN["least-time"]);
  picker.update(list);
  for (const [index, server] of list.entries())
    answer(picker, server, [1_000, 1_000, 20][index] ?? 0);
  const [light, heavy, gone] = list as [Fake, Fake, Fake];
  t.equal(picker.pick(CONTEXT), gone, "while it is up, it is by far the fastest");
  gone.up = false;
  Object.assign(light, { inFlight: 1 });
  Object.assign(heavy, { inFlight: 2 });
  t.equal(
    picker.pick(CONTEXT),
    heavy,
    "3 / 2 are less than 2 / 1: at equal latency the weights count",
  );
  t.equal(picker.pick({ tried: [heavy], key: undefined }), light);
});

t.test("the numbers shown are what is compared", async (t) => {
  const list = fakes([2, 1]);
  const { picker } = world(OPEN["peak-ewma"]);
  picker.update(list);
  answer(picker, list[0] as Fake, 100);
  answer(picker, list[1] as Fake, 150);
  const shown = picker.inspect?.();
  t.equal(shown?.kind, "loads");
  if (shown?.kind === "loads")
    t.strictSame(
      shown.loads.map(({ value }) => Math.round(value)),
      [100, 200],
      "the light one counts with twice the latency of the heavy one, since 150 ms are less",
    );
});
