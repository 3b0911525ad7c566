// Bodies on their way to a server.
import t from "tap";
import { givenBalancer, givenRawOrigin, rawClient } from "./given.ts";

t.test(
  "a server may answer to the head of an upload, before any of its body has come",
  async (t) => {
    await using origin = await givenRawOrigin((socket, text) => {
      if (text.includes("\r\n\r\n"))
        socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    });
    await using balancer = await givenBalancer([origin.port]);
    for (const way of ["a new connection", "another one"]) {
      using client = await rawClient(balancer.port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
      t.match(await client.received(/\r\n\r\n/), /^HTTP\/1\.1 401 /, way);
    }
  },
);
