import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import * as tls from "node:tls";
import { NODE_IP } from "../../sandbox/cluster-pki";
import { pulumiOutput } from "../../tools/stack/stack";
import type { Protocol } from "../../tools/verify/types";
import { apply, listContainers, listObjects, kubectl, NAMESPACE } from "./support/cluster";
import {
    TestAuthority,
    getAuthorization,
    type Pem,
    putCertificateSecret,
    countUnauthenticated,
} from "./support/secure-otlp";
import { sendSpan } from "./support/otlp-client";
import { MalformedRequestRunner } from "./support/malformed/runner";
import { type LatencyComparison, compareLatency } from "./support/malformed/latency-comparison";
import { MALFORMED_GRPC } from "./support/malformed/grpc";
import { MALFORMED_HTTP } from "./support/malformed/http";
import type { OtlpEndpoint } from "./support/malformed/endpoint";
import { BackgroundClients } from "./support/background-clients";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it measures, and reaches pods from the network of the node");

const PROTOCOLS = ["grpc", "http"] as const satisfies readonly Protocol[];
/** The Collector's ports on the node, with nothing but the cluster's network in between. */
const NODE_PORTS = { 4317: 30317, 4318: 30318, 5317: 31317, 5318: 31318 } as const;
const NODE_PORT_SERVICE = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "e2e-secure-otlp", namespace: NAMESPACE },
    spec: {
        type: "NodePort",
        selector: { "app.kubernetes.io/name": "otel-collector" },
        ports: Object.entries(NODE_PORTS).map(([port, nodePort]) => ({
            name: `port-${port}`,
            port: Number(port),
            nodePort,
        })),
    },
};

const COMMON = {
    "secureOtlp.enabled": true,
    // Off by default with tokens. If a user enables it, it must be protected.
    "secureOtlp.grpc.enabled": true,
    "secureOtlp.tls.reloadInterval": "1s",
    "collector.receiver.readTimeout": "5s",
    // Unauthenticated requests should not fill the log.
    "collector.debugExporter.verbosity": "basic",
    // Nothing else sends telemetry.
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};
const firstTokenStack = configureStack("sandbox", COMMON);
const bothTokensStack = configureStack("sandbox", {
    ...COMMON,
    "secureOtlp.token": { version: 2, acceptPrevious: true },
});
const secondTokenStack = configureStack("sandbox", { ...COMMON, "secureOtlp.token": { version: 2 } });
const mtlsStack = configureStack("sandbox", { ...COMMON, "secureOtlp.auth": "mtls" });

/** Well-behaved clients of each protocol. */
const CLIENTS_PER_PROTOCOL = 4;
/** Maximum number of measurements. */
const MAX_COMPARISONS = 3;
/** A smaller difference is noise from CPU scheduling on a machine with two cores, which attackers and clients share. */
const NOISE_MS = 50;

type Port = keyof typeof NODE_PORTS;

function nodeEndpoint(port: Port, more: Partial<OtlpEndpoint> = {}): OtlpEndpoint {
    return { host: NODE_IP, port: NODE_PORTS[port], ...more };
}

function secureEndpoint(protocol: Protocol, more: Partial<OtlpEndpoint> = {}): OtlpEndpoint {
    return nodeEndpoint(protocol === "grpc" ? 5317 : 5318, more);
}

/** Sends a span. Returns `accepted`, or the status of the rejection. */
async function trySendSpan(protocol: Protocol, to: OtlpEndpoint): Promise<unknown> {
    try {
        await sendSpan(protocol, to);
        return "accepted";
    } catch (error) {
        return (error as { code?: unknown }).code;
    }
}

/** The serial number of the listener's certificate. Fails if the certificate is not trusted. */
async function readServerSerial(trust: tls.ConnectionOptions): Promise<string> {
    const socket = tls.connect({ host: NODE_IP, port: NODE_PORTS[5318], ...trust });
    await once(socket, "secureConnect");
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
}

async function assertAccepted(who: Partial<OtlpEndpoint>): Promise<void> {
    for (const protocol of PROTOCOLS) {
        assert.equal(await trySendSpan(protocol, secureEndpoint(protocol, who)), "accepted");
    }
}

/** Waits until the old pod is deleted. Until then it may receive requests. */
async function waitForRollout(): Promise<void> {
    await eventually(async () => {
        assert.equal((await listObjects("pods", "-l", "app.kubernetes.io/name=otel-collector")).length, 1);
    });
}

