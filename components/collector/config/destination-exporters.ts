import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
    AZURE_MONITOR_SECRET_KEY,
    type AzureDestination,
    type Destination,
    type OtlpDestination,
    endpointPort,
    listSecretHeaders,
} from "../../../config/model/destinations";
import { PERSISTENT_QUEUE_CONSUMERS, destinationQueueBytes } from "../../../config/model/durability";
import { type ExporterSettings, renderRetry, renderSendingQueue } from "./exporters";
import { escapeDollar } from "./escape";
import type { ExporterId, Exporters, ExporterTypes } from "./types/collector-config";
import type { ClientTls, Headers } from "./types/destinations";
import { createImmutableSecret } from "../../kubernetes/immutable-secret";
import { type MountedVolumes, mountSecret } from "../../kubernetes/pod";

/** A destination whose secrets are marked as Pulumi secrets, which a component can hold. */
export type DestinationWithSecrets =
    | (Omit<AzureDestination, "connectionString"> & { readonly connectionString: pulumi.Output<string> | undefined })
    | (Omit<OtlpDestination, "secretHeaders"> & {
          readonly secretHeaders: Readonly<Record<string, pulumi.Output<string>>>;
      });

/** Marks the secrets as Pulumi secrets again. Pulumi returns structured settings with their secrets as plain text. */
export function markDestinationSecrets(destinations: readonly Destination[]): readonly DestinationWithSecrets[] {
    return destinations.map((destination) =>
        destination.kind === "azure_monitor"
            ? {
                  ...destination,
                  connectionString:
                      destination.connectionString === undefined
                          ? undefined
                          : pulumi.secret(destination.connectionString),
              }
            : {
                  ...destination,
                  secretHeaders: Object.fromEntries(
                      Object.entries(destination.secretHeaders).map(([name, value]) => [
                          name,
                          pulumi.secret(escapeDollar(value)),
                      ]),
                  ),
              },
    );
}

export function destinationExporterId(destination: Destination | DestinationWithSecrets): ExporterId {
    return destination.kind === "azure_monitor" ? "azure_monitor" : `otlp_${destination.protocol}/${destination.name}`;
}

export function renderDestinationExporters(
    destinations: readonly DestinationWithSecrets[],
    settings: ExporterSettings,
): Exporters {
    return destinations.reduce<Exporters>(
        (exporters, destination) => ({ ...exporters, ...renderDestinationExporter(destination, settings) }),
        {},
    );
}

function renderDestinationExporter(destination: DestinationWithSecrets, settings: ExporterSettings): Exporters {
    const queue = renderSendingQueue(
        settings,
        destinationQueueBytes(settings.queues),
        PERSISTENT_QUEUE_CONSUMERS.destinations,
    );
    if (destination.kind === "azure_monitor") {
        return { azure_monitor: { sending_queue: queue } };
    }
    const { compression, endpoint, name, protocol } = destination;
    const common = {
        headers: renderHeaders(destination),
        compression,
        retry_on_failure: renderRetry(settings.queues),
        sending_queue: queue,
    };
    const tls = renderClientTls(destination);
    if (protocol === "http") {
        const base = escapeDollar(endpoint.replace(/\/+$/, ""));
        const exporters: Readonly<Record<`otlp_http/${string}`, ExporterTypes["otlp_http"]>> = {
            [`otlp_http/${name}`]: { endpoint: base, ...(tls ? { tls } : {}), ...common },
        };
        return exporters;
    }
    const { hostname, protocol: scheme } = new URL(endpoint);
    const exporters: Readonly<Record<`otlp_grpc/${string}`, ExporterTypes["otlp_grpc"]>> = {
        [`otlp_grpc/${name}`]: {
            endpoint: `${hostname}:${endpointPort(endpoint)}`,
            tls: { ...(scheme === "http:" ? { insecure: true } : {}), ...tls },
            ...common,
        },
    };
    return exporters;
}

