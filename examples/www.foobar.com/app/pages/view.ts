// What a template is given about the visitor and the site.
import type { Assets } from "../assets.ts";
import type { Person } from "../data/people.ts";

export interface View {
  readonly assets: Assets;
  readonly servedBy: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly path: string;
  /** What is being searched for. */
  readonly query: string;
  readonly person: Person | undefined;
  /** Whether it is unknown at the moment if the visitor is logged in. */
  readonly unknown: boolean;
  readonly notice: string | undefined;
  /** The token every POST form carries as `_csrf`. */
  token(): string;
}
