// Every kind of filter, by the place where it can be written and its key there. Adding a kind takes one row: schema,
// reference documentation and the balancer's chains are all made from the rows. The order of the rows is the order in
// which filters see a request. The filters of a frontend come before those of its routes.
import { redirect } from "./redirect.ts";
import { refuseEncoded } from "./refuse-encoded.ts";

export const FRONTEND_FILTERS = {
  redirect,
} as const;

export const ROUTE_FILTERS = {
  refuseEncoded,
} as const;