function renderHeaders(destination: Extract<DestinationWithSecrets, { kind: "otlp" }>): Headers {
    return {
        ...Object.fromEntries(
            Object.entries(destination.headers).map(([header, value]) => [header, escapeDollar(value)]),
        ),
        ...Object.fromEntries(
            listSecretHeaders(destination).map((header) => [
                header,
                `\${env:${secretVariableName(destination.name, header)}}`,
            ]),
        ),
    };
}

/**
 * The separator is a double underscore, which destination names cannot contain. So two destinations and headers never
 * get the same variable.
 */
function secretVariableName(destination: string, header: string): string {
    return `DESTINATION__${destination}__${header}`.replaceAll("-", "_").toUpperCase();
}

const CA_FILE = "ca.crt";
const CA_RELOAD = "1m";

function caMountDir(name: string): string {
    return `/etc/otel-stack/destinations/${name}`;
}

function renderClientTls({ name, tls }: Pick<OtlpDestination, "name" | "tls">): ClientTls | undefined {
    if (tls.caSecretName !== undefined) {
        return { ca_file: `${caMountDir(name)}/${CA_FILE}`, reload_interval: CA_RELOAD };
    }
    return tls.insecureSkipVerify ? { insecure_skip_verify: true } : undefined;
}

/** Environment variables and volumes for the destinations' secrets. */
export interface DestinationMounts extends MountedVolumes {
    readonly env: readonly types.input.core.v1.EnvVar[];
}

export interface DestinationSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
}

/** Creates the Secrets of the destinations and returns how pods read them. */
export function createDestinationSecrets(
    name: string,
    destinations: readonly DestinationWithSecrets[],
    args: DestinationSecretArgs,
    opts: pulumi.CustomResourceOptions,
): DestinationMounts {
    const files = destinations.flatMap((destination) =>
        destination.kind === "otlp" && destination.tls.caSecretName !== undefined
            ? [
                  mountSecret(`ca-${destination.name}`, destination.tls.caSecretName, caMountDir(destination.name), [
                      CA_FILE,
                  ]),
              ]
            : [],
    );
    return {
        env: destinations.flatMap((destination) => createSecretVariables(name, destination, args, opts)),
        volumes: files.map(({ volume }) => volume),
        mounts: files.map(({ mount }) => mount),
    };
}

/** For the exporter, this variable takes precedence over the configuration file. */
const CONNECTION_STRING = "APPLICATIONINSIGHTS_CONNECTION_STRING";

function createSecretVariables(
    prefix: string,
    destination: DestinationWithSecrets,
    { namespace, labels }: DestinationSecretArgs,
    opts: pulumi.CustomResourceOptions,
): types.input.core.v1.EnvVar[] {
    const keys = listSecretKeys(destination);
    if (keys.length === 0) {
        return [];
    }
    const secretName =
        destination.secretName ??
        createImmutableSecret(
            `${prefix}-${destination.name}-secrets`,
            { namespace, labels, data: listSecretValues(destination) },
            opts,
        );
    return keys.map(([variable, key]) => ({ name: variable, valueFrom: { secretKeyRef: { name: secretName, key } } }));
}

/** The environment variables of a destination's secrets, each with its key in the Secret. */
function listSecretKeys(destination: DestinationWithSecrets): readonly (readonly [variable: string, key: string])[] {
    if (destination.kind === "azure_monitor") {
        return [[CONNECTION_STRING, AZURE_MONITOR_SECRET_KEY]];
    }
    return listSecretHeaders(destination).map((header) => [
        secretVariableName(destination.name, header),
        destination.secretHeaderKeys[header] ?? header,
    ]);
}

/** The secrets in the settings, by their keys in the Secret that the stack creates. */
function listSecretValues(destination: DestinationWithSecrets): Readonly<Record<string, pulumi.Output<string>>> {
    if (destination.kind === "otlp") {
        return destination.secretHeaders;
    }
    const { connectionString } = destination;
    return connectionString === undefined ? {} : { [AZURE_MONITOR_SECRET_KEY]: connectionString };
}
