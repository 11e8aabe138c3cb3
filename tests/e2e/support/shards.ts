import { ON_SANDBOX } from "./target";

/** Deploys the stack that the other files change. */
export const DEPLOY_TEST = "deploy";
export const TEST_SUFFIX = ".test.ts";

/**
 * Files that run in order on the shard's own stack, concurrently with the stacks of other shards on the same sandbox.
 */
export interface Shard {
    readonly name: string;
    /** Namespace of its stack. */
    readonly namespace: string;
    /** Names of its files without `.test.ts`, in the order in which they run. */
    readonly files: readonly string[];
}

/** Has the stack with the names in the user commands and the exercises. */
const MAIN: Shard = {
    name: "main",
    namespace: "playground-otel",
    files: [
        DEPLOY_TEST,
        "sandbox",
        "signals",
        "shop",
        "service-map",
        "settings-change",
        "prometheus-ui",
        "victoria-logs-ui",
        "faults",
        "repair",
        "manual-changes",
        "addresses",
        "stack-files",
        "exercises",
        "volumes",
    ],
};

/** Waits most of the time for an outage to end. */
const OUTAGE: Shard = { name: "outage", namespace: "outage-otel", files: ["autoscaling", "durability"] };

/** Has the features that change the whole stack. */
const FEATURES: Shard = {
    name: "features",
    namespace: "features-otel",
    files: ["cluster-telemetry", "destinations", "processing", "exposure", "stored-data", "trace-tier"],
};

/** Follows what applications send to its stores, and alerts to their receivers. Then the other ways to deploy. */
const TELEMETRY: Shard = {
    name: "telemetry",
    namespace: "telemetry-otel",
    files: ["odd-items", "alertmanager", "redaction", "languages", "helm-chart", "component"],
};

/** Runs alone: the first files measure what other shards would disturb, and the others delete the sandbox. */
const FINAL: Shard = {
    name: "final",
    namespace: MAIN.namespace,
    files: [
        "secure-otlp",
        "network-policies",
        "collector-restarts",
        "client-load",
        "trace-load",
        "series-load",
        "removal",
        "interrupted-start",
    ],
};

/** Runs last and alone, on a sandbox with a second node. */
const NODES: Shard = { name: "nodes", namespace: MAIN.namespace, files: ["nodes"] };

/** Runs on the cluster of the stack that E2E_STACK names, next to any existing stack. */
export const OWN_CLUSTER: Shard = {
    name: "own-cluster",
    namespace: "e2e-otel",
    files: [DEPLOY_TEST, "signals", "settings-change", "faults", "loki"],
};

/** The shards of a stage run concurrently. The stages run in order. */
export const STAGES: readonly (readonly Shard[])[] = [[MAIN, OUTAGE, FEATURES, TELEMETRY], [FINAL], [NODES]];
const SHARDS = [...STAGES.flat(), OWN_CLUSTER];

/** Names the shard of a process. Without it, mocha runs the files alone, on a sandbox that is deleted afterwards. */
export const SHARD_VARIABLE = "E2E_SHARD";

/** The shard of this process. An external cluster has one shard. */
export const SHARD = ON_SANDBOX
    ? (SHARDS.find(({ name }) => name === process.env[SHARD_VARIABLE]) ?? MAIN)
    : OWN_CLUSTER;

/** Prefixes of the Namespaces of the concurrent shards. */
export const CONCURRENT_NAMESPACES = listConcurrentNamespaces(process.env[SHARD_VARIABLE]);

/** Whether the shard's first file deploys its stack. Otherwise a hook deploys it. */
export function hasDeployTest(shard: Shard = SHARD): boolean {
    return shard === OWN_CLUSTER || !isIsolated(shard);
}

/** Whether the stack is not in the default Namespace, so that its Pulumi state is separate too. */
export function isIsolated({ namespace }: Shard = SHARD): boolean {
    return namespace !== MAIN.namespace;
}

/** The given files that belong to the shard, in the shard's order. */
export function listShardFiles(shard: Shard, files: readonly string[]): readonly string[] {
    return shard.files.map((name) => `${name}${TEST_SUFFIX}`).filter((file) => files.includes(file));
}

function listConcurrentNamespaces(name: string | undefined): readonly string[] {
    const stage = STAGES.find((shards) => shards.some((shard) => shard.name === name)) ?? [];
    return stage.filter((shard) => shard.name !== name).map(({ namespace }) => namespace);
}
