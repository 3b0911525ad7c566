#!/usr/bin/env node
// tandem: runs a site on two servers, and supervises it.
import { main } from "../src/cli/program.ts";

await main(process.argv);
