#!/usr/bin/env node
// tandem-webserver: the web tier of one box as a process.
import { main } from "../src/program.ts";

await main(process.argv);
