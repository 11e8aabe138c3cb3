import assert from "node:assert/strict";
import { connect } from "node:net";
import { execa } from "execa";
import { API_SERVER } from "../../sandbox/cluster-pki";
import { type NamedObject, kubectl, listObjects } from "./support/cluster";
import { resolvePodNetwork } from "./support/pod-processes";
import { eventually } from "./support/query-assertions";
import { needsSandbox } from "./support/target";

needsSandbox("it asks how this machine routes the sandbox's addresses, and enters the network of its pods");

/**
 * Returns the error of a connection to the address. Fails if the machine has a route to it, so that the test sends no
 * packet.
 */
async function findConnectionError(host: string, port: number): Promise<string | undefined> {
    const { failed, stderr } = await execa("ip", ["route", "get", host], { reject: false });
    assert.ok(failed, `the machine has a route to ${host}`);
    assert.match(stderr, /No route to host/);
    return new Promise((resolve) => {
        const socket = connect({ host, port });
        socket.on("error", ({ code }: NodeJS.ErrnoException) => {
            resolve(code);
        });
        socket.on("connect", () => {
            socket.destroy();
            resolve(undefined);
        });
    });
}

describe("sandbox addresses on the host", () => {
    it("are unreachable at once when they belong to a Service or a pod", async () => {
        const dns = "jsonpath={.items[*].spec.clusterIP} {.items[*].status.podIP}";
        const found = await kubectl("get", "services,pods", "-n", "kube-system", "-l", "k8s-app=kube-dns", "-o", dns);
        const addresses = found.trim().split(/ +/);
        assert.equal(addresses.length, 2);
        for (const address of addresses) {
            const start = performance.now();
            assert.equal(await findConnectionError(address, 53), "EHOSTUNREACH");
            assert.ok(performance.now() - start < 1000, address);
        }
    });

    it("are reachable when they belong to the node", async () => {
        const { stdout } = await execa("ip", ["route", "get", new URL(API_SERVER).hostname]);
        assert.match(stdout, / dev otel-sandbox0 /);
    });
});

describe("programs of the stack", () => {
    it("accept connections by IPv6 on every port of their pods", async () => {
        await eventually(async () => {
            const pods = await listObjects<PodWithPorts>("pods", "-l", "app.kubernetes.io/part-of=otel-stack");
            const running = pods.filter(({ status }) => status.phase === "Running");
            assert.ok(running.length > 3);
            const rejected: string[] = [];
            for (const { metadata, spec } of running) {
                const ports = spec.containers.flatMap((container) => container.ports ?? []);
                for (const { containerPort } of ports.filter(({ protocol }) => protocol === "TCP")) {
                    const command = ["bash", "-c", `: > /dev/tcp/::1/${containerPort}`];
                    const { failed } = await execa("nsenter", [resolvePodNetwork(metadata), ...command], {
                        reject: false,
                    });
                    rejected.push(...(failed ? [`${metadata.name}:${containerPort}`] : []));
                }
            }
            assert.deepEqual(rejected, []);
        });
    });
});

interface PodWithPorts extends NamedObject {
    readonly spec: {
        readonly containers: readonly {
            readonly ports?: readonly { readonly containerPort: number; readonly protocol: string }[];
        }[];
    };
    readonly status: { readonly phase: string };
}
