// Draws three pictures by arithmetic. So the repository needs no image files, and every box draws the same pictures.
import { encode, type Picture } from "../pictures/picture.ts";

const WIDTH = 1600;
const HEIGHT = 900;

export type DrawingName = keyof typeof DRAWINGS;

const DRAWINGS = { night, hills, garden };

export async function draw(name: DrawingName): Promise<Picture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${DRAWINGS[name]()}</svg>`;
  return encode(Buffer.from(svg));
}

/**
 * Returns a small random generator with a fixed start (Lehmer, modulus 2^31-1), so that the stars are the same
 * everywhere.
 */
function numbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function sky(id: string, stops: readonly (readonly [number, string])[]): string {
  const points = stops.map(([at, color]) => `<stop offset="${at}" stop-color="${color}"/>`);
  return `<linearGradient id="${id}" x2="0" y2="1">${points.join("")}</linearGradient><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#${id})"/>`;
}

/** Draws a ridge from left to right around `level`, as a filled shape. */
function ridge(level: number, height: number, seed: number, color: string): string {
  const next = numbers(seed);
  const waves = [1, 2.3, 4.1, 8.7].map((frequency) => ({ frequency, phase: next() * 6.28 }));
  const points: string[] = [];
  for (let x = 0; x <= WIDTH; x += 10) {
    const y = waves.reduce(
      (sum, { frequency, phase }) =>
        sum + (Math.sin((x / WIDTH) * 6.28 * frequency + phase) * height) / (frequency + 0.6),
      level,
    );
    points.push(`${x},${y.toFixed(1)}`);
  }
  return `<polygon fill="${color}" points="0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}"/>`;
}

function night(): string {
  const next = numbers(77);
  const stars = Array.from({ length: 420 }, () => {
    const [x, y, size] = [next() * WIDTH, next() ** 1.4 * 760, 0.5 + next() ** 4 * 2.4];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${size.toFixed(2)}" fill="#fff" opacity="${(0.35 + next() * 0.65).toFixed(2)}"/>`;
  });
  const tail = `<linearGradient id="t"><stop stop-color="#dff4ff" stop-opacity=".75"/><stop offset="1" stop-color="#9fd0ff" stop-opacity="0"/></linearGradient>
    <g transform="translate(960 470) rotate(-33)"><polygon points="0,-9 620,-64 660,20 0,9" fill="url(#t)" filter="url(#b)"/><circle r="13" fill="#f4fbff" filter="url(#g)"/><circle r="7" fill="#fff"/></g>`;
  const blur = `<filter id="b" x="-.2" y="-1" width="1.4" height="3"><feGaussianBlur stdDeviation="14"/></filter><filter id="g" x="-2" y="-2" width="5" height="5"><feGaussianBlur stdDeviation="9"/></filter>`;
  const water = `<rect y="800" width="${WIDTH}" height="100" fill="#0b1730"/><rect y="800" width="${WIDTH}" height="3" fill="#5d7db0" opacity=".5"/>`;
  return `${blur}${sky("n", [
    [0, "#060b1f"],
    [0.55, "#15254d"],
    [0.85, "#3a4f83"],
    [1, "#b98a7a"],
  ])}${stars.join("")}${tail}${ridge(770, 34, 5, "#0c1630")}${ridge(800, 18, 9, "#070d1e")}${water}`;
}

function hills(): string {
  const layers = [
    [430, 70, 3, "#e9b58c"],
    [500, 80, 11, "#d4927a"],
    [580, 70, 23, "#a86a70"],
    [670, 60, 31, "#704b66"],
    [760, 50, 47, "#43344f"],
  ] as const;
  const sun = `<circle cx="1130" cy="330" r="120" fill="#fff3d6"/><circle cx="1130" cy="330" r="210" fill="#fff3d6" opacity=".25"/>`;
  const path = `<path d="M180 900 C420 790 300 740 560 700 S 860 640 830 590 980 540 960 505" fill="none" stroke="#fbe9cf" stroke-width="7" stroke-linecap="round" stroke-dasharray="2 20" opacity=".9"/>`;
  return `${sky("h", [
    [0, "#f3c98b"],
    [0.5, "#f8e3bd"],
    [1, "#f6d7b0"],
  ])}${sun}${layers.map(([level, height, seed, color]) => ridge(level, height, seed, color)).join("")}${path}`;
}

function garden(): string {
  const next = numbers(2024);
  const rows = Array.from({ length: 9 }, (_, i) => {
    const y = 470 + i * i * 5.6;
    return `<path d="M0 ${y + 14} Q800 ${y - 26} 1600 ${y + 14}" stroke="${i % 2 === 0 ? "#5d8a4a" : "#7aa35a"}" stroke-width="${10 + i * 6}" fill="none"/>`;
  });
  const flowers = Array.from({ length: 190 }, () => {
    const depth = next();
    const [x, y, size] = [next() * WIDTH, 560 + depth * 340, 4 + depth * 13];
    const color = ["#d9412f", "#e8624a", "#f0b93a", "#f7f1e3"][Math.floor(next() * 4)];
    return `<path d="M${x.toFixed(0)} ${y.toFixed(0)}v${(size * 3.4).toFixed(0)}" stroke="#3f6a39" stroke-width="${(size / 6).toFixed(1)}"/><circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${size.toFixed(1)}" fill="${color}"/><circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${(size / 3.2).toFixed(1)}" fill="#2b2320" opacity=".75"/>`;
  });
  const shed = `<g transform="translate(1120 250) rotate(-4)"><polygon points="-20,60 120,-40 270,60" fill="#7c3f34"/><rect y="60" width="250" height="170" fill="#b98a5e"/><rect x="150" y="100" width="62" height="130" fill="#6d4a33"/><rect x="34" y="100" width="78" height="60" fill="#dff0f2"/><path d="M73 100v60M34 130h78" stroke="#6d4a33" stroke-width="6"/></g>`;
  return `${sky("g", [
    [0, "#a9d6e8"],
    [0.6, "#e5f2ea"],
    [1, "#e5f2ea"],
  ])}<circle cx="330" cy="170" r="70" fill="#fff4c9"/>${ridge(400, 40, 13, "#a8c69a")}${ridge(450, 24, 19, "#86ae78")}${shed}<rect y="465" width="${WIDTH}" height="435" fill="#6b9652"/>${rows.join("")}${flowers.join("")}`;
}
