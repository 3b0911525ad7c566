// Puts the values of one point of a sweep into a scenario. Any key of the scenario can be swept by its path; four short
// names stand for what is swept most. The rate and the load come last, whatever the order they were typed in, so that a
// load is the share of the capacity that the other values have made.
import type { Scenario } from "../sim/scenario.ts";
import { type Axis, AxisError, type AxisValue } from "./axis.ts";
import { withLoad, withRate } from "./traffic.ts";

type Put = (scenario: Scenario, value: number) => Scenario | undefined;

const NO_RATE =
  "this traffic has no rate that can be scaled, expected 'open' traffic whose arrivals are no trace";

interface Short {
  readonly put: Put;
  /** Why `put` may return undefined. */
  readonly unless: string;
  readonly last?: true;
}

const inOnlyGroup =
  (key: "count" | "speed"): Put =>
  ({ servers, ...rest }, value) => {
    const [group] = servers;
    if (group === undefined || servers.length > 1) return undefined;
    return { ...rest, servers: [{ ...group, [key]: value }] };
  };

export const SHORT_NAMES: Readonly<Record<string, Short>> = {
  servers: {
    put: inOnlyGroup("count"),
    unless: "there are several groups of servers, expected one of them: servers.0.count",
  },
  speed: {
    put: inOnlyGroup("speed"),
    unless: "there are several groups of servers, expected one of them: servers.0.speed",
  },
  rate: { put: withRate, unless: NO_RATE, last: true },
  load: { put: withLoad, unless: NO_RATE, last: true },
};

/** Returns the scenario with the values of the axes, which it may make wrong. Throws an AxisError. */
export function applied(
  scenario: Scenario,
  axes: readonly Axis[],
  values: readonly AxisValue[],
): Scenario {
  const settings = axes
    .map((axis, i) => ({ axis, value: values[i] ?? Number.NaN }))
    .filter(({ axis }) => axis.algorithm === undefined);
  const isLast = ({ axis }: { readonly axis: Axis }) => SHORT_NAMES[axis.name]?.last === true;
  let made = scenario;
  for (const setting of [
    ...settings.filter((one) => !isLast(one)),
    ...settings.filter((one) => isLast(one)),
  ])
    made = withValue(made, setting.axis, Number(setting.value));
  return made;
}

function withValue(scenario: Scenario, { name, key }: Axis, value: number): Scenario {
  const short = SHORT_NAMES[name];
  if (short === undefined) return withKey(scenario, key, value, name);
  if (short.last && !(value > 0))
    throw new AxisError(`--sweep ${name}: found ${value}, expected a number above 0`);
  const made = short.put(scenario, value);
  if (made === undefined) throw new AxisError(`--sweep ${name}: ${short.unless}`);
  return made;
}

/** The strict schema says later whether there is such a key, and whether it may have this value. */
function withKey<T extends object>(
  within: T,
  [key = "", ...rest]: readonly string[],
  value: unknown,
  name: string,
): T {
  const had = (within as Readonly<Record<string, unknown>>)[key];
  if (rest.length > 0 && had !== undefined && (typeof had !== "object" || had === null))
    throw new AxisError(
      `--sweep ${name}: '${key}' is ${JSON.stringify(had)} and has no key '${rest.join(".")}'`,
    );
  if (rest.length === 0 && typeof had === "object") {
    const number = Object.entries(had ?? {}).find(([, inner]) => typeof inner === "number");
    const example = number === undefined ? "" : `, such as ${name}.${number[0]}`;
    throw new AxisError(`--sweep ${name}: '${key}' is no number; sweep a key in it${example}`);
  }
  if (Array.isArray(within) && !(Number(key) < within.length))
    throw new AxisError(
      `--sweep ${name}: there is no entry ${key}, expected 0 to ${within.length - 1}`,
    );
  const inner = rest.length === 0 ? value : withKey((had ?? {}) as object, rest, value, name);
  const copy = (Array.isArray(within) ? [...within] : { ...within }) as Record<string, unknown>;
  copy[key] = inner;
  return copy as T;
}
