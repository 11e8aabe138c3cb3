import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { stopSandbox } from "../../sandbox/cluster";
import { FIRST_NODE, SECOND_NODE } from "../../sandbox/nodes";
import {
    createNodePorts,
    createVolumes,
    drainNode,
    ensureTwoNodes,
    findPodNodes,
    InterruptionMeter,
    killSecondNode,
    LOCAL_CLASS,
    measureSeconds,
    MOVABLE_CLASS,
    moveBackend,
    NODE_NAMES,
    type NodePortConnections,
    uncordonNode,
    waitForBackends,
    waitForLastRetry,
} from "./support/availability";
import { queryPrometheus } from "../../tools/verify/store-api";
import { AGENT_NAMESPACE, kubectl, KUBECTL_TIMEOUT, NAMESPACE } from "./support/cluster";
import { assertNothingLost, type LossReport, measureLoss, printReports } from "./support/data-loss";
import type { LoadGenerator } from "./support/load-generator";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp } from "./support/stack";
import { needsTwoNodes } from "./support/target";

needsTwoNodes("it needs the memory of a second node");

const PER_SECOND = 100;
const STORE_TIMEOUT_SECONDS = 60;
/** Data that is missing after this time is lost, because nothing waits in a queue. */
const LOSS_TIMEOUT_SECONDS = 15;
const STEADY_STATE_MS = 3_000;
/** How long a drained node is unavailable. */
const MAINTENANCE_MS = 8_000;
/** A drain leaves a ready Collector at every moment. */
const MAX_DRAIN_INTERRUPTION_SECONDS = 6;
/** A request to a dead pod has no response for five seconds. The retry may reach the other pod. */
const MAX_FAILURE_INTERRUPTION_SECONDS = 15;
/** Kubernetes marks a node that reports nothing for 50 s. Services lead to its pods until then. */
const DETECTION_TIMEOUT_SECONDS = 90;
/** A request without a response is retried after five seconds. */
const QUIET_MS = 10_000;
const TEST_TIMEOUT = "6m";

const COLLECTOR = "otel-collector";
const COLLECTOR_SELECTOR = `app.kubernetes.io/name=${COLLECTOR}`;
const AGENT_SELECTOR = "app.kubernetes.io/name=otel-agent";
const DNS_SELECTOR = "k8s-app=kube-dns";

/** Two Collectors, agents, and backends on volumes that both nodes reach. Nothing else sends. */
const SETTINGS = {
    "collector.replicas": 2,
    "collector.prometheusExporter.enabled": false,
    "clusterTelemetry.kubeletMetrics.enabled": true,
    "clusterTelemetry.kubeletMetrics.interval": "5s",
    "jaeger.retention": "1h",
    "jaeger.volumeSize": "4Gi",
    "jaeger.persistence": { enabled: true, storageClass: MOVABLE_CLASS },
    "jaeger.resources": { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } },
    "victoriaLogs.volumeSize": "8Gi",
    "victoriaLogs.persistence": { enabled: true, storageClass: MOVABLE_CLASS },
    "prometheus.volumeSize": "1Gi",
    "prometheus.persistence": { enabled: true, storageClass: MOVABLE_CLASS },
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};
const inMemoryStack = configureStack("sandbox", SETTINGS);
const persistentStack = configureStack("sandbox", {
    ...SETTINGS,
    "durability.mode": "disk",
    "durability.maxOutage": "5m",
    "durability.itemsPerSecond": PER_SECOND,
    "collector.queue.storageClass": LOCAL_CLASS,
});

/** Seconds, by what took so long. */
type Durations = Readonly<Record<string, number>>;

