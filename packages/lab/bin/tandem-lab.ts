#!/usr/bin/env node
// tandem lab: the laboratory's command.
import { main } from "../src/cli/program.ts";

await main(process.argv);
