#!/usr/bin/env node
// Runs `tandem lab`, the laboratory's command.
import { main } from "../src/cli/program.ts";

await main(process.argv);
