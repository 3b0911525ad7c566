// Commands are advised to be copied, and a folder may have a space in its name.

/** `word` as a POSIX shell reads it back: as it is where that is safe, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
