// What the page was started with: scenarios and algorithms from the user's own files, and what is wrong with the files by
// now. The command puts them into a script that runs before the page's script and before the worker's. This module must be
// imported before any module that reads the lists of scenarios or algorithms.
import { createPickerOf } from "@tandem/balancer/policies";
import { ownSubject } from "../own/own-subject.ts";
import { addSubject } from "../sim/algorithms.ts";
import { noteFault } from "./run/own-faults.ts";
import { addOwnFiles, type Own, type OwnFile } from "./run-state/own.ts";
import { addPresets } from "./run-state/presets.ts";

const { tandemOwn } = globalThis as { readonly tandemOwn?: Own };

/** Undefined for a page that was started without files. */
export const OWN: Own | undefined = tandemOwn;

addPresets(OWN?.presets ?? []);
addOwnFiles(OWN?.algorithms ?? []);
for (const file of OWN?.algorithms ?? []) addSubject(file.name, subjectOf(file));

/** The file itself runs when the first simulation needs it, so that what it throws then refuses that run alone. */
function subjectOf({ name, parameters, load }: OwnFile) {
  return ownSubject(
    {
      name,
      parameters,
      create: (environment, given) => createPickerOf(load(), { module: name })(environment, given),
      describe: String,
    },
    noteFault,
  );
}
