// The names of the tier in access lines and metrics.

/** The name of the listener, where HAProxy writes the frontend. */
export const FRONTEND = "web";
/** The name in place of HAProxy's backend, for a request that is not forwarded. */
export const BACKEND = "web";
