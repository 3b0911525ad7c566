// The forms that visitors send: one schema per form, and the message beside each invalid field.
import { randomBytes } from "node:crypto";
import { z } from "zod";

/** The values that a form shows again: the text as it was typed, and a message per field. */
export interface Filled {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

export const EMPTY: Filled = { values: {}, errors: {} };

/** Makes all line ends alike, and removes control characters that no keyboard types. */
function cleaned(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/\r\n?/g, "\n").replace(/[\0-\x08\x0b-\x1f\x7f]/g, "");
}

function text(most: number, missing: string) {
  return z
    .string(missing)
    .transform((value) => cleaned(value).trim())
    .pipe(z.string().min(1, missing).max(most, `This is longer than ${most} characters.`));
}

const password = z.string("Please enter a password.");

export const signUpForm = z.object({
  name: z
    .string("Please choose a name.")
    .trim()
    .regex(/^[A-Za-z0-9_-]{3,24}$/, "Use 3 to 24 letters, digits, hyphens or underscores."),
  password: password
    .min(10, "Use at least 10 characters. A short sentence is fine.")
    .max(200, "This is longer than 200 characters."),
});

export const logInForm = z.object({
  name: z.string("Please enter your name.").trim().min(1, "Please enter your name.").max(100),
  password: password.min(1, "Please enter your password.").max(200),
});

/** The schema of a nonce that `newNonce` made. A form without a nonce is stored every time it is sent. */
const nonce = z
  .string()
  .regex(/^[\w-]{22}$/, "Please open this form again.")
  .optional();

export const postForm = z.object({
  title: text(120, "Please give your post a title."),
  body: text(20_000, "Please write something."),
  nonce,
});

export const commentForm = z.object({ body: text(4000, "Please write something first."), nonce });

export const aboutForm = z.object({
  about: z
    .string()
    .default("")
    .transform((value) => cleaned(value).trim())
    .pipe(z.string().max(500, "This is longer than 500 characters.")),
});

/**
 * Makes a random id for one copy of a form. A form that is sent twice has the same id twice, and is stored only once.
 */
export function newNonce(): string {
  return randomBytes(16).toString("base64url");
}

export type Checked<T> =
  | { readonly data: T }
  | { readonly data: undefined; readonly filled: Filled };

/**
 * Checks `body` against the schema `form`. Returns the data, or the values and messages with which the form is shown
 * again. Passwords are never shown again.
 */
export function check<T>(form: z.ZodType<T>, body: unknown): Checked<T> {
  const result = form.safeParse(body);
  if (result.success) return { data: result.data };
  const errors: Record<string, string> = {};
  for (const { path, message } of result.error.issues) errors[String(path[0])] ??= message;
  return { data: undefined, filled: { values: shownAgain(body), errors } };
}

/**
 * Returns a form to show again with `errors`. These messages depend on the database, such as that a
 * name is taken, so the schema cannot give them.
 */
export function refused(body: unknown, errors: Readonly<Record<string, string>>): Filled {
  return { values: shownAgain(body), errors };
}

/** Returns the texts of `body` as they were typed, without passwords. */
export function shownAgain(body: unknown): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(body ?? {})) {
    if (typeof value === "string" && name !== "password") values[name] = cleaned(value);
  }
  return values;
}
