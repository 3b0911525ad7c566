// The webserver's names in access lines and metrics.

/**
 * The name of the webserver's listener. It stands where HAProxy writes the name of the frontend.
 */
export const FRONTEND = "web";
/** Stands where HAProxy writes the name of the backend, when a request is not forwarded. */
export const BACKEND = "web";
