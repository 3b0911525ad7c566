// Finds files that import each other, directly or through other files, even for a type alone. None of those files can
// be read, moved or tested without the others. By this rule an interface and the registry of its implementations are
// in two files: each implementation imports the interface, and the registry imports each implementation.

/** An import of one file by another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** Whether only types are imported. Node removes such an import. */
  readonly typeOnly: boolean;
}

/** Returns one import of each cycle, as `file:line  what is wrong, and what to do instead`. */
export function cycleFaults(arrows: ReadonlyMap<string, readonly Arrow[]>): readonly string[] {
  const cut = new Set<Arrow>();
  const faults: string[] = [];
  for (const file of arrows.keys()) {
    for (;;) {
      const cycle = shortestCycle(file, arrows, cut);
      // When an import in the cycle is of types only, the cycle is reported at that import, because
      // it is the easiest to remove.
      const worst = cycle.find(({ typeOnly }) => typeOnly) ?? cycle[0];
      if (worst === undefined) break;
      cut.add(worst);
      faults.push(faultOf(worst, cycle));
    }
  }
  return faults;
}

/**
 * Returns the imports of the shortest cycle from `file` back to `file`, without the imports in
 * `cut`; empty when there is no such cycle.
 */
function shortestCycle(
  file: string,
  arrows: ReadonlyMap<string, readonly Arrow[]>,
  cut: ReadonlySet<Arrow>,
): readonly Arrow[] {
  const reachedBy = new Map<string, Arrow>();
  const open = [file];
  for (const from of open) {
    for (const arrow of arrows.get(from) ?? []) {
      if (cut.has(arrow) || reachedBy.has(arrow.to)) continue;
      reachedBy.set(arrow.to, arrow);
      open.push(arrow.to);
    }
    if (reachedBy.has(file)) break;
  }
  const cycle: Arrow[] = [];
  for (let arrow = reachedBy.get(file); arrow !== undefined; arrow = reachedBy.get(arrow.from)) {
    cycle.unshift(arrow);
    if (arrow.from === file) break;
  }
  return cycle;
}

function faultOf(worst: Arrow, cycle: readonly Arrow[]): string {
  const at = cycle.indexOf(worst);
  const others = [...cycle.slice(at + 1), ...cycle.slice(0, at)].map(({ from }) => from);
  const through = others.length === 0 ? "" : ` through ${others.join(", ")}`;
  const instead = worst.typeOnly
    ? "move the type to a file of its own: an interface stands apart from the registry of its implementations"
    : "move what both need to a file that imports neither";
  return `${worst.from}:${worst.line}  imports itself${through}; ${instead}`;
}
