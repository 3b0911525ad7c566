// The PROXY protocol of HAProxy: headers in which a proxy names the client that it speaks for. A frontend may expect them
// (HAProxy's `accept-proxy`).
import { z } from "zod";
import { duration, network } from "./units.ts";

export const acceptProxy = z
  .strictObject({
    from: z.array(network).min(1, "expected at least one address or network of a proxy").meta({
      description:
        "addresses or networks of the proxies; a connection from another address is closed and counted",
    }),
    timeout: duration.prefault("5s").meta({
      description: "for the header of a connection to come; a later one is closed and counted",
    }),
  })
  .meta({
    title: "accepted PROXY header",
    description: "the proxies in front that send a PROXY header, and how long it may take to come",
  });
