// How an answer is edited before its head goes out, whoever does it: the filters of a route, a program's hooks, a tier
// that says its name. The one type of such an edit.
import type { Fields } from "@tandem/http";
import type { MakeTransform } from "@tandem/http/exchange";

/**
 * Edits `fields` in place: of a server's answer, of a 101, or of an error page. Called again when an error page takes
 * the place of an answer that was edited. Must not throw. Returns what is left to do about it; undefined = nothing,
 * the answer goes out as it is now.
 * @param transformable a server's answer with a body that may be changed; only then `Transforms` may be returned
 */
export type EditResponse = (
  fields: Fields,
  status: number,
  transformable: boolean,
) => Fault | Transforms | undefined;

/** The edit failed: the answer must not go out. An error page goes out all the same, as it is. */
export interface Fault {
  /** For the log. */
  readonly fault: string;
}

/** The body goes through these. `fields` are edited for what comes out. */
export interface Transforms {
  readonly fault: undefined;
  /** The first one gets what the server sends. */
  readonly makes: readonly MakeTransform[];
  /** For how long they may let the client wait. */
  readonly patienceMs: number;
  /** The one at `index` threw, or was too slow. Returns the words for the log. */
  readonly failed: (error: Error, index: number) => string;
}
