// autocannon as a process that does one job after the other.
import { performance } from "node:perf_hooks";
import autocannon from "autocannon";
import { answerJobs } from "./jobs.ts";
import { Latencies } from "./latencies.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";

async function run(job: LoadJob): Promise<LoadResult> {
  const latencies = new Latencies();
  let wrong = 0;
  let status = 0;
  let latencyMs = 0;
  const began = performance.now();
  const done = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(
    {
      url: urlOf(job),
      connections: job.connections,
      duration: job.seconds,
      // autocannon ends at the first sample after its duration.
      sampleInt: 20,
      method: job.method,
      headers: { ...REQUEST_FIELDS },
      ...(job.uploadBytes > 0 ? { body: Buffer.alloc(job.uploadBytes, "x") } : {}),
      // Called for each answer, right after its event below; what it returns counts nothing more.
      verifyBody(body) {
        if (status === 200 && body?.length === job.expectBytes) latencies.add(latencyMs);
        else wrong++;
        return true;
      },
    },
    (error: Error | null, result) => (error ? done.reject(error) : done.resolve(result)),
  );
  // Its own histogram has whole milliseconds.
  instance.on("response", (_client, answered, _bytes, ms) => {
    status = answered;
    latencyMs = ms;
  });
  const result = await done.promise;
  return {
    requests: latencies.count,
    seconds: (performance.now() - began) / 1000,
    errors: result.errors + wrong,
    ...latencies.percentiles(),
  };
}

await answerJobs(run);
