// Tests round robin: published sequences, exact shares, threads that share tickets, and weights
// that change.
import fc from "fast-check";
import t from "tap";
import { type Fake, fake, fakes, seeded } from "../contract/index.ts";
import { openPicker } from "../open-picker.ts";
import { integerWeights } from "./integer-weights.ts";
import { Rotation } from "./rotation.ts";
import { smoothSequence } from "./smooth-sequence.ts";
import { StaticStride } from "./static-stride.ts";

const CONTEXT = { tried: [], key: undefined };

/** Makes pickers that share tickets, like the pickers of one balancer's threads. */
function threads(name: "round-robin" | "static-rr", list: readonly Fake[], count = 1, ticket = 0) {
  let tickets = ticket;
  return Array.from({ length: count }, () => {
    const picker = openPicker<Fake>(name, {
      rng: seeded(1),
      now: () => 0,
      ticket: () => tickets++,
    });
    picker.update(list);
    return picker;
  });
}

function counts(take: () => string | undefined, picks: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = 0; i < picks; i++) {
    const name = take() ?? "";
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

t.test("nginx's smooth sequences", async (t) => {
  const letters = (weights: number[]) =>
    smoothSequence(weights)
      .map((i) => "abc"[i])
      .join("");
  t.equal(letters([5, 1, 1]), "aabacaa");
  t.equal(letters([2, 1]), "aba");
  t.equal(letters([10, 2, 2]), "aabacaa", "only the ratio counts");
  const [picker] = threads("round-robin", [fake("a", 5), fake("b"), fake("c")]);
  const order = Array.from({ length: 14 }, () => picker?.pick(CONTEXT)?.name).join("");
  t.equal(order, "aabacaaaabacaa");
});

t.test("the smooth sequence has each server exactly as often as its weight says", async (t) => {
  const weight = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 8 }), (weights) => {
      const sequence = smoothSequence(weights);
      const total = weights.reduce((sum, w) => sum + w, 0);
      return weights.every(
        (w, index) => sequence.filter((i) => i === index).length * total === w * sequence.length,
      );
    }),
  );
  t.same(integerWeights([3, 1.5]), [2, 1]);
  t.same(integerWeights([1, 0.0001]), [256, 1], "rounded, but never to 0");
});

t.test("a weight too small for whole numbers keeps its share", async (t) => {
  const rotation = new Rotation();
  for (const small of [0.001, 0.0015, 0.0059]) {
    rotation.update([1, small]);
    const found = [0, 0];
    for (let ticket = 0; ticket < 400_000; ticket++) {
      const index = rotation.at(ticket);
      if (index >= 0) found[index] = (found[index] ?? 0) + 1;
    }
    const [large = 0, few = 0] = found;
    t.ok(Math.abs(few / large / small - 1) < 0.05, `${small}: ${few} of ${large + few}`);
  }
});

t.test("the shares are exact over all threads that share the tickets", async (t) => {
  const list = [fake("a", 3), fake("b")];
  const three = threads("round-robin", list, 3, 4_294_967_000);
  const rng = seeded(7);
  const take = () => three[Math.floor(rng() * 3)]?.pick(CONTEXT)?.name;
  t.same(counts(take, 400), { a: 300, b: 100 });
});

t.test("the turns of a full server are spread over all others", async (t) => {
  const list = fakes([1, 1, 1, 1]);
  const [picker] = threads("round-robin", list);
  for (const one of list.slice(1, 2)) one.up = false;
  t.same(
    counts(() => picker?.pick(CONTEXT)?.name, 300),
    { s0: 100, s2: 100, s3: 100 },
  );
  const reasons = [0, 1, 2].map(() => picker?.pick(CONTEXT) && picker.why);
  t.same(reasons, ["first-choice", "next", "first-choice"]);
});

t.test("when a server of dominant weight is full, the others are picked", async (t) => {
  const list = fakes([256, 1, 1]);
  const [picker] = threads("round-robin", list);
  for (const one of list.slice(0, 1)) one.up = false;
  const found = counts(() => picker?.pick(CONTEXT)?.name, 200);
  t.same(Object.keys(found).sort(), ["s1", "s2"]);
});

t.test("static stride: shares by weight, evenly spread", async () => {
  const weight = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 9 }), (weights) => {
      const stride = new StaticStride();
      stride.update(weights);
      const heaviest = Math.max(...weights);
      const found = new Array(weights.length).fill(0);
      const rounds = 5_000;
      for (let ticket = 0; ticket < rounds * weights.length; ticket++) {
        const index = stride.at(ticket);
        if (index >= 0) found[index] += 1;
      }
      // With W the heaviest weight, a server of weight w is picked rounds · w / W times, one more or
      // one less. Weights are rounded to 2^-16 of W.
      return weights.every((w, i) => Math.abs(found[i] - (rounds * w) / heaviest) <= 1.1);
    }),
    { numRuns: 30 },
  );
});

t.test("an update is quick with many servers and weights that change all the time", async (t) => {
  const weights = Array.from({ length: 10_000 }, (_, i) => 1 + (i % 256) / 3);
  const rotation = new Rotation();
  rotation.update(weights);
  const found = new Set<number>();
  for (let ticket = 0; ticket < 5_000_000; ticket++) found.add(rotation.at(ticket));
  t.equal(found.size, 10_001, "every server has a turn, and some turns belong to no server");
  const list = fakes([1, 1]);
  const [picker] = threads("round-robin", list);
  for (const one of list.slice(1)) one.weight = 0.1;
  picker?.update(list);
  // The weight .1 is rounded to 26/256 = 13/128, so one period has 128 + 13 picks.
  t.same(
    counts(() => picker?.pick(CONTEXT)?.name, 141),
    { s0: 128, s1: 13 },
  );
});

t.test("static-rr: a server keeps the weight that it had when it joined", async (t) => {
  const list = fakes([1, 1]);
  const [picker] = threads("static-rr", list);
  for (const one of list) one.weight = one.name === "s0" ? 9 : 1;
  picker?.update(list);
  t.same(
    counts(() => picker?.pick(CONTEXT)?.name, 20),
    { s0: 10, s1: 10 },
  );
  picker?.update([]);
  picker?.update(list);
  t.same(
    counts(() => picker?.pick(CONTEXT)?.name, 20),
    { s0: 18, s1: 2 },
  );
});

t.test("weights that rounding would distort keep their shares", async (t) => {
  // The third server is at 1 % of its weight, 1, because its slow start has just begun. If its
  // weight were rounded to 1/256 of 100, this server would get 39 times its share.
  const weights = [100, 1, 0.01];
  const rotation = new Rotation();
  rotation.update(weights);
  const picks = 1_000_000;
  const found = [0, 0, 0];
  let ticket = 0;
  for (let n = 0; n < picks; ) {
    const at = rotation.at(ticket++);
    if (at < 0) continue;
    found[at] = (found[at] ?? 0) + 1;
    n++;
  }
  // Static stride rounds weights to 1/65535 of the heaviest. The lightest weight would be 6.55 such
  // units, so it gets 7, and its share is 7 % too large.
  found.forEach((count, index) => {
    const wanted = (picks * (weights[index] ?? 0)) / 101.01;
    t.ok(Math.abs(count - wanted) <= 0.1 * wanted + 10, `${index}: ${count}, wanted ${wanted}`);
  });
});
