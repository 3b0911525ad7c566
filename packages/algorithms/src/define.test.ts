// Tests that the defaults of an algorithm come from its options, and that options which do not fit
// the picker do not compile.
import t from "tap";
import { defineAlgorithm, PLAIN } from "./define.ts";
import {
  choice,
  countFrom,
  DURATION,
  FLAG,
  filledSetting,
  part,
  setting,
  text,
  tuning,
} from "./options.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

interface Parameters {
  readonly size: number;
  readonly waitMs: number;
}

class Probe<S extends PickServer> implements Picker<S> {
  readonly why = "none";
  readonly given: Parameters;

  constructor(_environment: PickerEnvironment, parameters: Parameters) {
    this.given = parameters;
  }

  update(): void {}
  pick(): undefined {}
}

const words = { title: "Probe", idea: "Keeps the parameters that it was given.", paper: "None" };
const size = tuning("size", countFrom(1, 9), { default: 3, meaning: "how many" });
const wait = tuning("waitMs", DURATION, { default: 500, meaning: "how long" });
const path = filledSetting(text({ beginsWith: "/" }), { default: "/load", meaning: "where" });
const environment = { rng: () => 0, now: () => 0, ticket: () => 0 };

t.test(
  "the picker gets the values that are written, and the options' defaults for the others",
  async (t) => {
    const asked = part({
      title: "asked",
      about: "what is asked",
      meaning: "what is asked",
      keys: { wait, path },
    });
    const probe = defineAlgorithm({
      ...{ ...words, traits: PLAIN, picker: Probe },
      options: { size, asked },
    });
    t.same(probe.defaults, { size: 3, waitMs: 500 }, "a setting is not passed to the picker");
    const given = (parameters?: Partial<Parameters>) =>
      (probe.open(environment, parameters) as Probe<PickServer>).given;
    t.same(given(), { size: 3, waitMs: 500 });
    t.same(given({ waitMs: 0 }), { size: 3, waitMs: 0 });
  },
);

t.test("a missing option, an unknown one and one of another kind do not compile", async (t) => {
  const common = { ...words, traits: PLAIN, picker: Probe };
  const flag = tuning("waitMs", FLAG, { default: true, meaning: "whether" });
  const strange = tuning("colour", FLAG, { default: true, meaning: "whether" });
  const { probes: _, ...forgetful } = PLAIN;
  t.ok(defineAlgorithm({ ...common, options: { size, wait } }), "this one does");
  const definitions = [
    // @ts-expect-error: no option sets the parameter `waitMs`
    defineAlgorithm({ ...common, options: { size } }),
    // @ts-expect-error: `waitMs` is a number, the option a flag
    defineAlgorithm({ ...common, options: { size, wait: flag } }),
    // @ts-expect-error: the picker has no parameter `colour`
    defineAlgorithm({ ...common, options: { size, wait, strange } }),
    // @ts-expect-error: a trait is missing
    defineAlgorithm({ ...common, options: { size, wait }, traits: forgetful }),
    // @ts-expect-error: the description is missing
    defineAlgorithm({ traits: PLAIN, picker: Probe, options: { size, wait } }),
    // @ts-expect-error: the default is not among the choices
    tuning("kind", choice(["a", "b"]), { default: "c", meaning: "which" }),
    // @ts-expect-error: the option has no `meaning`
    tuning("size", countFrom(1, 9), { default: 3 }),
    // @ts-expect-error: an option cannot have a `unit`
    tuning("size", countFrom(1, 9), { default: 3, meaning: "how many", unit: "requests" }),
    // @ts-expect-error: a setting cannot have a key `needed`
    setting(FLAG, { meaning: "whether", needed: true }),
    // @ts-expect-error: the field of a number needs a range
    tuning("size", countFrom(1, 9), { default: 3, meaning: "how many", field: { label: "Size" } }),
  ];
  t.equal(definitions.length, 10, "the compiler refuses each of them");
});
