// The algorithms by their configured names. A new one is one file and a row in each table here.
import { ClientSideWrr } from "./client-side-wrr.ts";
import { First } from "./first.ts";
import { Hash } from "./hash.ts";
import { JoinIdleQueue } from "./join-idle-queue.ts";
import { LeastConn } from "./least-conn.ts";
import { LeastTime } from "./least-time.ts";
import type * as Tuning from "./parameters.ts";
import { DEFAULTS } from "./parameters.ts";
import { PeakEwmaOfChoices } from "./peak-ewma.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";
import { Prequal } from "./prequal/prequal.ts";
import { Random } from "./random.ts";
import { RoundRobin } from "./round-robin.ts";
import { StaticRr } from "./static-rr.ts";

type Untuned = Readonly<Record<string, never>>;

/** What each algorithm can be tuned by. */
export interface AlgorithmParameters {
  readonly "round-robin": Untuned;
  readonly "static-rr": Untuned;
  readonly "least-conn": Tuning.LeastConnParameters;
  readonly random: Tuning.RandomParameters;
  readonly "peak-ewma": Tuning.PeakEwmaParameters;
  readonly "least-time": Tuning.LeastTimeParameters;
  readonly prequal: Tuning.PrequalParameters;
  readonly first: Untuned;
  /** The five hash alike; whoever calls them takes the key from where the name says. */
  readonly source: Tuning.HashParameters;
  readonly uri: Tuning.HashParameters;
  readonly header: Tuning.HashParameters;
  readonly query: Tuning.HashParameters;
  readonly cookie: Tuning.HashParameters;
  readonly "client-side-wrr": Tuning.ClientSideWrrParameters;
  readonly "join-idle-queue": Tuning.JoinIdleQueueParameters;
}

export type Algorithm = keyof AlgorithmParameters;

/** Makes a picker; what `parameters` leaves out is as in `DEFAULTS`. Throws a RangeError on nonsense. */
export type PickerFactory<P> = <S extends PickServer>(
  environment: PickerEnvironment,
  parameters?: Partial<P>,
) => Picker<S>;

const hash: PickerFactory<Tuning.HashParameters> = (environment, parameters) =>
  new Hash(environment, { ...DEFAULTS.hash, ...parameters });

export const PICKERS: { readonly [Name in Algorithm]: PickerFactory<AlgorithmParameters[Name]> } = {
  "round-robin": (environment) => new RoundRobin(environment),
  "static-rr": (environment) => new StaticRr(environment),
  "least-conn": (environment, parameters) =>
    new LeastConn(environment, { ...DEFAULTS["least-conn"], ...parameters }),
  random: (environment, parameters) =>
    new Random(environment, { ...DEFAULTS.random, ...parameters }),
  "peak-ewma": (environment, parameters) =>
    new PeakEwmaOfChoices(environment, { ...DEFAULTS["peak-ewma"], ...parameters }),
  "least-time": (environment, parameters) =>
    new LeastTime(environment, { ...DEFAULTS["least-time"], ...parameters }),
  prequal: (environment, parameters) =>
    new Prequal(environment, { ...DEFAULTS.prequal, ...parameters }),
  first: () => new First(),
  source: hash,
  uri: hash,
  header: hash,
  query: hash,
  cookie: hash,
  "client-side-wrr": (environment, parameters) =>
    new ClientSideWrr(environment, { ...DEFAULTS["client-side-wrr"], ...parameters }),
  "join-idle-queue": (environment, parameters) =>
    new JoinIdleQueue(environment, { ...DEFAULTS["join-idle-queue"], ...parameters }),
};

/** The picker of that name; for callers that only learn the name at run time. */
export function openPicker<S extends PickServer, Name extends Algorithm = Algorithm>(
  name: Name,
  environment: PickerEnvironment,
  parameters?: Partial<AlgorithmParameters[Name]>,
): Picker<S> {
  return PICKERS[name]<S>(environment, parameters);
}
