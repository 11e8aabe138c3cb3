import { type Destination, addressRange, destinationsOf, portOf } from "../../config/destinations";
import type { StackSettings } from "../../config/schema";
import type { Flow, Outsider } from "./flows";

/** A name may stand for any address: a policy knows none. */
const ANYWHERE = ["0.0.0.0/0", "::/0"];
/** Of Azure Monitor, whose connection string is a secret: nothing of it is told. */
const HTTPS = 443;

/** Out of the stack, to the destinations that the settings name. */
export function flowsFurther(
    collector: string,
    settings: Pick<StackSettings, "azureMonitor" | "destinations">,
): readonly Flow[] {
    return destinationsOf(settings).map((destination) => ({
        from: collector,
        to: outside(destination),
        port: destination.egress.port ?? (destination.kind === "otlp" ? portOf(destination.endpoint) : HTTPS),
        why: destination.signals.join(", "),
    }));
}

function outside(destination: Destination): Outsider {
    const { cidrs, namespaces } = destination.egress;
    const known = destination.kind === "otlp" ? addressRange(destination.endpoint) : undefined;
    const ranges = cidrs ?? (known === undefined ? (namespaces.length > 0 ? [] : ANYWHERE) : [known]);
    return {
        name: destination.name,
        peers: [
            ...ranges.map((cidr) => ({ ipBlock: { cidr } })),
            ...namespaces.map((matchLabels) => ({ namespaceSelector: { matchLabels } })),
        ],
    };
}
