// What is counted of sessions of HTTP/2: why they end, and the error codes of resets. Nothing that this file imports
// needs Node, because the page of the laboratory lays out counters in a browser.
export { CODE_NAMES as H2_CODES } from "../h2/error-code.ts";
export { H2_ENDS } from "./h2-end.ts";
