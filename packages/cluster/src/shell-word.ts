// Quotes words for the shell. Messages contain commands to copy, and the name of a folder may contain a space.

/**
 * Returns `word` so that a POSIX shell reads it as one word: unchanged where that is safe, otherwise in single quotes.
 */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
