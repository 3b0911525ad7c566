// Tests TCP mode with real databases and their own clients: MariaDB with mysql2 and with its command line, Redis with
// ioredis, where connections subscribe, block and pipeline.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { environment, startMariadb, startRedis } from "@tandem/appserver/testing";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import t from "tap";
import { givenTcpBalancer, logged } from "./given-tcp.ts";

const run = promisify(execFile);

t.test("MariaDB speaks first, and its clients work through the balancer", async (t) => {
  // The path of a Unix socket has at most 107 characters, so the folder of the test is too deep.
  const folder = await mkdtemp(join(tmpdir(), "tandem-db-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const database = await startMariadb(folder);
  t.teardown(() => database.stop());
  database.create("shop");
  await using balancer = await givenTcpBalancer([database.port]);
  const { port } = balancer;
  const connection = await mysql.createConnection({
    ...{ host: "127.0.0.1", port, user: "root", database: "shop" },
  });
  await connection.query("create table things (id int primary key, content mediumtext)");
  const content = "äöü 0123456789".repeat(100_000);
  await connection.execute("insert into things values (?, ?)", [1, content]);
  const [rows] = await connection.query("select content from things");
  t.ok((rows as { content: string }[])[0]?.content === content, "1.7 MB there and back");
  const query = ["-uroot", "-e", "select count(*) from things", "shop"];
  const { stdout } = await run(
    "mariadb",
    ["--no-defaults", "--protocol=tcp", "-h127.0.0.1", `-P${port}`, ...query],
    { env: environment() },
  );
  t.match(stdout, /\n1\n$/);
  await connection.end();
  const lines = (await balancer.log(2)).map(logged);
  t.same(
    lines.map(({ termination }) => termination),
    ["--", "--"],
  );
});

t.test("Redis: pipelines, a connection that blocks, and subscribers", async (t) => {
  const server = await startRedis();
  t.teardown(() => server.stop());
  await using balancer = await givenTcpBalancer([Number(new URL(server.url).port)]);
  const clients = Array.from({ length: 3 }, () => new Redis(balancer.port, "127.0.0.1"));
  t.teardown(() => {
    for (const client of clients) client.disconnect();
  });
  const [writer, blocked, subscriber] = clients as [Redis, Redis, Redis];
  const pipeline = writer.pipeline();
  for (let i = 0; i < 5_000; i++) pipeline.set(`key${i}`, `value${i}`);
  await pipeline.exec();
  t.equal(await writer.get("key4999"), "value4999");
  const popped = blocked.blpop("jobs", 0);
  await subscriber.subscribe("news");
  const heard = new Promise((resolve) => subscriber.on("message", (_, text) => resolve(text)));
  await writer.publish("news", "hello");
  t.equal(await heard, "hello");
  await writer.rpush("jobs", "work");
  t.same(await popped, ["jobs", "work"]);
  for (const client of clients) await client.quit();
  t.equal((await balancer.log(3)).length, 3);
});
