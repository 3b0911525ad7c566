// Every kind of filter, by the place where it can be written and the key it has there. A row is all that the other
// packages need: the schema and its reference, the balancer and its chains go over the rows. The order of the rows is
// the order in which filters see a request; those of the frontend come before its routes.
import { redirect } from "./redirect.ts";
import { refuseEncoded } from "./refuse-encoded.ts";

export const FRONTEND_FILTERS = {
  redirect,
} as const;

export const ROUTE_FILTERS = {
  refuseEncoded,
} as const;
