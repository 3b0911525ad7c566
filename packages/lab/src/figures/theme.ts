// Colours that people with any colour vision can tell apart (after Okabe and Ito 2008, darkened or lightened until
// they can be read as text: contrast above 4.5 with the background). An algorithm has the same colour everywhere.

const INKS: readonly (readonly [light: string, dark: string])[] = [
  ["#5f6670", "#aab2bd"],
  ["#0063a8", "#5ab4f0"],
  ["#b84a00", "#f2894b"],
  ["#00735a", "#3ec79f"],
  ["#a03d7f", "#e48bc3"],
  ["#806000", "#e3bd4e"],
  ["#5b45b0", "#a999f5"],
  ["#8a4b32", "#cf9c85"],
  ["#1d6f7d", "#6cc6d4"],
  ["#22262b", "#e8eaed"],
];

/** The colours of the common algorithms. The other algorithms get the remaining colours. */
const OF_ALGORITHM: Readonly<Record<string, number>> = {
  "round-robin": 0,
  "random(2)": 1,
  "least-conn": 2,
  "peak-ewma": 3,
  prequal: 4,
  "least-time": 5,
  "random(3)": 6,
  "random(1)": 7,
  "join-idle-queue": 8,
  jsq: 9,
};

/**
 * Returns a colour for each label. A colour is given as a number n, which stands in the names of
 * the style classes: `k0`, `k1` ….
 */
export function inksOf(labels: readonly string[]): ReadonlyMap<string, number> {
  const distinct = [...new Set(labels)];
  const taken = new Set(distinct.map((label) => OF_ALGORITHM[label]));
  const free = INKS.map((_, i) => i).filter((i) => !taken.has(i));
  let next = 0;
  return new Map(
    distinct.map((label) => [label, OF_ALGORITHM[label] ?? free[next++ % free.length] ?? 0]),
  );
}

/** The colours of a heat map, from none to most (ColorBrewer's YlGnBu; in the dark scheme in reverse order). */
const HEAT = [
  "#f3f5f0",
  "#e3f2c8",
  "#c1e5b6",
  "#83cfbb",
  "#44b4c4",
  "#2091bf",
  "#2464a8",
  "#253a92",
  "#0d1d58",
];
const HEAT_DARK = [
  "#1c2127",
  "#17305c",
  "#1e4b94",
  "#2069b0",
  "#2b8fc0",
  "#4fb5bb",
  "#8fd3a8",
  "#cfeb9f",
  "#fbfccf",
];
export const HEAT_STEPS = HEAT.length;

const scheme = (dark: boolean): string => {
  const pick = (light: string, night: string) => (dark ? night : light);
  const inks = INKS.map(([light, night], i) => `--k${i}:${pick(light, night)}`);
  const heat = HEAT.map((light, i) => `--h${i}:${pick(light, HEAT_DARK[i] ?? light)}`);
  return [
    `--paper:${pick("#ffffff", "#14181c")}`,
    `--ink:${pick("#1c2024", "#e8eaed")}`,
    `--soft:${pick("#596069", "#a3abb5")}`,
    `--line:${pick("#e2e5e9", "#2c333a")}`,
    `--band:${pick("#f7dcc4", "#48311f")}`,
    ...inks,
    ...heat,
  ].join(";");
};

const INK_RULES = INKS.map((_, i) => `.k${i}{stroke:var(--k${i})}.f${i}{fill:var(--k${i})}`).join(
  "",
);
const HEAT_RULES = HEAT.map((_, i) => `.h${i}{fill:var(--h${i})}`).join("");

/** Returns the style variables of the light and the dark scheme, for a page or for a figure. */
export const SCHEMES = (selector: string): string =>
  `${selector}{${scheme(false)}}@media(prefers-color-scheme:dark){${selector}{${scheme(true)}}}`;

/** Style rules for everything that is drawn inside an element of class `figure`. */
export const RULES = [
  ".figure text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:var(--ink)}",
  ".figure .title{font-size:15px;font-weight:600}",
  ".figure .soft{fill:var(--soft)}",
  ".figure .strong{font-weight:600}",
  ".paper{fill:var(--paper)}",
  ".grid{stroke:var(--line);stroke-width:1;fill:none}",
  ".axis{stroke:var(--soft);stroke-width:1;fill:none}",
  ".curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}",
  ".theory{fill:none;stroke-width:1.5;stroke-dasharray:2 4;stroke-linecap:round}",
  ".area{stroke:none;opacity:.18}",
  ".fault{fill:var(--band)}",
  ".whisker{fill:none;stroke-width:2}",
  ".halo{stroke:var(--paper);stroke-width:1.5}",
  ".hollow{fill:var(--paper);stroke-width:2}",
  INK_RULES,
  // The colours of text come after the other colour rules and override them, because text is filled
  // and never stroked.
  ...INKS.map((_, i) => `.figure text.t${i}{fill:var(--k${i})}`),
  HEAT_RULES,
].join("");

export const STYLE = SCHEMES(".figure") + RULES;
