// A problem that the status reports.
import type { Link } from "./chain.ts";

export interface Problem extends Omit<Link, "parts"> {
  /** The frontend whose certificates have the problem; empty when the problem is in a backend. */
  readonly frontend: string;
  /**
   * The backend whose servers have the problem, or need a part that has the problem, such as a
   * database; empty when the problem is in a frontend.
   */
  readonly backend: string;
}
