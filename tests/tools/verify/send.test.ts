import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { SIGNALS } from "../../../config/types/signal";
import { type Probe, PROTOCOLS } from "../../../tools/verify/types";
import { sendProbe } from "../../../tools/verify/send";
import { staticConnection } from "../../../tools/verify/connection";
import { createDeadline } from "../../../tools/verify/deadline";
import { startOtlpGrpc, startOtlpHttp, ReceivedRequests } from "../support/fake-collector";
import { getUnusedUrl, type FakeServer } from "../support/fake-server";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

describe("sendProbe", () => {
    let received: ReceivedRequests;
    const servers: FakeServer[] = [];

    beforeEach(() => {
        received = new ReceivedRequests();
    });

    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function serve(server: Promise<FakeServer>): Promise<string> {
        servers.push(await server);
        return (await server).url;
    }

    for (const signal of SIGNALS) {
        for (const protocol of PROTOCOLS) {
            it(`sends ${signal} by ${protocol}`, async () => {
                const url = await serve(protocol === "grpc" ? startOtlpGrpc(received) : startOtlpHttp(received));
                const probe: Probe = { signal, protocol, id: `id-${signal}-${protocol}`, traceId: TRACE_ID };
                const result = await sendProbe(probe, staticConnection(url), createDeadline(2));
                assert.equal(result.state, "accepted");
                assert.ok(received.has(probe.id));
                assert.equal(received.bodyOfTrace(TRACE_ID) !== undefined, signal !== "metrics");
            });
        }
    }

    it("reports a permanent rejection immediately, with the receiver's error", async () => {
        const grpcUrl = await serve(startOtlpGrpc(received, () => grpc.status.UNIMPLEMENTED));
        const byGrpc = await sendProbe(
            { signal: "logs", protocol: "grpc", id: "x", traceId: TRACE_ID },
            staticConnection(grpcUrl),
            createDeadline(30),
        );
        assert.deepEqual(byGrpc, { state: "failed", why: "12 UNIMPLEMENTED: refused by the test", unreachable: false });

        const httpUrl = await serve(startOtlpHttp(received, () => ({ status: 400, body: "no such thing" })));
        const byHttp = await sendProbe(
            { signal: "logs", protocol: "http", id: "x", traceId: TRACE_ID },
            staticConnection(httpUrl),
            createDeadline(30),
        );
        assert.deepEqual(byHttp, { state: "failed", why: "HTTP 400 Bad Request no such thing", unreachable: false });
    });

    it("retries a temporary rejection on a new connection", async () => {
        let refusals = 1;
        const url = await serve(startOtlpGrpc(received, () => (refusals-- > 0 ? grpc.status.UNAVAILABLE : undefined)));
        const failed: string[] = [];
        const target = {
            url: () => Promise.resolve(url),
            renew: (old: string) => Promise.resolve(void failed.push(old)),
        };
        const result = await sendProbe(
            { signal: "traces", protocol: "grpc", id: "x", traceId: TRACE_ID },
            target,
            createDeadline(5),
        );
        assert.equal(result.state, "accepted");
        assert.deepEqual(failed, [url]);
    });

    it("stops at the deadline", async () => {
        const url = await getUnusedUrl();
        for (const protocol of PROTOCOLS) {
            const result = await sendProbe(
                { signal: "metrics", protocol, id: "x", traceId: TRACE_ID },
                staticConnection(url),
                createDeadline(0.5),
            );
            assert.equal(result.state, "failed");
            assert.match(result.why, /ECONNREFUSED/);
        }
    });

    it("reports the receiver as unreachable without a connection", async () => {
        const target = { url: () => Promise.reject(new Error("no pod runs")), renew: () => Promise.resolve() };
        const result = await sendProbe(
            { signal: "logs", protocol: "http", id: "x", traceId: TRACE_ID },
            target,
            createDeadline(0.1),
        );
        assert.deepEqual(result, { state: "failed", why: "no pod runs", unreachable: true });
    });
});
