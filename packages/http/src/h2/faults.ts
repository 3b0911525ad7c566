// Faults that several files report.
import {
  ENHANCE_YOUR_CALM,
  FLOW_CONTROL_ERROR,
  H2Failure,
  PROTOCOL_ERROR,
  STREAM_CLOSED,
} from "./error-code.ts";

export function protocolFault(fault: string, message: string): H2Failure {
  return new H2Failure(PROTOCOL_ERROR, fault, message);
}

/** Returns the failure of a peer that does too much of something. */
export function calm(fault: string, message: string): H2Failure {
  return new H2Failure(ENHANCE_YOUR_CALM, fault, message);
}

export function closedFault(message: string): H2Failure {
  return new H2Failure(STREAM_CLOSED, "closed-stream", message);
}

export function idleStream(frame: string, id: number): H2Failure {
  return protocolFault("idle-stream", `${frame} on stream ${id}, which was never opened`);
}

export function withinHead(): H2Failure {
  return protocolFault("frame-within-head", "A frame between HEADERS and CONTINUATION");
}

export function windowExceeded(): H2Failure {
  return new H2Failure(FLOW_CONTROL_ERROR, "window-exceeded", "More DATA than the window allows");
}

export function windowOverflow(): H2Failure {
  return new H2Failure(FLOW_CONTROL_ERROR, "window-overflow", "A window beyond 2^31-1 bytes");
}
