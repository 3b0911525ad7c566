// Quotes words for the shell. Messages contain commands to copy, and the name of a folder may contain a space.

/** `word` as a POSIX shell has to read it: unchanged where that is safe, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
