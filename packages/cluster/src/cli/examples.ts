// The examples that a command's help begins with.

/** Returns a text of examples for a command's help. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `${lines.map(([c, does]) => `  $ tandem ${c.padEnd(width)}  # ${does}`).join("\n")}\n`;
}
