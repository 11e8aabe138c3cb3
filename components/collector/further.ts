import type { types } from "@pulumi/kubernetes";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { type AzureDestination, type Destination, type OtlpDestination, portOf } from "../../config/destinations";
import { CONSUMERS_FROM_DISK, furtherBytes } from "../../config/durability";
import { type DestinationSettings, RETRY, sendingQueue } from "./destinations";
import { secretFiles } from "./guard";
import { asLiteral } from "./literal";
import type { ExporterId, Exporters, ExporterTypes } from "./types";
import type { ClientTls, Headers } from "./types-destinations";

/** A destination with its secrets marked as such, as a component may carry it. */
export type SealedDestination =
    | (Omit<AzureDestination, "connectionString"> & { readonly connectionString: pulumi.Output<string> })
    | (Omit<OtlpDestination, "secretHeaders"> & {
          readonly secretHeaders: Readonly<Record<string, pulumi.Output<string>>>;
      });

/** Marks the secrets again: inside structured settings they arrive as plain text. */
export function sealed(destinations: readonly Destination[]): readonly SealedDestination[] {
    return destinations.map((destination) =>
        destination.kind === "azure_monitor"
            ? { ...destination, connectionString: pulumi.secret(destination.connectionString) }
            : {
                  ...destination,
                  secretHeaders: Object.fromEntries(
                      Object.entries(destination.secretHeaders).map(([name, value]) => [
                          name,
                          pulumi.secret(asLiteral(value)),
                      ]),
                  ),
              },
    );
}

/** The exporter of a destination. */
export function furtherExporter(destination: Destination | SealedDestination): ExporterId {
    return destination.kind === "azure_monitor" ? "azure_monitor" : `otlp_${destination.protocol}/${destination.name}`;
}

/** The exporters of all destinations. */
export function furtherExporters(destinations: readonly SealedDestination[], settings: DestinationSettings): Exporters {
    return destinations.reduce<Exporters>(
        (exporters, destination) => ({ ...exporters, ...exporterFor(destination, settings) }),
        {},
    );
}

function exporterFor(destination: SealedDestination, settings: DestinationSettings): Exporters {
    const queue = sendingQueue(settings, furtherBytes(settings.queues), CONSUMERS_FROM_DISK.further);
    if (destination.kind === "azure_monitor") {
        return { azure_monitor: { sending_queue: queue } };
    }
    const { compression, endpoint, name, protocol } = destination;
    const common = {
        headers: headersOf(destination),
        compression,
        retry_on_failure: RETRY,
        sending_queue: queue,
    };
    const tls = tlsOf(destination);
    if (protocol === "http") {
        const base = asLiteral(endpoint.replace(/\/+$/, ""));
        const exporters: Readonly<Record<`otlp_http/${string}`, ExporterTypes["otlp_http"]>> = {
            [`otlp_http/${name}`]: { endpoint: base, ...(tls ? { tls } : {}), ...common },
        };
        return exporters;
    }
    const { hostname, protocol: scheme } = new URL(endpoint);
    const exporters: Readonly<Record<`otlp_grpc/${string}`, ExporterTypes["otlp_grpc"]>> = {
        [`otlp_grpc/${name}`]: {
            endpoint: `${hostname}:${portOf(endpoint)}`,
            tls: { ...(scheme === "http:" ? { insecure: true } : {}), ...tls },
            ...common,
        },
    };
    return exporters;
}

function headersOf({ headers, name, secretHeaders }: Extract<SealedDestination, { kind: "otlp" }>): Headers {
    return {
        ...Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, asLiteral(value)])),
        ...Object.fromEntries(
            Object.keys(secretHeaders).map((header) => [header, `\${env:${variableOf(name, header)}}`]),
        ),
    };
}

/** Two underscores end the destination's name, which has none of its own: no other destination and header have the same. */
function variableOf(destination: string, header: string): string {
    return `DESTINATION__${destination}__${header}`.replaceAll("-", "_").toUpperCase();
}

const CA_FILE = "ca.crt";
const CA_RELOAD = "1m";

function caFolder(name: string): string {
    return `/etc/otel-stack/destinations/${name}`;
}

function tlsOf({ name, tls }: Pick<OtlpDestination, "name" | "tls">): ClientTls | undefined {
    if (tls.caSecretName !== undefined) {
        return { ca_file: `${caFolder(name)}/${CA_FILE}`, reload_interval: CA_RELOAD };
    }
    return tls.insecureSkipVerify ? { insecure_skip_verify: true } : undefined;
}

/** What the Collector's container has of its destinations. */
export interface FurtherFiles {
    readonly env: readonly types.input.core.v1.EnvVar[];
    readonly volumes: readonly types.input.core.v1.Volume[];
    readonly mounts: readonly types.input.core.v1.VolumeMount[];
}

export interface FurtherSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
}

/** Makes the Secrets of the destinations, each immutable and named after its generation, and says how pods read them. */
export function furtherFiles(
    name: string,
    destinations: readonly SealedDestination[],
    args: FurtherSecretArgs,
    opts: pulumi.CustomResourceOptions,
): FurtherFiles {
    const files = destinations.flatMap((destination) =>
        destination.kind === "otlp" && destination.tls.caSecretName !== undefined
            ? [
                  secretFiles(`ca-${destination.name}`, destination.tls.caSecretName, caFolder(destination.name), [
                      CA_FILE,
                  ]),
              ]
            : [],
    );
    return {
        env: destinations.flatMap((destination) => secretVariables(name, destination, args, opts)),
        volumes: files.map(({ volume }) => volume),
        mounts: files.map(({ mount }) => mount),
    };
}

/** The exporter looks there, before all that its configuration says. */
const CONNECTION_STRING = "APPLICATIONINSIGHTS_CONNECTION_STRING";

function secretVariables(
    prefix: string,
    destination: SealedDestination,
    { namespace, labels }: FurtherSecretArgs,
    opts: pulumi.CustomResourceOptions,
): types.input.core.v1.EnvVar[] {
    const { name, secretGeneration } = destination;
    const variables =
        destination.kind === "azure_monitor"
            ? { [CONNECTION_STRING]: ["connectionString", destination.connectionString] as const }
            : Object.fromEntries(
                  Object.entries(destination.secretHeaders).map(([header, value]) => [
                      variableOf(name, header),
                      [header, value] as const,
                  ]),
              );
    const entries = Object.entries(variables);
    if (entries.length === 0) {
        return [];
    }
    const secretName = `${prefix}-${name}-secrets-${secretGeneration}`;
    const secret = new Secret(
        secretName,
        {
            metadata: { name: secretName, namespace, labels: { ...labels } },
            stringData: Object.fromEntries(entries.map(([, keyAndValue]) => keyAndValue)),
            immutable: true,
        },
        opts,
    );
    return entries.map(([variable, [key]]) => ({
        name: variable,
        valueFrom: { secretKeyRef: { name: secret.metadata.name, key } },
    }));
}