describe("two nodes", () => {
    let connections: NodePortConnections;
    let volumes: string | undefined;

    before(async function () {
        // The programs of the sandbox may have to be built.
        this.timeout(0);
        await ensureTwoNodes();
        volumes = await createVolumes();
        await pulumiUp(inMemoryStack);
        connections = await createNodePorts();
    });

    after(async () => {
        await stopSandbox();
        if (volumes !== undefined) {
            fs.rmSync(volumes, { recursive: true, force: true });
        }
    });

    /** Runs clients during a disturbance. Prints and returns the lost items and the durations of interruptions. */
    async function measure(
        title: string,
        timeoutSeconds: number,
        disturb: (load: LoadGenerator) => Promise<Durations>,
    ): Promise<{ reports: readonly LossReport[]; durations: Durations }> {
        let durations: Durations = {};
        const reports = await measureLoss({ ...connections, perSecond: PER_SECOND }, timeoutSeconds, async (load) => {
            await sleep(STEADY_STATE_MS);
            const meter = InterruptionMeter.start(load);
            try {
                durations = await disturb(load);
                await sleep(STEADY_STATE_MS);
            } finally {
                // A meter that polls on would keep the process of a failed test alive.
                durations = { ...durations, ...(await meter.stop()) };
            }
        });
        console.log(`        ${title}`);
        printReports(reports);
        console.table(Object.entries(durations).map(([what, seconds]) => ({ what, seconds })));
        return { reports, durations };
    }

    /** Kills the second node, and waits until clients are no longer affected. */
    async function failSecondNode(load: LoadGenerator): Promise<Durations> {
        // The sandbox has one DNS server. Without it, no pod finds another one.
        assert.deepEqual(await findPodNodes(DNS_SELECTOR, "kube-system"), [FIRST_NODE.name]);
        assert.deepEqual(await findPodNodes(COLLECTOR_SELECTOR), NODE_NAMES);
        await killSecondNode();
        const isUnknown = ["wait", `node/${SECOND_NODE.name}`, "--for=condition=Ready=Unknown"];
        const [detected, lastRetry] = await Promise.all([
            measureSeconds(kubectl(...isUnknown, `--timeout=${DETECTION_TIMEOUT_SECONDS}s`)),
            waitForLastRetry(load, QUIET_MS),
        ]);
        return { "until Kubernetes detects it": detected, "until the last retry": lastRetry };
    }

    async function restoreSecondNode(workload: string): Promise<Durations> {
        const started = await measureSeconds(ensureTwoNodes());
        const ready = await measureSeconds(waitForRollout(workload));
        await waitForBackends();
        return { "start of the node": started, "then until its Collector is ready": ready };
    }

    describe("durability.mode: memory", () => {
        it("runs a Collector and an agent on each node, and stores metrics of both nodes", async () => {
            assert.deepEqual(await findPodNodes(COLLECTOR_SELECTOR), NODE_NAMES);
            assert.deepEqual(await findPodNodes(AGENT_SELECTOR, AGENT_NAMESPACE), NODE_NAMES);
            const url = await connections.backends.prometheus.url();
            for (const node of NODE_NAMES) {
                await eventually(async () => {
                    const query = `k8s_node_memory_available_bytes{k8s_node_name="${node}"}`;
                    assert.equal((await queryPrometheus(url, query, true)).length, 1, node);
                });
            }
        });

        for (const node of NODE_NAMES) {
            it(`loses nothing when ${node} is drained, Collectors before backends`, async function () {
                this.timeout(TEST_TIMEOUT);
                const { reports, durations } = await measure(
                    `drain of ${node}, memory`,
                    STORE_TIMEOUT_SECONDS,
                    async () => {
                        // A terminating Collector sends the rest of its queues, for which it needs the backends.
                        const collectors = await measureSeconds(drainNode(node, COLLECTOR));
                        const others = await measureSeconds(drainNode(node));
                        await waitForBackends();
                        await sleep(MAINTENANCE_MS);
                        await uncordonNode(node);
                        return { "drain of Collectors": collectors, "drain of the other pods": others };
                    },
                );
                await assertDelivered(reports);
                assertAvailable(durations, MAX_DRAIN_INTERRUPTION_SECONDS);
            });
        }

        it(`loses only the queues of its Collector when ${SECOND_NODE.name} fails`, async function () {
            this.timeout(TEST_TIMEOUT);
            // Pods stay on the node that they were evicted to. A new one is scheduled to the empty node.
            await replaceOneCollector();
            const { reports, durations } = await measure("failure, memory", LOSS_TIMEOUT_SECONDS, failSecondNode);
            assertAccepted(reports);
            for (const { signal, missing } of reports) {
                assert.ok(missing.length < 3 * PER_SECOND, `${signal}: lost ${missing.length}`);
            }
            assertAvailable(durations, MAX_FAILURE_INTERRUPTION_SECONDS);
            console.table(await restoreSecondNode(`deployment/${COLLECTOR}`));
        });
    });

    describe("durability.mode: disk", () => {
        before(async () => {
            await pulumiUp(persistentStack);
        });

        it("runs a Collector on each node, with its queue on the node's local volume", async () => {
            assert.deepEqual(await findPodNodes(COLLECTOR_SELECTOR), NODE_NAMES);
        });

        for (const node of NODE_NAMES) {
            it(`loses nothing when ${node} is drained, while its Collector waits for the node`, async function () {
                this.timeout(TEST_TIMEOUT);
                const { reports, durations } = await measure(
                    `drain of ${node}, disk`,
                    STORE_TIMEOUT_SECONDS,
                    async () => {
                        const drained = await measureSeconds(drainNode(node));
                        await waitForBackends();
                        await sleep(MAINTENANCE_MS);
                        const others = NODE_NAMES.filter((other) => other !== node);
                        assert.deepEqual(await findPodNodes(COLLECTOR_SELECTOR), others, "the Collector has moved");
                        await uncordonNode(node);
                        const ready = await measureSeconds(waitForRollout(`statefulset/${COLLECTOR}`));
                        return { drain: drained, "after uncordon, until its Collector is ready": ready };
                    },
                );
                await assertDelivered(reports);
                assertAvailable(durations, MAX_DRAIN_INTERRUPTION_SECONDS);
            });
        }

        it(`loses nothing when ${SECOND_NODE.name} fails and returns with its volumes`, async function () {
            this.timeout(TEST_TIMEOUT);
            // A backend has one pod. It is unavailable as long as its node.
            await moveBackend("prometheus", SECOND_NODE.name);
            const { reports, durations } = await measure("failure, disk", STORE_TIMEOUT_SECONDS, async (load) => ({
                ...(await failSecondNode(load)),
                ...(await restoreSecondNode(`statefulset/${COLLECTOR}`)),
            }));
            await assertDelivered(reports);
            assertAvailable(durations, MAX_FAILURE_INTERRUPTION_SECONDS);
        });
    });
});

