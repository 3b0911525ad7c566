// Runs autocannon in a process that does one job after the other.
import { AutocannonRun } from "./autocannon-run.ts";
import { answerJobs } from "./jobs.ts";

await answerJobs((job) => new AutocannonRun(job));
