// The balancer as a library.
export { ControlPlane, type ControlPlaneOptions } from "./control/control-plane.ts";