/** Deletes one Collector pod with grace, and waits for its replacement. */
async function replaceOneCollector(): Promise<void> {
    const names = await kubectl("get", "pods", "-n", NAMESPACE, "-l", COLLECTOR_SELECTOR, "-o", "name");
    const [pod = ""] = names.split("\n");
    await kubectl("delete", "-n", NAMESPACE, pod);
    await waitForRollout(`deployment/${COLLECTOR}`);
}

async function waitForRollout(workload: string): Promise<void> {
    await kubectl("rollout", "status", "-n", NAMESPACE, workload, KUBECTL_TIMEOUT);
}

async function assertDelivered(reports: readonly LossReport[]): Promise<void> {
    assertAccepted(reports);
    await assertNothingLost(reports);
}

function assertAccepted(reports: readonly LossReport[]): void {
    for (const { signal, made, accepted } of reports) {
        assert.equal(accepted, made, `${signal}: not everything was accepted in the end`);
    }
}

/** Asserts that acknowledgements of each signal were never interrupted for longer. */
function assertAvailable(durations: Durations, maxSeconds: number): void {
    for (const [what, seconds] of Object.entries(durations).filter(([name]) => name.endsWith("acknowledged"))) {
        assert.ok(seconds < maxSeconds, `${what} for ${seconds} s`);
    }
}
