// The stretch of a load that is measured, and the time around it.

/** What a measurement may take besides its seconds: starting a program, and waiting for the last answers. */
export const SPARE_SECONDS = 10;

/** Is told of the stretch that is measured: connections that stay are open before it, and still after it. */
export interface Stretch {
  begins(): void;
  ends(): void;
}
