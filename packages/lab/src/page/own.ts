// What the page was started with: scenarios from a file of the user's own, and what is wrong with that file by now. The
// command puts it into a script that runs before the page's script and before the worker's. This module must be imported
// before any module that reads the lists of scenarios or algorithms.
import type { Own } from "./run-state/own.ts";
import { addPresets } from "./run-state/presets.ts";

const { tandemOwn } = globalThis as { readonly tandemOwn?: Own };

/** Undefined for a page that was started without files. */
export const OWN: Own | undefined = tandemOwn;

addPresets(OWN?.presets ?? []);
