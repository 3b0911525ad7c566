#!/usr/bin/env node
// tandem-balancer: the load balancer of one box, as a process of its own.
import { main } from "../src/program.ts";

await main(process.argv);
