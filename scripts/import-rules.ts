// Checks this repository against the structural rules of CONTRIBUTING.md; exits 1 on any breach.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { checkTree } from "./rules/check-tree.ts";

const faults = checkTree(dirname(dirname(fileURLToPath(import.meta.url))));
for (const fault of faults) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
