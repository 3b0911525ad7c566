// One run of the own generator, as a process. In the open loop a request's latency counts from the moment
// it was due, so waiting behind a stall is part of it (no coordinated omission; what wrk2 does).
import { performance } from "node:perf_hooks";
import { browserRequest } from "./browser.ts";
import { ClientConnection, requestBytes } from "./client-connection.ts";
import { jobOfProcess } from "./in-process.ts";
import { Latencies } from "./latencies.ts";
import type { LoadResult } from "./load.ts";

const job = jobOfProcess();
const same = requestBytes(job);
const nextRequest = (): Buffer | string => (job.varied ? browserRequest(job) : same);
const latencies = new Latencies();
const idle: ClientConnection[] = [];
const due: number[] = [];
let open = 0;
let inFlight = 0;
let errors = 0;
const began = performance.now();
const end = began + job.seconds * 1000;

function acquire(): ClientConnection | undefined {
  for (let found = idle.pop(); found !== undefined; found = idle.pop())
    if (found.open) return found;
  if (open >= job.connections) return undefined;
  const made = new ClientConnection(job);
  open++;
  made.onClose(() => {
    open--;
    next();
  });
  return made;
}

function send(connection: ClientConnection, since: number): void {
  inFlight++;
  connection.send(nextRequest(), (good) => {
    inFlight--;
    if (good) latencies.add(performance.now() - since);
    else errors++;
    if (job.newConnections || !good) connection.close();
    else {
      idle.push(connection);
      next();
    }
  });
}

/** Sends what is due, or, without a rate, as much as connections allow. */
function next(): void {
  while (performance.now() < end || due.length > 0) {
    if (job.rate !== undefined && due.length === 0) return;
    const connection = acquire();
    if (connection === undefined) return;
    send(connection, due.shift() ?? performance.now());
  }
}

function schedule(rate: number): void {
  let scheduled = 0;
  const total = Math.round(rate * job.seconds);
  const timer = setInterval(() => {
    const until = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; scheduled < until; scheduled++) due.push(began + (scheduled / rate) * 1000);
    next();
    if (scheduled === total) clearInterval(timer);
  }, 1);
}

/** Waits for the last answers, two seconds at most: what is not here by then never came. */
function finish(): void {
  const unanswered = inFlight + due.length;
  if (unanswered > 0 && performance.now() < end + 2_000) {
    setTimeout(finish, 5);
    return;
  }
  const answer: LoadResult = {
    requests: latencies.count,
    seconds: (Math.max(performance.now(), end) - began) / 1000,
    errors: errors + unanswered,
    ...latencies.percentiles(),
  };
  console.log(JSON.stringify(answer));
  process.exit(0);
}

if (job.rate === undefined) next();
else schedule(job.rate);
setTimeout(finish, job.seconds * 1000);
