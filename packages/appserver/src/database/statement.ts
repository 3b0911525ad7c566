// What can be told from a statement's text alone. Values never stand in it, so what is found here was
// written by the application.

const READS =
  /^[\s(]*(?:select|with|values|show|explain|desc|describe|set(?!\s+statement)|begin|start|savepoint|release|rollback)\b/i;
const DATA = /^[\s(]*(?:insert|update|delete|replace)\b/i;

/** True for the end of a transaction that is to be kept. */
export function commits(text: string): boolean {
  return /^\s*commit\b/i.test(text);
}

/**
 * True when it is unknown what became of `text` if its answer is lost: a commit, a change outside a
 * transaction, or one that commits by itself. What a transaction had changed until then is rolled back.
 */
export function mayHaveBeenKept(text: string, inTransaction: boolean): boolean {
  if (commits(text)) return true;
  if (READS.test(text)) return false;
  return !(inTransaction && DATA.test(text));
}

const ORDINARY =
  /^[\s(]*(?:select|insert|update|delete|replace|with|values|begin|start|commit|rollback|savepoint|release|show|explain|alter|drop|truncate|create\s+(?:unique\s+|fulltext\s+)?(?:table|index|view)|set\s+transaction)\b/i;
const LASTING = /@|\b(?:get_lock|temporary|lock)\s*\(?|\block\s+tables?\b/i;

/**
 * True when `text` may leave something behind in its session: a variable, a lock, a temporary table.
 * In doubt it says so, which costs a reset. What a stored routine does inside cannot be seen.
 */
export function leavesTraces(text: string): boolean {
  return !ORDINARY.test(text) || LASTING.test(text);
}
