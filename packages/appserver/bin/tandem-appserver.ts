#!/usr/bin/env node
// tandem-appserver: runs the application tier of one box, and prepares its database.
import { main } from "../src/program.ts";

await main(process.argv);
