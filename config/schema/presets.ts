import { DNS_LABEL_LENGTH, dnsLabel } from "../types/dns";
import { type Raw, isRecord, getPath } from "../types/raw";
import { AGENT_NAMESPACE_SUFFIX } from "./cluster-telemetry";
import type { DurabilityMode, StackSize } from "./durability";

/** Settings that `durability.mode` changes. */
const DURABILITY_PRESETS: Readonly<Record<DurabilityMode, Raw>> = {
    memory: {},
    // Persistent queues are of little use if the backends lose data.
    disk: {
        jaeger: { persistence: { enabled: true }, retention: "1d" },
        loki: { persistence: { enabled: true } },
        victoriaLogs: { persistence: { enabled: true }, flushInterval: "1s" },
        prometheus: { persistence: { enabled: true } },
        alertmanager: { persistence: { enabled: true } },
    },
};

/** With gRPC, a token is checked after the request is decoded, but a certificate before any data is read. */
const SECURE_OTLP_AUTH_PRESETS: Readonly<Record<string, Raw>> = { mtls: { secureOtlp: { grpc: { enabled: true } } } };

/** The schema has the defaults for `small`. */
const SIZE_PRESETS: Readonly<Record<StackSize, Raw>> = {
    small: {},
    medium: {
        durability: { itemsPerSecond: 500 },
        collector: resourcePreset({ cpu: "200m", memory: "256Mi" }, { cpu: "2", memory: "1536Mi" }),
        traceTier: resourcePreset({ cpu: "200m", memory: "256Mi" }, { cpu: "2", memory: "1536Mi" }),
        grafana: resourcePreset({ cpu: "50m", memory: "192Mi" }, { cpu: "1", memory: "768Mi" }),
        jaeger: resourcePreset({ cpu: "100m", memory: "256Mi" }, { cpu: "2", memory: "1Gi" }),
        loki: {
            ingestion: { rateMBPerSecond: 8, burstMB: 16 },
            ...resourcePreset({ cpu: "100m", memory: "384Mi" }, { cpu: "2", memory: "1Gi" }),
        },
        victoriaLogs: resourcePreset({ cpu: "100m", memory: "192Mi" }, { cpu: "2", memory: "768Mi" }),
        prometheus: resourcePreset({ cpu: "100m", memory: "512Mi" }, { cpu: "2", memory: "1536Mi" }),
    },
    // With several Collectors, spanMetrics needs a two-tier topology.
    large: {
        durability: { itemsPerSecond: 2000 },
        collector: {
            replicas: 3,
            autoscaling: { minReplicas: 3, maxReplicas: 10 },
            ...resourcePreset({ cpu: "500m", memory: "512Mi" }, { cpu: "2", memory: "2Gi" }),
        },
        traceTier: { replicas: 3, ...resourcePreset({ cpu: "500m", memory: "512Mi" }, { cpu: "2", memory: "2Gi" }) },
        grafana: resourcePreset({ cpu: "100m", memory: "256Mi" }, { cpu: "2", memory: "1Gi" }),
        jaeger: resourcePreset({ cpu: "500m", memory: "1Gi" }, { cpu: "4", memory: "2Gi" }),
        loki: {
            ingestion: { rateMBPerSecond: 16, burstMB: 32, maxStreams: 5000 },
            ...resourcePreset({ cpu: "500m", memory: "1Gi" }, { cpu: "4", memory: "3Gi" }),
        },
        victoriaLogs: resourcePreset({ cpu: "500m", memory: "512Mi" }, { cpu: "4", memory: "2Gi" }),
        alertmanager: {
            replicas: 2,
            ...resourcePreset({ cpu: "20m", memory: "96Mi" }, { cpu: "500m", memory: "256Mi" }),
        },
        prometheus: resourcePreset({ cpu: "500m", memory: "2Gi" }, { cpu: "4", memory: "4Gi" }),
    },
};

interface Amounts {
    readonly cpu: string;
    readonly memory: string;
}

function resourcePreset(requests: Amounts, limits: Amounts): Raw {
    return { resources: { requests, limits } };
}

/** Fills unset settings whose defaults follow from `size`, `durability.mode`, `secureOtlp.auth` or `namespace.name`. */
export function applyPresets(raw: Raw): Raw {
    const mode = isRecord(raw.durability) ? raw.durability.mode : undefined;
    const auth = isRecord(raw.secureOtlp) ? raw.secureOtlp.auth : undefined;
    return [
        findPreset(SIZE_PRESETS, raw.size),
        findPreset(DURABILITY_PRESETS, mode),
        findPreset(SECURE_OTLP_AUTH_PRESETS, auth),
        deriveAgentNamespace(raw.namespace),
    ].reduce(fillDefaults, raw);
}

/** The settings that may change the default of a key. */
export function findPresetSources(key: string): readonly string[] {
    const path = key.split(".");
    const sets = (presets: Readonly<Record<string, Raw>>): boolean =>
        Object.values(presets).some((preset) => getPath(preset, path) !== undefined);
    return [
        ...(sets(SIZE_PRESETS) ? ["size"] : []),
        ...(sets(DURABILITY_PRESETS) ? ["durability.mode"] : []),
        ...(sets(SECURE_OTLP_AUTH_PRESETS) ? ["secureOtlp.auth"] : []),
        ...(key === "clusterTelemetry.namespace" ? ["namespace.name"] : []),
    ];
}

/** Stacks in one cluster must not share the Namespace, because the first one that is destroyed would delete it. */
function deriveAgentNamespace(namespace: unknown): Raw {
    const { success, data: name } = dnsLabel.safeParse(isRecord(namespace) ? namespace.name : undefined);
    return success
        ? {
              clusterTelemetry: {
                  namespace: name.slice(0, DNS_LABEL_LENGTH - AGENT_NAMESPACE_SUFFIX.length) + AGENT_NAMESPACE_SUFFIX,
              },
          }
        : {};
}

/** An empty preset for an invalid value. */
function findPreset(presets: Readonly<Record<string, Raw>>, value: unknown): Raw {
    return (typeof value === "string" && Object.hasOwn(presets, value) ? presets[value] : undefined) ?? {};
}

function fillDefaults(given: Raw, preset: Raw): Raw {
    const added = Object.entries(preset).map(([key, value]) => {
        const own = given[key];
        return [
            key,
            own === undefined ? value : isRecord(own) && isRecord(value) ? fillDefaults(own, value) : own,
        ] as const;
    });
    return { ...given, ...Object.fromEntries(added) };
}
