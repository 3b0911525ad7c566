// The hooks with which the embedding program decides about requests, and changes requests and answers.
import type { Hooks } from "@tandem/balancer";
import { userOf } from "./users.ts";

export const hooks: Hooks = {
  async request(request) {
    if (request.path === "/ping") return { status: 200, body: "pong" };
    const user = await userOf(request.fields.get("Authorization"));
    if (user === undefined) {
      return { status: 401, fields: { "WWW-Authenticate": "Bearer" }, body: "Who are you?" };
    }
    request.fields.remove("Authorization");
    request.fields.set("X-User", user); // the request then goes on to a server
  },

  route(request) {
    return request.fields.get("X-Canary") === "1" ? "next" : undefined; // otherwise the routes decide
  },

  response(response, request) {
    response.fields.remove("X-Powered-By");
    if (request.path.startsWith("/private/")) response.fields.set("Cache-Control", "no-store");
  },
};
