// A problem that the status reports.
import type { Link } from "./chain.ts";

export interface Problem extends Omit<Link, "parts"> {
  /** The frontend whose certificates have the problem; empty when the problem is in a backend. */
  readonly frontend: string;
  /**
   * The backend with the problem, in its own servers or in a part that they need; empty when the problem is in a
   * frontend.
   */
  readonly backend: string;
}
