#!/usr/bin/env node
// tandem: runs and looks after a site on two servers.
import { main } from "../src/cli/program.ts";

await main(process.argv);
