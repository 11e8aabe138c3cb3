import { execa } from "execa";

/** Address range of the nodes, pods and Services of the sandbox. RFC 2544 reserves it for benchmarks. */
export const ADDRESS_RANGE = "198.18.0.0/15";

const ROUTE = ["unreachable", ADDRESS_RANGE] as const;

/**
 * Makes the address range of the sandbox unreachable from this machine, except the address of the node on its link.
 * Otherwise, packets to other addresses would leave the machine over its default route.
 */
export async function blockAddressRange(): Promise<void> {
    await execa("ip", ["route", "replace", ...ROUTE]);
}

/** Removes the route if it exists. */
export async function unblockAddressRange(): Promise<void> {
    await execa("ip", ["route", "delete", ...ROUTE], { reject: false });
}
