// How the tier is called in access lines and metrics.

/** The listener; HAProxy's frontend. */
export const FRONTEND = "web";
/** What answers a request that is not forwarded; HAProxy's backend. */
export const BACKEND = "web";
