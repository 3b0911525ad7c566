// The part of a load that is measured, and the time around it.

/** How much longer than its own seconds a measurement may take: for starting a program, and for the last answers. */
export const SPARE_SECONDS = 10;

/**
 * Notified when the measured part of a load begins and ends. Kept connections are opened before that part and closed
 * after it.
 */
export interface MeasuredPart {
  begins(): void;
  ends(): void;
}
