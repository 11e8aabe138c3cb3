import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { countSpansInJaeger } from "../../../tools/verify/count-spans";
import { sendSpans, startSpans } from "../../../tools/verify/span-stream";
import { otlpGrpc, Received } from "./support/collector";
import { type FakeServer, httpServer } from "./support/servers";

describe("span stream", () => {
    const servers: FakeServer[] = [];

    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function collector(received: Received, refuse?: () => grpc.status | undefined): Promise<string> {
        const server = await otlpGrpc(received, refuse);
        servers.push(server);
        return server.url;
    }

    /** A Jaeger that has each of these traces with that many spans. */
    async function jaeger(spans: (traceId: string) => number): Promise<string> {
        const server = await httpServer((path) => {
            const traceID = path.split("/").at(-1) ?? "";
            const copies = Array.from({ length: spans(traceID) }, () => ({ spanID: "1" }));
            return copies.length === 0
                ? { status: 404, body: { data: null } }
                : { body: { data: [{ traceID, spans: copies }] } };
        });
        servers.push(server);
        return server.url;
    }

    it("sends as many spans as asked, each with an id of its own", async () => {
        const received = new Received();
        const sent = await sendSpans({ endpoint: await collector(received), count: 25, ratePerSecond: 1000 });
        assert.equal(new Set(sent.accepted).size, 25);
        assert.equal(received.count, 25);
        assert.ok(sent.accepted.every((traceId) => received.bodyOfTrace(traceId) !== undefined));
        assert.deepEqual([sent.refused, sent.retries], [[], 0]);
    });

    it("delivers what is refused for now, and counts the retries", async () => {
        let refusals = 3;
        const endpoint = await collector(new Received(), () => (refusals-- > 0 ? grpc.status.UNAVAILABLE : undefined));
        const sent = await sendSpans({ endpoint, count: 5, ratePerSecond: 1000 });
        assert.deepEqual([sent.accepted.length, sent.refused.length, sent.retries], [5, 0, 3]);
        assert.ok(sent.slowestSeconds > 0.2);
    });

    it("does not call accepted what is refused for good", async () => {
        const endpoint = await collector(new Received(), () => grpc.status.INVALID_ARGUMENT);
        const sent = await sendSpans({ endpoint, count: 2, ratePerSecond: 1000 });
        assert.deepEqual(sent.accepted, []);
        assert.match(sent.refused[0]?.error ?? "", /3 INVALID_ARGUMENT: refused by the test/);
    });

    it("gives a span up in the end", async () => {
        const endpoint = await collector(new Received(), () => grpc.status.UNAVAILABLE);
        const sent = await sendSpans({ endpoint, count: 1, ratePerSecond: 1000, giveUpAfterSeconds: 0.1 });
        assert.equal(sent.refused.length, 1);
    });

    it("flows until it is stopped", async () => {
        const stream = startSpans({ endpoint: await collector(new Received()), ratePerSecond: 100 });
        await new Promise((resolve) => setTimeout(resolve, 150));
        const { accepted } = await stream.stop();
        assert.equal(accepted.length, stream.made);
        assert.ok(accepted.length > 5 && accepted.length < 100);
    });

    it("counts what Jaeger has, twice stored included", async () => {
        const url = await jaeger((traceId) => ({ a: 1, b: 2 })[traceId] ?? 0);
        const count = await countSpansInJaeger({ jaegerUrl: url, traceIds: ["a", "b", "c"], timeoutSeconds: 0 });
        assert.deepEqual(count, { found: ["a", "b"], missing: ["c"], duplicates: 1 });
    });

    it("waits for spans that are still on their way", async () => {
        let looks = 0;
        const url = await jaeger(() => (looks++ === 0 ? 0 : 1));
        const count = await countSpansInJaeger({ jaegerUrl: url, traceIds: ["a"], timeoutSeconds: 5 });
        assert.deepEqual(count.missing, []);
    });
});
