import * as net from "node:net";
import type { StackSettings } from "../schema/schema";
import type { Signal } from "../types/signal";

/** What decides where telemetry goes beside the stack's own backends. */
export type DestinationSettings = Pick<StackSettings, "azureMonitor" | "destinations">;

type OtlpSettings = StackSettings["destinations"][string];
type AzureSettings = StackSettings["azureMonitor"];

/** A further OTLP backend. */
export interface OtlpDestination extends OtlpSettings {
    readonly kind: "otlp";
    readonly name: string;
    readonly endpoint: string;
}

/** Azure Monitor: the connection string alone says where it is. */
export interface AzureDestination extends Pick<AzureSettings, "egress" | "secretVersion" | "signals"> {
    readonly kind: "azure_monitor";
    readonly name: typeof AZURE_MONITOR;
    readonly connectionString: string;
}

/** Where telemetry goes beside the stack's own backends. */
export type Destination = AzureDestination | OtlpDestination;

export const AZURE_MONITOR = "azure-monitor";

/** The further destinations by their names; what a rule refuses is left out. */
export function resolveDestinations({ azureMonitor, destinations }: DestinationSettings): readonly Destination[] {
    const { enabled, connectionString, ...azure } = azureMonitor;
    return [
        ...Object.entries(destinations)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .flatMap(([name, { endpoint, ...settings }]): OtlpDestination[] =>
                endpoint === undefined ? [] : [{ kind: "otlp", name, endpoint, ...settings }],
            ),
        ...(enabled && connectionString !== undefined
            ? [{ kind: "azure_monitor", name: AZURE_MONITOR, connectionString, ...azure } as const]
            : []),
    ];
}

/** Whether that signal goes anywhere beside the stack's own backends. */
export function hasDestinationFor(signal: Signal, settings: DestinationSettings): boolean {
    return resolveDestinations(settings).some(({ signals }) => signals.includes(signal));
}

/** How many queues those destinations have: one for each signal of each. */
export function countDestinationQueues(destinations: readonly Destination[]): number {
    return destinations.reduce((sum, { signals }) => sum + signals.length, 0);
}

/** Port of an endpoint, whether or not its URL has one. */
export function endpointPort(endpoint: string): number {
    const { port, protocol } = new URL(endpoint);
    return port === "" ? DEFAULT_PORTS[protocol === "https:" ? "https" : "http"] : Number(port);
}

const DEFAULT_PORTS = { https: 443, http: 80 } as const;

/** The range that is the address in an endpoint, if it has one and not a name. */
export function endpointCidr(endpoint: string): string | undefined {
    const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, "");
    const version = net.isIP(host);
    return version === 0 ? undefined : `${host}/${version === 4 ? 32 : 128}`;
}
