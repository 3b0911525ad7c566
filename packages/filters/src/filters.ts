// Every kind of filter. The kinds in FRONTEND_FILTERS can be written on a frontend, the kinds in ROUTE_FILTERS on a
// route. The name of a row is the key in tandem.yaml. To add a kind, add one row: the schema, the reference
// documentation and the balancer's chains are all made from the rows. Filters see a request in the order of the rows.
// The filters of a frontend come before the filters of its routes.
import { redirect } from "./redirect.ts";
import { refuseEncoded } from "./refuse-encoded.ts";

export const FRONTEND_FILTERS = {
  redirect,
} as const;

export const ROUTE_FILTERS = {
  refuseEncoded,
} as const;
