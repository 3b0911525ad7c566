// The shortest program with a balancer inside: port 8080 leads to the ports 3000 and 3001 in turn.
import { createBalancer } from "@tandem/balancer";

const balancer = createBalancer({
  frontends: { web: { bind: "127.0.0.1:8080", routes: [{ backend: "app" }] } },
  backends: {
    app: { servers: { a: { address: "localhost:3000" }, b: { address: "localhost:3001" } } },
  },
});
await balancer.start();
