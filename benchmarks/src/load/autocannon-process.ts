// autocannon as a process that does one job after the other.
import { performance } from "node:perf_hooks";
import autocannon from "autocannon";
import { answerJobs } from "./jobs.ts";
import { Latencies } from "./latencies.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";

async function run(job: LoadJob): Promise<LoadResult> {
  const latencies = new Latencies();
  const began = performance.now();
  const done = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(
    {
      url: urlOf(job),
      connections: job.connections,
      duration: job.seconds,
      // autocannon ends at the first sample after its duration.
      sampleInt: 50,
      method: job.method,
      headers: { ...REQUEST_FIELDS },
      ...(job.uploadBytes > 0 ? { body: Buffer.alloc(job.uploadBytes, "x") } : {}),
      verifyBody: (body) => body?.length === job.expectBytes,
    },
    (error: Error | null, result) => (error ? done.reject(error) : done.resolve(result)),
  );
  // Its own histogram has whole milliseconds.
  instance.on("response", (_client, _status, _bytes, ms) => latencies.add(ms));
  const result = await done.promise;
  return {
    requests: latencies.count,
    seconds: (performance.now() - began) / 1000,
    errors: result.errors + result.non2xx + result.mismatches,
    ...latencies.percentiles(),
  };
}

await answerJobs(run);
