// Colour for the output of commands. It is used on a terminal, or anywhere with FORCE_COLOR=1, but never when NO_COLOR
// (https://no-color.org) is set.
import { styleText } from "node:util";

type Style = "bold" | "dim" | "italic" | "underline" | "red" | "yellow" | "green" | "cyan";

/** Functions that give a text a style, by the name of the style. */
export type Palette = Readonly<Record<Style, (text: string) => string>>;

/** Returns the functions. With `false` they return the text unchanged. */
export function paletteOf(color: boolean): Palette {
  const paint = (style: Style) => (text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  return {
    ...{ bold: paint("bold"), dim: paint("dim") },
    ...{ italic: paint("italic"), underline: paint("underline") },
    ...{ red: paint("red"), yellow: paint("yellow"), green: paint("green"), cyan: paint("cyan") },
  };
}

/** Returns the functions for output to `stream`, such as process.stderr. */
export function palette(stream: NodeJS.WriteStream = process.stdout): Palette {
  return paletteOf(colored(stream));
}

/** Whether output to `stream` should be coloured. */
export function colored(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return FORCE_COLOR === "1" || (stream.isTTY === true && TERM !== "dumb");
}
