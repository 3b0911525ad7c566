// The type of functions that edit an answer before its head goes out. The filters of a route, a program's hooks and a
// tier that adds its name all edit answers in this form.
import type { Fields } from "@tandem/http";
import type { MakeTransform } from "@tandem/http/exchange";

/**
 * Edits `fields` in place: the fields of a server's answer, of a 101, or of an error page. Called again when an error
 * page replaces an answer that was edited already. Must not throw. Returns undefined when the answer can go out as it
 * is now. Otherwise returns a fault, or transforms for the body.
 * @param transformable whether this is a server's answer with a body that may be changed; only then may `Transforms`
 * be returned
 */
export type EditResponse = (
  fields: Fields,
  status: number,
  transformable: boolean,
) => Fault | Transforms | undefined;

/** The edit failed, so the answer must not go out. An error page whose edit fails is sent nevertheless, as it is. */
export interface Fault {
  /** What failed, in words for the log. */
  readonly fault: string;
}

/** The transforms that the body has to go through. The fields of the answer describe the transformed body already. */
export interface Transforms {
  readonly fault: undefined;
  /** Functions that make the transforms, in order: the first transform gets what the server sends. */
  readonly makes: readonly MakeTransform[];
  /** How long the transforms may keep the client waiting, in milliseconds. */
  readonly patienceMs: number;
  /** Called when the transform at `index` threw or was too slow. Returns the words for the log. */
  readonly failed: (error: Error, index: number) => string;
}
