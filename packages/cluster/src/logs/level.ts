// The levels of log messages, from the least to the most important. The names are pino's.

const RANKS = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 } as const;

export type Level = keyof typeof RANKS;

export function isLevel(text: unknown): text is Level {
  return typeof text === "string" && Object.hasOwn(RANKS, text);
}

/** Whether `level` is as important as `least`, or more. */
export function reaches(level: Level, least: Level): boolean {
  return RANKS[level] >= RANKS[least];
}
