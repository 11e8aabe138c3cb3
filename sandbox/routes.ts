import { execa } from "execa";

/** Every address of the sandbox's nodes, pods and Services; RFC 2544 sets the range apart for tests. */
export const ADDRESS_RANGE = "198.18.0.0/15";

const ROUTE = ["unreachable", ADDRESS_RANGE] as const;

/**
 * Has this machine refuse packets to the sandbox's addresses, but those to the node's end of its link, which has a
 * route of its own. Without it they would leave the machine by its default route, and a stranger might answer.
 */
export async function blockAddressRange(): Promise<void> {
    await execa("ip", ["route", "replace", ...ROUTE]);
}

/** Takes the route away again. Nothing happens without one. */
export async function unblockAddressRange(): Promise<void> {
    await execa("ip", ["route", "delete", ...ROUTE], { reject: false });
}
