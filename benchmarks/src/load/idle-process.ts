// Opens connections, sends one request on each and then leaves the connections alone. `node idle-process.ts JOB`
// prints the result of the requests once all connections are idle, and holds the connections until it is stopped.
import { performance } from "node:perf_hooks";
import { ClientConnection, requestBytes } from "./client-connection.ts";
import { Latencies } from "./latencies.ts";
import type { LoadJob, LoadResult } from "./load.ts";
import { WrongAnswers } from "./wrong-answers.ts";

/**
 * How many connections are opened at once. The number is so small that no accept queue overflows (SOMAXCONN is 128 on
 * old kernels).
 */
const AT_ONCE = 64;

const job = JSON.parse(process.argv[2] ?? "{}") as LoadJob;
const request = requestBytes(job);
const latencies = new Latencies();
const held: ClientConnection[] = [];
const began = performance.now();
const wrongAnswers = new WrongAnswers();

/** Opens the next connection and keeps it. A connection that is lost later counts as an error too. */
function openNext(): void {
  if (held.length >= job.connections) return;
  const connection = new ClientConnection(job);
  held.push(connection);
  const since = performance.now();
  connection.send(request, (wrong) => {
    if (wrong === "") latencies.add(performance.now() - since);
    else wrongAnswers.add(wrong);
    if (latencies.count + wrongAnswers.total === job.connections) report();
    else openNext();
  });
}

function report(): void {
  wrongAnswers.add("an idle connection was lost", held.filter(({ open }) => !open).length);
  const answer: LoadResult = {
    requests: latencies.count,
    seconds: (performance.now() - began) / 1000,
    errors: wrongAnswers.total,
    wrong: wrongAnswers.toJSON(),
    ...latencies.percentiles(),
  };
  console.log(JSON.stringify(answer));
}

for (let index = 0; index < AT_ONCE; index++) openNext();
