// Stores a form only once even when it arrives twice. When the answer to a form is lost, the visitor sends the form
// again, although the first copy may have been stored.
import { isDuplicate } from "./conflicts.ts";

/**
 * Runs `insert`, which stores a form with its nonce under a unique key. When that fails because an earlier copy of
 * the form was stored, resolves to what `find` reads: the row of that copy.
 */
export async function storeOnce<T>(
  insert: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  try {
    return await insert();
  } catch (error) {
    const stored = isDuplicate(error) ? await find() : undefined;
    if (stored === undefined) throw error;
    return stored;
  }
}
