// One thing that is not well, as the status names it.
import type { Link } from "./chain.ts";

export interface Problem extends Omit<Link, "parts"> {
  /** Whose certificates it is about; empty when it is about a backend. */
  readonly frontend: string;
  /** Whose link it is; empty when it is about a frontend. */
  readonly backend: string;
}
