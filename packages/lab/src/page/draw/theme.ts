// The page's colours. They are read from the page's style sheet, so that the canvas has the same colours as the CSS.

const NAMES = [
  "ink",
  "muted",
  "line",
  "card",
  "raised",
  "a",
  "b",
  "ok",
  "wait",
  "bad",
  "pause",
  "odd",
  "heat-0",
  "heat-1",
  "heat-2",
  "heat-3",
  "heat-4",
] as const;

export type Theme = Readonly<Record<(typeof NAMES)[number], string>> & { readonly dark: boolean };

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
  return {
    ...(colours as Record<(typeof NAMES)[number], string>),
    dark: style.colorScheme === "dark",
  };
}

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** Returns a colour for each of many servers. Neighbours have different colours. */
export function serverColour(index: number, dark: boolean): string {
  const hue = (index * 137.508) % 360;
  const light = (dark ? 0.72 : 0.62) + ((index % 3) - 1) * 0.06;
  return `oklch(${light} 0.13 ${hue.toFixed(1)})`;
}

/** Returns the server's number from its name in the simulator (s0, s1, …). */
export function serverNumber(name: string): number {
  return Number(name.slice(1));
}
