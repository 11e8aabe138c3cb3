import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientCrowd, type Crowd } from "./support/client-crowd";
import { listContainers, listObjects, type NamedObject } from "./support/cluster";
import { assertNearlyAllStored, measureLoss } from "./support/data-loss";
import { resolvePodNetwork } from "./support/pod-processes";
import { PortForwards } from "./support/port-forwards";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its clients run in the network of the Collector's pod");

/** A size small is made for this number: docs/reference/limits.md. */
const CONNECTIONS = 200;
const SPANS_PER_REQUEST = 500;
/** By default a short crowd of one protocol. With a number, crowds of all protocols for that time. */
const CROWD_SECONDS = Number(process.env.E2E_CROWD_SECONDS ?? "10");
const IS_WHOLE = process.env.E2E_CROWD_SECONDS !== undefined;
/** The well-behaved client. */
const PER_SECOND = 10;
const STORE_TIMEOUT_SECONDS = 120;
const TEST_TIMEOUT = "8m";

describe("a crowd of clients", () => {
    const stack = configureStack("sandbox", { "shop.enabled": false, "telemetrygen.enabled": false });
    let forwards: PortForwards;
    let containers: unknown;

    before(async () => {
        await pulumiUp(stack);
        forwards = await PortForwards.open(stack);
        containers = await listContainers();
    });

    after(async () => {
        await forwards.close();
    });

    async function assertSurvives(
        crowd: Omit<Crowd, "network">,
        isExpected: (answer: string) => boolean,
    ): Promise<void> {
        const [pod = assert.fail("no Collector")] = await listObjects<NamedObject>(
            "pods",
            "--selector=app.kubernetes.io/name=otel-collector",
        );
        const clients = await ClientCrowd.start({ ...crowd, network: resolvePodNetwork(pod.metadata) });
        const reports = await measureLoss(
            { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND },
            STORE_TIMEOUT_SECONDS,
            async () => {
                await sleep(CROWD_SECONDS * 1000);
                const answers = await clients.stop();
                console.log(`        ${JSON.stringify(answers)}`);
                assert.deepEqual(
                    Object.keys(answers).filter((answer) => !isExpected(answer)),
                    [],
                );
            },
        );
        assert.deepEqual(await listContainers(), containers);
        assertNearlyAllStored(reports);
    }

    for (const [protocol, accepted, rejected] of [
        ["http/protobuf", "200", "503"],
        ...(IS_WHOLE
            ? ([
                  ["grpc", "grpc-status 0", "grpc-status 14"],
                  ["http/json", "200", "503"],
              ] as const)
            : []),
    ] as const) {
        it(`that never wait costs a well-behaved client nothing: ${protocol}`, async function () {
            this.timeout(TEST_TIMEOUT);
            const crowd = { protocol, connections: CONNECTIONS, spansPerRequest: SPANS_PER_REQUEST };
            await assertSurvives(crowd, (answer) => answer === accepted || answer === rejected);
        });
    }

    it("that send a byte a second costs a well-behaved client nothing", async function () {
        this.timeout(TEST_TIMEOUT);
        const crowd = {
            protocol: "http/protobuf",
            connections: 500,
            spansPerRequest: SPANS_PER_REQUEST,
            slow: true,
        } as const;
        await assertSurvives(crowd, () => true);
    });
});
