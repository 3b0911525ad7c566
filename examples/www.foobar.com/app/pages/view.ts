// The facts about the visitor and the site that every template is given.
import type { Assets } from "../assets.ts";
import type { Person } from "../data/people.ts";

export interface View {
  readonly assets: Assets;
  readonly servedBy: string | undefined;
  /** The time in milliseconds since 1970. */
  readonly now: number;
  readonly path: string;
  /** The words that the visitor searches for. */
  readonly query: string;
  readonly person: Person | undefined;
  /** Whether a log-in of the visitor cannot be seen, because the session store or the database cannot be reached. */
  readonly unknown: boolean;
  readonly notice: string | undefined;
  /** Returns the token that every POST form carries as `_csrf`. */
  token(): string;
}
