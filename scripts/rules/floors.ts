// The rooms (folders of `src`) of packages/http and packages/balancer, as docs/architecture.md
// draws them. A room imports only rooms below it, so code that two rooms share belongs to the lower
// room.

/**
 * The folders of `src` from the lowest up. Files directly in `src` are the package's entries and stand above all
 * rooms.
 */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  "packages/http": ["text", "message", "exchange", "h1", "h2", "session"],
  "packages/balancer": [
    "eligibility",
    "memory",
    "server",
    "pool",
    "balance",
    "backend",
    "exchange",
    "filter",
    "health",
    "route",
    "frontend",
    "tcp",
    "data",
    "admin",
    "control",
    "library",
  ],
};

/**
 * Returns the package of a file as `house` and its folder in `src` as `room`: for
 * packages/http/src/h1/limits.ts, `packages/http` and `h1`. For a file directly in `src`, `room` is
 * "". Returns undefined for a file outside of `src`.
 */
function roomOf(file: string): { readonly house: string; readonly room: string } | undefined {
  const [, house, room] = /^(packages\/[^/]+)\/src\/(?:([^/]+)\/)?/.exec(file) ?? [];
  return house === undefined ? undefined : { house, room: room ?? "" };
}

/** Returns why `file` may not be in its folder; undefined when it may. */
export function roomFault(file: string): string | undefined {
  const at = roomOf(file);
  const floors = at && FLOORS[at.house];
  if (at === undefined || floors === undefined) return undefined;
  return at.room === "" || floors.includes(at.room)
    ? undefined
    : `'${at.house}/src/${at.room}' has no floor; give it one in scripts/rules/floors.ts`;
}

/** Returns why `file` may not import the file `target`; undefined when it may. */
export function floorFault(file: string, target: string): string | undefined {
  const from = roomOf(file);
  const to = roomOf(target);
  const floors = from && FLOORS[from.house];
  if (floors === undefined || from?.house !== to?.house || from === undefined) return undefined;
  if (from.room === "" || from.room === to?.room) return undefined;
  const below = floors.slice(0, floors.indexOf(from.room));
  if (to === undefined || below.includes(to.room)) return undefined;
  const above = to.room === "" ? "an entry of the package" : `'${to.room}'`;
  const list = below.length === 0 ? "no other room" : below.join(", ");
  return `${above} is above '${from.room}', which may import ${list}; move what both need down`;
}
