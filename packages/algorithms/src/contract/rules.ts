// The rules that every picker keeps, whatever its way of choosing: the contract of picker.ts as named checks, on random
// servers and random events. The unit tests make them for every algorithm, and `tandem lab test` for an operator's own.
import fc from "fast-check";
import { type Event, event, eventWords } from "./events.ts";
import { fake, type Open, world } from "./fake.ts";
import { History } from "./history.ts";
import { shares } from "./shares.ts";
import { Touched, watchedOpen } from "./untouched.ts";

export interface Rule {
  readonly name: string;
  /** What holds when the rule is kept, in a sentence. */
  readonly says: string;
  /** Throws when a picker breaks the rule. The message says how, with the shortest history that shows it. */
  readonly check: (open: Open) => void;
}

/** A random fleet of 1 to 10 servers, and what happens to it. */
type Case = [count: number, events: Event[]];

const CASES = fc.tuple(
  fc.integer({ min: 1, max: 10 }),
  fc.array(event, { maxLength: 60, size: "max" }),
);

/** Plays random cases. Throws for the shortest one that `play` throws for. */
function forAll(
  play: (count: number, events: readonly Event[]) => void,
  runs: number,
  seed: number,
) {
  const details = fc.check(
    fc.property(CASES, ([count, events]) => play(count, events)),
    { numRuns: runs, seed },
  );
  if (!details.failed) return;
  const { errorInstance: error } = details;
  const found: Case = details.counterexample?.[0] ?? [0, []];
  const fault = new Error(
    `${error instanceof Error ? error.message : String(error)}\n${told(found)}`,
  );
  // The stack of what was thrown leads to the line of the algorithm.
  fault.cause = error;
  throw fault;
}

function told([count, events]: Case): string {
  const servers = count === 1 ? "1 server" : `${count} servers`;
  return [`the shortest history that shows it, with ${servers}:`, ...events.map(eventWords)].join(
    "\n  ",
  );
}

/** Throws when a pick breaks the contract. With `strict` the reasons of picks without a server are looked at too. */
export function picksOnlyCandidates(open: Open, strict = true): void {
  forAll(
    (count, events) => {
      const history = new History(open, count, count, strict);
      for (const one of events) history.apply(one);
    },
    150,
    4,
  );
}

/** Throws unless the same random numbers and the same events lead to the same picks. */
export function repeatsItself(open: Open): void {
  forAll(
    (count, events) => {
      const [one, other] = [new History(open, count, 7, false), new History(open, count, 7, false)];
      for (const each of events) {
        one.apply(each);
        other.apply(each);
        const [a, b] = [one.picks.at(-1), other.picks.at(-1)];
        if (a !== b) throw new Error(`picks ${a}; with the same numbers and events again ${b}`);
      }
    },
    50,
    5,
  );
}

/** Throws when a picker changes a server or a list that it may only read. Other breaches are other rules' business. */
function onlyReads(open: Open): void {
  const watched = watchedOpen(open);
  forAll(
    (count, events) => {
      const tolerating = <T>(play: () => T): T | undefined => {
        try {
          return play();
        } catch (error) {
          if (error instanceof Touched) throw error;
          return undefined;
        }
      };
      const history = tolerating(() => new History(watched, count, 7, false));
      for (const one of events) tolerating(() => history?.apply(one));
    },
    50,
    6,
  );
}

/**
 * Checks `preferred` with servers that may each have one request at a time. While the server of a key has no request,
 * `pick` returns that server. When that server is full, `preferred` still returns it. Without a key, or once the
 * server was tried, `preferred` returns undefined. This function returns false when the algorithm has no `preferred`,
 * and throws when a rule is broken.
 */
export function prefersOneServer(open: Open): boolean {
  const { picker } = world(open);
  if (picker.preferred === undefined) return false;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(2 ** 32 - 1), (count, key) => {
      const list = Array.from({ length: count }, (_, index) => fake(`s${index}`, 1, 1));
      picker.update(list);
      const own = picker.preferred?.({ key, tried: [] });
      if (own === undefined || picker.pick({ key, tried: [] }) !== own) return false;
      own.inFlight = 1;
      const other = picker.pick({ key, tried: [] });
      return (
        picker.preferred?.({ key, tried: [] }) === own &&
        other !== own &&
        picker.preferred?.({ key, tried: [own] }) === undefined &&
        picker.preferred?.({ key: undefined, tried: [] }) === undefined
      );
    }),
    { numRuns: 100, seed: 11 },
  );
  return true;
}

/** Throws when a picker picks a server before it got any. */
function picksNoneBeforeUpdate(open: Open): void {
  const picked = world(open).picker.pick({ tried: [], key: 1 });
  if (picked !== undefined) throw new Error(`picks ${JSON.stringify(picked)} before update`);
}

/** Throws unless each of ten requests goes to one of one or two servers. */
function servesFew(open: Open): void {
  for (const count of [1, 2]) {
    const found = shares(open, new Array<number>(count).fill(1), 10);
    const sum = found.reduce((total, share) => total + share, 0);
    if (sum !== 10) throw new Error(`of 10 requests, ${sum} go to one of ${count} servers`);
  }
}

/** The rules for an operator's own algorithm too. The balancer keeps requests together by no key there. */
export const RULES: readonly Rule[] = [
  {
    name: "candidates",
    says: "picks an untried usable server whenever there is one, and only then",
    check: (open) => picksOnlyCandidates(open, false),
  },
  {
    name: "repeats",
    says: "the same random numbers and events lead to the same picks",
    check: repeatsItself,
  },
  { name: "reads", says: "only reads the servers, and the lists that it gets", check: onlyReads },
  { name: "empty", says: "picks no server while there is none", check: picksNoneBeforeUpdate },
  { name: "few", says: "every request goes to one of one or two servers", check: servesFew },
];

/** The rules for Tandem's own algorithms, which are stricter about the reasons of picks. */
export const STRICT_RULES: readonly Rule[] = [
  ...RULES,
  {
    name: "reasons",
    says: "the reason is 'none' when there is no server, and only then",
    check: picksOnlyCandidates,
  },
];
