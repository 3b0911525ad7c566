// Lists the hashing methods by their names in the configuration.
import { Jump } from "./jump.ts";
import { Maglev } from "./maglev.ts";
import { Modulo } from "./modulo.ts";
import type { HashMethod, HashParameters } from "./options.ts";
import type { Placement } from "./placement.ts";
import { Rendezvous } from "./rendezvous.ts";
import { Ring } from "./ring.ts";

export const PLACEMENTS: Readonly<Record<HashMethod, (parameters: HashParameters) => Placement>> = {
  maglev: ({ tableSize }) => new Maglev(tableSize),
  ring: ({ pointsPerWeight }) => new Ring(pointsPerWeight),
  rendezvous: () => new Rendezvous(),
  jump: () => new Jump(),
  modulo: () => new Modulo(),
};
