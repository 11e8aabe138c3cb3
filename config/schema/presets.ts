import { DNS_LABEL_LENGTH, dnsLabel } from "../types/values";
import { type Raw, isRecord, getPath } from "../types/raw";
import { AGENT_NAMESPACE_SUFFIX } from "./cluster-telemetry";
import type { DurabilityMode, StackSize } from "./durability";

/** What one setting says of others, in the words of a stack file. */
const DURABILITY_PRESETS: Readonly<Record<DurabilityMode, Raw>> = {
    memory: {},
    // A queue that survives helps little where the backend then forgets.
    disk: {
        jaeger: {
            persistence: { enabled: true },
            resources: { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } },
        },
        loki: { persistence: { enabled: true } },
        victoriaLogs: { persistence: { enabled: true }, flushInterval: "1s" },
        prometheus: { persistence: { enabled: true } },
    },
};

/** By gRPC a token is looked at when the request has been unpacked, a certificate before anything is read. */
const SECURE_OTLP_AUTH_PRESETS: Readonly<Record<string, Raw>> = { mtls: { secureOtlp: { grpc: { enabled: true } } } };

/** `small` is what the schema's defaults say. */
const SIZE_PRESETS: Readonly<Record<StackSize, Raw>> = {
    small: {},
    medium: {
        durability: { itemsPerSecond: 500 },
        collector: resourcePreset({ cpu: "200m", memory: "256Mi" }, { cpu: "2", memory: "512Mi" }),
        traceTier: resourcePreset({ cpu: "200m", memory: "256Mi" }, { cpu: "2", memory: "512Mi" }),
        grafana: resourcePreset({ cpu: "50m", memory: "192Mi" }, { cpu: "1", memory: "768Mi" }),
        jaeger: { maxTraces: 20_000, ...resourcePreset({ cpu: "100m", memory: "256Mi" }, { cpu: "2", memory: "1Gi" }) },
        loki: {
            ingestion: { rateMBPerSecond: 8, burstMB: 16 },
            ...resourcePreset({ cpu: "100m", memory: "384Mi" }, { cpu: "2", memory: "1Gi" }),
        },
        victoriaLogs: resourcePreset({ cpu: "100m", memory: "192Mi" }, { cpu: "2", memory: "768Mi" }),
        prometheus: resourcePreset({ cpu: "100m", memory: "512Mi" }, { cpu: "2", memory: "1536Mi" }),
    },
    // Several Collectors, and so no metrics from spans without a second tier: each would count a part (spanMetrics.enabled).
    large: {
        durability: { itemsPerSecond: 2000 },
        collector: {
            replicas: 3,
            autoscaling: { minReplicas: 3, maxReplicas: 10 },
            ...resourcePreset({ cpu: "500m", memory: "512Mi" }, { cpu: "2", memory: "1Gi" }),
        },
        traceTier: { replicas: 3, ...resourcePreset({ cpu: "500m", memory: "512Mi" }, { cpu: "2", memory: "1Gi" }) },
        grafana: resourcePreset({ cpu: "100m", memory: "256Mi" }, { cpu: "2", memory: "1Gi" }),
        jaeger: { maxTraces: 60_000, ...resourcePreset({ cpu: "500m", memory: "1Gi" }, { cpu: "4", memory: "2Gi" }) },
        loki: {
            ingestion: { rateMBPerSecond: 16, burstMB: 32, maxStreams: 5000 },
            ...resourcePreset({ cpu: "500m", memory: "1Gi" }, { cpu: "4", memory: "3Gi" }),
        },
        victoriaLogs: resourcePreset({ cpu: "500m", memory: "512Mi" }, { cpu: "4", memory: "2Gi" }),
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

/** The settings, with values for those left out that follow from `size`, `durability.mode`, `secureOtlp.auth` or `namespace.name`. */
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

/** The settings of which another value may change the default of that key. */
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

/** Two stacks of one cluster must not share a Namespace: the one that is destroyed first would delete it. */
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

/** Nothing for a value that the schema refuses. */
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
