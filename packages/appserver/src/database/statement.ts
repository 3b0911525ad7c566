// Classifies an SQL statement by its text alone. The text comes from the application's author and
// never from a visitor, because the values in a statement are sent apart from its text.

const READS =
  /^[\s(]*(?:select|with|values|show|explain|desc|describe|set(?!\s+statement)|begin|start|savepoint|release|rollback)\b/i;
const DATA = /^[\s(]*(?:insert|update|delete|replace)\b/i;

/** Whether the statement commits a transaction. */
export function commits(text: string): boolean {
  return /^\s*commit\b/i.test(text);
}

/**
 * Whether the effect of `text` is unknown when its answer is lost. That is true of a commit, of a change outside a
 * transaction, and of a statement that commits by itself. A change inside a transaction is rolled back when the
 * connection is lost, so its effect is known.
 */
export function effectUnknown(text: string, inTransaction: boolean): boolean {
  if (commits(text)) return true;
  if (READS.test(text)) return false;
  return !(inTransaction && DATA.test(text));
}

const ORDINARY =
  /^[\s(]*(?:select|insert|update|delete|replace|with|values|begin|start|commit|rollback|savepoint|release|show|explain|alter|drop|truncate|create\s+(?:unique\s+|fulltext\s+)?(?:table|index|view)|set\s+transaction)\b/i;
const LASTING = /@|\b(?:get_lock|temporary|lock)\s*\(?|\block\s+tables?\b/i;

/**
 * Whether `text` may leave a variable, a lock or a temporary table in its database session. Also
 * true when the text does not show this, as in a call of a stored routine. The connection is then
 * reset, which is always safe.
 */
export function leavesTraces(text: string): boolean {
  return !ORDINARY.test(text) || LASTING.test(text);
}
