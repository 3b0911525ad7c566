// The settings of a connection (RFC 9113 §6.5, RFC 8441 §3): what we announce, and what the peer has announced.
import { FLOW_CONTROL_ERROR, H2Failure, PROTOCOL_ERROR } from "./error-code.ts";
import { MAX_FRAME_SIZE } from "./frame-type.ts";

const HEADER_TABLE_SIZE = 0x1;
export const ENABLE_PUSH = 0x2;
export const MAX_CONCURRENT_STREAMS = 0x3;
export const INITIAL_WINDOW_SIZE = 0x4;
const MAX_FRAME_SIZE_ID = 0x5;
export const MAX_HEADER_LIST_SIZE = 0x6;
export const ENABLE_CONNECT_PROTOCOL = 0x8;

/** The window of a connection, and of a stream whose peer has not announced another one. */
export const DEFAULT_WINDOW = 65_535;
export const MOST_WINDOW = 0x7fff_ffff;

/** The bytes of one setting. */
export const SETTING = 6;

/** What the peer has announced, or the defaults (§6.5.2). */
export class PeerSettings {
  headerTableSize = 4096;
  maxConcurrentStreams = Number.POSITIVE_INFINITY;
  initialWindow = DEFAULT_WINDOW;
  maxFrame = MAX_FRAME_SIZE;
  maxHeaderList = Number.POSITIVE_INFINITY;
  /** Whether the peer takes extended CONNECT. Only a server announces it. */
  connectProtocol = false;

  /** Takes one setting. Unknown settings are ignored. */
  set(id: number, value: number): H2Failure | undefined {
    if (id === HEADER_TABLE_SIZE) this.headerTableSize = value;
    else if (id === MAX_CONCURRENT_STREAMS) this.maxConcurrentStreams = value;
    else if (id === MAX_HEADER_LIST_SIZE) this.maxHeaderList = value;
    else if (id === ENABLE_PUSH) return value > 1 ? bad("ENABLE_PUSH", value) : undefined;
    else if (id === INITIAL_WINDOW_SIZE) {
      if (value > MOST_WINDOW) return bad("INITIAL_WINDOW_SIZE", value, FLOW_CONTROL_ERROR);
      this.initialWindow = value;
    } else if (id === MAX_FRAME_SIZE_ID) {
      if (value < MAX_FRAME_SIZE || value > 0xff_ffff) return bad("MAX_FRAME_SIZE", value);
      this.maxFrame = value;
    } else if (id === ENABLE_CONNECT_PROTOCOL) {
      // Once announced it cannot be taken back (RFC 8441 §3).
      if (value > 1 || (this.connectProtocol && value === 0)) {
        return bad("ENABLE_CONNECT_PROTOCOL", value);
      }
      this.connectProtocol = value === 1;
    }
    return undefined;
  }
}

function bad(name: string, value: number, code = PROTOCOL_ERROR): H2Failure {
  return new H2Failure(code, "bad-setting", `SETTINGS_${name} is ${value}`);
}
