// Prepares errors for the log. Drivers attach more to an error than a log should keep: the SQL with its values, the
// arguments of AUTH, the headers of a request. So only the properties named here are kept, and text in them that
// looks like a secret is replaced by stars. This is a second line of defence: by rule (CONTRIBUTING, rule 5) no
// message contains a secret.

export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
  readonly errno?: string | number;
  readonly statusCode?: number;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** How many levels of causes are kept, and how many members of an AggregateError. */
const DEEPEST = 5;
const MOST_ERRORS = 10;

/** Returns what a log line says about `error`, which may be any value, because code may throw any value. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutSecrets(`${error}`) };
  const { code, errno, statusCode, cause, errors } = error as Error & Record<string, unknown>;
  const deeper = depth < DEEPEST;
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    ...(error.stack === undefined ? {} : { stack: withoutSecrets(error.stack) }),
    ...(isPlain(code) ? { code } : {}),
    ...(isPlain(errno) ? { errno } : {}),
    ...(typeof statusCode === "number" ? { statusCode } : {}),
    ...(cause !== undefined && deeper ? { cause: loggedError(cause, depth + 1) } : {}),
    ...(Array.isArray(errors) && deeper
      ? { errors: errors.slice(0, MOST_ERRORS).map((one) => loggedError(one, depth + 1)) }
      : {}),
  };
}

function isPlain(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/**
 * The longest text in the log, in characters. A message may quote what a client sent, so its length
 * has to be bounded.
 */
const LONGEST = 16_384;
/**
 * How many characters of a text are searched for secrets. More than LONGEST, because a secret that
 * is cut in half at LONGEST would not be recognized.
 */
const READ = 4 * LONGEST;

type Rule = readonly [pattern: RegExp, replacement: string];

/**
 * The rules that replace secrets. Repetitions in them are bounded. Otherwise a text with many possible starts of a
 * match would take quadratic time.
 */
const RULES: readonly Rule[] = [
  // scheme://user:password@host; the password may hold an @.
  [/(:\/\/[^\s:@/'"]*:)[^\s'"]{1,1000}(?=@)/g, "$1***"],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, "$1 ***"],
  [
    /\b(\w*(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|authorization|cookie)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi,
    "$1***",
  ],
  // Values in MySQL's messages (ER_DUP_ENTRY, ER_PARSE_ERROR, ER_TRUNCATED_WRONG_VALUE). Names of tables and
  // columns stay.
  [/\b(entry|value:?|near) '.{0,1000}?'(?= for | at line |\n|$)/gs, "$1 '***'"],
  [/\bnear "[^"]*"/g, 'near "***"'],
];

/**
 * Returns `text` with stars in place of everything that looks like a secret or like a value in an SQL message. Long
 * text is cut.
 */
export function withoutSecrets(text: string): string {
  const read = text.slice(0, READ);
  const clean = RULES.reduce((kept, [pattern, star]) => kept.replace(pattern, star), read);
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}
