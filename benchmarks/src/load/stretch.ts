// The stretch of a load that is measured, and the time around it.

/** What a measurement may take besides its seconds: starting a program, and waiting for the last answers. */
export const SPARE_SECONDS = 10;

/**
 * Notified when the measured stretch begins and ends. Connections that stay open are open before it and still after
 * it.
 */
export interface Stretch {
  begins(): void;
  ends(): void;
}
