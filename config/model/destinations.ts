import * as net from "node:net";
import type { StackSettings } from "../schema/schema";
import type { Signal } from "../types/signal";

/** Settings that define external destinations. */
export type DestinationSettings = Pick<StackSettings, "azureMonitor" | "destinations">;

type OtlpSettings = StackSettings["destinations"][string];
type AzureSettings = StackSettings["azureMonitor"];

/** An external OTLP backend. */
export interface OtlpDestination extends OtlpSettings {
    readonly kind: "otlp";
    readonly name: string;
    readonly endpoint: string;
}

/** Azure Monitor, whose address is part of the connection string. */
export interface AzureDestination extends Pick<AzureSettings, "egress" | "secretName" | "signals"> {
    readonly kind: "azure_monitor";
    readonly name: typeof AZURE_MONITOR;
    /** Undefined if an existing Secret contains it. */
    readonly connectionString: string | undefined;
}

/** A backend outside the stack. */
export type Destination = AzureDestination | OtlpDestination;

export const AZURE_MONITOR = "azure-monitor";
/** Key of the connection string in its Secret. */
export const AZURE_MONITOR_SECRET_KEY = "connectionString";

/** External destinations in the order of their names, without those that violate a rule. */
export function resolveDestinations({ azureMonitor, destinations }: DestinationSettings): readonly Destination[] {
    const { enabled, connectionString, ...azure } = azureMonitor;
    return [
        ...Object.entries(destinations)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .flatMap(([name, { endpoint, ...settings }]): OtlpDestination[] =>
                endpoint === undefined ? [] : [{ kind: "otlp", name, endpoint, ...settings }],
            ),
        ...(enabled && (connectionString !== undefined || azure.secretName !== undefined)
            ? [{ kind: "azure_monitor", name: AZURE_MONITOR, connectionString, ...azure } as const]
            : []),
    ];
}

/** Names of all secret headers, of the settings and of an existing Secret. */
export function listSecretHeaders({
    secretHeaderKeys,
    secretHeaders,
}: Pick<OtlpSettings, "secretHeaderKeys"> & { readonly secretHeaders: object }): readonly string[] {
    return [...Object.keys(secretHeaders), ...Object.keys(secretHeaderKeys)];
}

/** Whether an external destination receives the signal. */
export function hasDestinationFor(signal: Signal, settings: DestinationSettings): boolean {
    return resolveDestinations(settings).some(({ signals }) => signals.includes(signal));
}

/** Number of queues for these destinations: one for each signal of each destination. */
export function countDestinationQueues(destinations: readonly Destination[]): number {
    return destinations.reduce((sum, { signals }) => sum + signals.length, 0);
}

/** Port of an endpoint, or the default port of its scheme. */
export function endpointPort(endpoint: string): number {
    const { port, protocol } = new URL(endpoint);
    return port === "" ? DEFAULT_PORTS[protocol === "https:" ? "https" : "http"] : Number(port);
}

const DEFAULT_PORTS = { https: 443, http: 80 } as const;

/** CIDR of the IP address in an endpoint; undefined for a hostname. */
export function endpointCidr(endpoint: string): string | undefined {
    const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, "");
    const version = net.isIP(host);
    return version === 0 ? undefined : `${host}/${version === 4 ? 32 : 128}`;
}