async function assertTraceStored(traceId: string): Promise<void> {
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/jaeger:16686/proxy`;
    await eventually(async () => {
        const answer = await kubectl("get", "--raw", `${proxy}/api/traces/${traceId}`);
        assert.match(answer, /e2e-secure-otlp/);
    });
}

describe("secure OTLP listener", () => {
    let authority: TestAuthority;
    let server: Pem;
    let header: string;

    before(async () => {
        authority = await TestAuthority.create("e2e");
        server = await authority.signServer();
        await putCertificateSecret(server);
        await pulumiUp(firstTokenStack);
        await apply(NODE_PORT_SERVICE);
        header = await getAuthorization(firstTokenStack);
        // The node programs the Service with a delay.
        await eventually(() => assertAccepted(trusted()));
    });

    after(async () => {
        await kubectl("delete", "service", "-n", NAMESPACE, NODE_PORT_SERVICE.metadata.name);
        await pulumiUp(configureStack("sandbox"));
        await kubectl("delete", "secret", "-n", NAMESPACE, "otel-collector-secure-tls");
    });

    /** Options of an authenticated client. */
    function trusted(authorizationHeader = header): Pick<OtlpEndpoint, "tls" | "authorization"> {
        return { tls: { ca: server.ca }, authorization: authorizationHeader };
    }

    for (const protocol of PROTOCOLS) {
        it(`stores a span that a client with the token sends by ${protocol}`, async () => {
            await assertTraceStored(await sendSpan(protocol, secureEndpoint(protocol, trusted())));
        });
    }

    it("rejects and counts missing and wrong tokens", async () => {
        const wrong = [
            undefined,
            "",
            `Bearer ${randomBytes(20).toString("hex")}`,
            `${header}x`,
            header.slice(0, -1),
            header.replace("Bearer", "Basic"),
            header.replace("Bearer ", ""),
        ];
        const before = await countUnauthenticated();
        for (const value of wrong) {
            const as = { tls: { ca: server.ca }, ...(value === undefined ? {} : { authorization: value }) };
            assert.equal(await trySendSpan("http", secureEndpoint("http", as)), 401);
            assert.equal(await trySendSpan("grpc", secureEndpoint("grpc", as)), 16);
        }
        const after = await countUnauthenticated();
        assert.deepEqual(after, { http: before.http + wrong.length, grpc: before.grpc + wrong.length });
    });

    it("rejects plaintext, and the plaintext ports offer no certificate", async () => {
        // The server responds with 400 and closes the connection with an unread body, so the kernel may reset the
        // connection before the response is read.
        assert.match(
            String(await trySendSpan("http", secureEndpoint("http", { authorization: header }))),
            /^(?:400|ECONNRESET)$/,
        );
        assert.equal(await trySendSpan("grpc", secureEndpoint("grpc", { authorization: header })), 14);
        await assert.rejects(sendSpan("http", nodeEndpoint(4318, trusted())));
        await assert.rejects(sendSpan("grpc", nodeEndpoint(4317, trusted())));
    });

    it("is trusted by the hostnames in the outputs, only with its own CA", async () => {
        const { hosts } = JSON.parse(
            await pulumiOutput(firstTokenStack, ["stack", "output", "secureOtlp", "--json"]),
        ) as {
            readonly hosts: readonly string[];
        };
        assert.equal(hosts.length, 2);
        for (const servername of hosts) {
            await readServerSerial({ servername, ca: server.ca });
        }
        await assert.rejects(readServerSerial({ servername: "otel-collector", ca: server.ca }), /altnames/);
        const { ca } = await (await TestAuthority.create("stranger")).signServer();
        await assert.rejects(sendSpan("http", secureEndpoint("http", { ...trusted(), tls: { ca } })));
        await assert.rejects(sendSpan("grpc", secureEndpoint("grpc", { ...trusted(), tls: { ca } })));
    });

    it("keeps its token out of plaintext state, outputs, ConfigMaps, pods and logs", async () => {
        const token = header.replace("Bearer ", "");
        assert.match(token, /^[A-Za-z0-9]{40}$/);
        const places = {
            state: await pulumiOutput(firstTokenStack, ["stack", "export"]),
            outputs: await pulumiOutput(firstTokenStack, ["stack", "output", "--json"]),
            objects: await kubectl("get", "configmaps,deployments,replicasets,pods", "-n", NAMESPACE, "-o", "yaml"),
            log: await kubectl("logs", "-n", NAMESPACE, "deployment/otel-collector", "--tail=-1"),
        };
        for (const [place, text] of Object.entries(places)) {
            assert.ok(text.length > 0 && !text.includes(token), place);
        }
        assert.ok(!places.state.includes(server.key.split("\n")[1] ?? ""), "the stack has read the key");
    });

    it("serves a renewed certificate without a restart", async () => {
        const before = await listContainers();
        const old = await readServerSerial({ ca: server.ca });
        server = await authority.signServer();
        await putCertificateSecret(server);
        // The kubelet updates mounted Secrets at intervals.
        while ((await readServerSerial({ ca: server.ca })) === old) {
            await sleep(1000);
        }
        await assertAccepted(trusted());
        assert.deepEqual(await listContainers(), before);
    });

    it("serves well-behaved clients during malformed traffic, as the plaintext listener does", async () => {
        const before = await listContainers();
        // Other load on the machine can only increase the difference. A real difference shows in every measurement.
        let calm = 0;
        let attacked = Infinity;
        for (let time = 0; time < MAX_COMPARISONS && attacked > Math.max(2 * calm, NOISE_MS); time++) {
            ({ calm, attacked } = await p99UnderAttack());
        }
        assert.ok(attacked <= Math.max(2 * calm, NOISE_MS), `p99 ${attacked} ms under attack, ${calm} ms before`);
        assert.deepEqual(await listContainers(), before);
    });

    /**
     * In milliseconds. Every well-behaved request must be accepted, and every malformed one must get the expected
     * response.
     */
    async function p99UnderAttack(): Promise<LatencyComparison["p99"]> {
        const wellBehaved = await BackgroundClients.start({
            to: Array.from({ length: CLIENTS_PER_PROTOCOL }, () =>
                PROTOCOLS.map((protocol) => ({ protocol, listener: secureEndpoint(protocol, trusted()) })),
            ).flat(),
            service: "e2e-well-behaved",
            spans: 50,
            pauseMs: 50,
        });
        const attack = new MalformedRequestRunner([
            { to: nodeEndpoint(4318), requests: MALFORMED_HTTP },
            { to: secureEndpoint("http", trusted()), requests: MALFORMED_HTTP },
            { to: nodeEndpoint(4317), requests: MALFORMED_GRPC },
            { to: secureEndpoint("grpc", trusted()), requests: MALFORMED_GRPC },
        ]);
        const { failed, p99, requests } = await compareLatency(wellBehaved, attack);
        const { sent, surprises } = await attack.finish();
        console.log(
            `      ${sent} malformed requests; p99 of ${requests.calm} well-behaved requests without them ` +
                `${p99.calm.toFixed(1)} ms, of ${requests.attacked} meanwhile ${p99.attacked.toFixed(1)} ms`,
        );
        assert.deepEqual(surprises, []);
        assert.deepEqual(failed, []);
        return p99;
    }

    it("accepts both tokens during rotation, then only the new one", async () => {
        const old = header;
        await pulumiUp(bothTokensStack);
        await assertAccepted(trusted(old));
        header = await getAuthorization(firstTokenStack);
        assert.notEqual(header, old);
        await waitForRollout();
        await assertAccepted(trusted(old));
        await assertAccepted(trusted());

        await pulumiUp(secondTokenStack);
        await assertAccepted(trusted());
        assert.equal(await getAuthorization(firstTokenStack), header, "the current token stays as it is");
        await waitForRollout();
        const before = await countUnauthenticated();
        assert.equal(await trySendSpan("http", secureEndpoint("http", trusted(old))), 401);
        assert.equal(await trySendSpan("grpc", secureEndpoint("grpc", trusted(old))), 16);
        assert.deepEqual(await countUnauthenticated(), { http: before.http + 1, grpc: before.grpc + 1 });
    });

    it("requires a client certificate when auth is mtls", async () => {
        await pulumiUp(mtlsStack);
        await waitForRollout();
        const { cert, key } = await authority.signClient();
        const stranger = await (await TestAuthority.create("stranger")).signClient();
        for (const protocol of PROTOCOLS) {
            const showing = (more: object) => secureEndpoint(protocol, { tls: { ca: server.ca, ...more } });
            assert.equal(await trySendSpan(protocol, showing({ cert, key })), "accepted");
            assert.notEqual(await trySendSpan(protocol, showing({})), "accepted");
            assert.notEqual(
                await trySendSpan(protocol, showing({ cert: stranger.cert, key: stranger.key })),
                "accepted",
            );
        }
    });
});
