import { ON_SANDBOX } from "./target";

/** Deploys the stack that the other files change. */
export const DEPLOY_TEST = "deploy";
export const TEST_SUFFIX = ".test.ts";

/** Files that run in this order on a stack of their own, next to the stacks of other shards on the same sandbox. */
export interface Shard {
    readonly name: string;
    /** Namespace of its stack. */
    readonly namespace: string;
    /** Names of its files without `.test.ts`, in the order in which they run. */
    readonly files: readonly string[];
}

/** Has the stack with the names that users type and that the exercises name. */
const MAIN: Shard = {
    name: "main",
    namespace: "playground-otel",
    files: [
        DEPLOY_TEST,
        "sandbox",
        "signals",
        "shop",
        "settings-change",
        "prometheus-ui",
        "victoria-logs-ui",
        "faults",
        "repair",
        "addresses",
        "exercises",
        "autoscaling",
        "volumes",
    ],
};

/** Waits most of its time for an outage to end. */
const OUTAGE: Shard = { name: "outage", namespace: "outage-otel", files: ["durability"] };

/** Has the features that change the stack as a whole, and the Helm chart. */
const FEATURES: Shard = {
    name: "features",
    namespace: "features-otel",
    files: ["cluster-telemetry", "destinations", "processing", "exposure", "stored-data", "trace-tier", "helm-chart"],
};

/** Runs alone: the first two measure what other shards would disturb, the others end the sandbox. */
const FINAL: Shard = {
    name: "final",
    namespace: MAIN.namespace,
    files: ["secure-otlp", "network-policies", "removal", "interrupted-start"],
};

/** Runs on the cluster of the stack that E2E_STACK names, next to whatever stack is there. */
export const OWN_CLUSTER: Shard = {
    name: "own-cluster",
    namespace: "e2e-otel",
    files: [DEPLOY_TEST, "signals", "settings-change", "faults", "loki"],
};

/** The shards of a stage run at the same time, and the stages one after the other. */
export const STAGES: readonly (readonly Shard[])[] = [[MAIN, OUTAGE, FEATURES], [FINAL]];
const SHARDS = [...STAGES.flat(), OWN_CLUSTER];

/** Names the shard of a process. Without it, mocha runs files by themselves, on a sandbox that ends with them. */
export const SHARD_VARIABLE = "E2E_SHARD";

/** The shard of this process. An own cluster has one shard. */
export const SHARD = ON_SANDBOX
    ? (SHARDS.find(({ name }) => name === process.env[SHARD_VARIABLE]) ?? MAIN)
    : OWN_CLUSTER;

/** The names of the Namespaces of the shards that run at the same time begin so. */
export const CONCURRENT_NAMESPACES = listConcurrentNamespaces(process.env[SHARD_VARIABLE]);

/** Whether the first file of the shard deploys its stack; otherwise a hook deploys it before the first file. */
export function hasDeployTest(shard: Shard = SHARD): boolean {
    return shard === OWN_CLUSTER || !isIsolated(shard);
}

/** Whether the stack is not in the Namespace that users know, so that its Pulumi state is kept apart too. */
export function isIsolated({ namespace }: Shard = SHARD): boolean {
    return namespace !== MAIN.namespace;
}

/** The files of the shard that are among the given ones, in the order of the shard. */
export function listShardFiles(shard: Shard, files: readonly string[]): readonly string[] {
    return shard.files.map((name) => `${name}${TEST_SUFFIX}`).filter((file) => files.includes(file));
}

function listConcurrentNamespaces(name: string | undefined): readonly string[] {
    const stage = STAGES.find((shards) => shards.some((shard) => shard.name === name)) ?? [];
    return stage.filter((shard) => shard.name !== name).map(({ namespace }) => namespace);
}
