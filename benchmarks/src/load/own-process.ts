// Runs our own generator in a process that does one job after the other.
import { answerJobs } from "./jobs.ts";
import { OwnRun } from "./own-run.ts";

await answerJobs((job) => new OwnRun(job));
