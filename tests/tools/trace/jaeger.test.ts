import assert from "node:assert/strict";
import { suggestService, findNewestTrace, findTrace } from "../../../tools/trace/jaeger";
import { type FakeServer, startHttpServer, type Reply } from "../support/fake-server";

const ID = "0af7651916cd43dd8448eb211c80319c";

function createTrace(traceID: string, startTime: number): object {
    const span = {
        operationName: "POST",
        duration: 5,
        startTime,
        references: [
            { refType: "FOLLOWS_FROM", traceID, spanID: "link" },
            { refType: "CHILD_OF", traceID: "another", spanID: "elsewhere" },
            { refType: "CHILD_OF", traceID, spanID: "parent" },
        ],
    };
    const failed = { key: "error", type: "bool", value: true };
    return {
        traceID,
        spans: [
            { ...span, spanID: "a", processID: "p1", tags: [failed] },
            { ...span, spanID: "b", processID: "p2", references: [], tags: [{ key: "error", value: false }] },
            { ...span, spanID: "c", processID: "p2", references: null, tags: null },
        ],
        processes: { p1: { serviceName: "shop" }, p2: { serviceName: "payments" } },
    };
}

describe("Jaeger traces", () => {
    const servers: FakeServer[] = [];

    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function answering(answers: Readonly<Record<string, Reply>>): Promise<string> {
        const server = await startHttpServer(
            (asked) => answers[asked.split("?")[0] ?? ""] ?? { status: 500, body: { asked } },
        );
        servers.push(server);
        return server.url;
    }

    it("include service, parent, times and status of each span, and treat no link as parent", async () => {
        const url = await answering({ [`/api/traces/${ID}`]: { body: { data: [createTrace(ID, 7)] } } });
        const span = { name: "POST", start: 7, duration: 5 };
        assert.deepEqual(await findTrace(url, ID.toUpperCase()), {
            traceId: ID,
            spans: [
                { ...span, spanId: "a", parentId: "parent", service: "shop", hasError: true },
                { ...span, spanId: "b", parentId: undefined, service: "payments", hasError: false },
                { ...span, spanId: "c", parentId: undefined, service: "payments", hasError: false },
            ],
        });
    });

    it("report a missing trace", async () => {
        const body = { data: null, errors: [{ code: 404, msg: "trace not found" }] };
        const url = await answering({ [`/api/traces/${ID}`]: { status: 404, body } });
        await assert.rejects(findTrace(url, ID), new RegExp(`^Error: Jaeger has no trace ${ID}`));
    });

    for (const id of ["xyz", "0".repeat(33), "../services", ""]) {
        it(`reject ${JSON.stringify(id)} as a trace id without a request`, async () => {
            await assert.rejects(findTrace("http://127.0.0.1:1", id), /is not a trace id/);
        });
    }

    it("report Jaeger's error when it fails", async () => {
        const url = await answering({ [`/api/traces/${ID}`]: { status: 503, body: { errors: ["storage is away"] } } });
        await assert.rejects(findTrace(url, ID), /HTTP 503: .*storage is away/);
    });

    it("include the newest trace of a service, in whatever order they are returned", async () => {
        const data = [createTrace("old", 1), createTrace("newest", 3), createTrace("older", 2)];
        const url = await answering({ "/api/traces": { body: { data } } });
        assert.equal((await findNewestTrace(url, "shop")).traceId, "newest");
    });

    it("suggest the nearest service when a service has no trace", async () => {
        const url = await answering({
            "/api/traces": { body: { data: [] } },
            "/api/services": { body: { data: ["payments", "shop-frontend"] } },
        });
        await assert.rejects(findNewestTrace(url, "shop-frontent"), {
            message: "Jaeger has no trace of service shop-frontent; did you mean shop-frontend?",
        });
    });
});

describe("suggestService", () => {
    it("lists the services when none is similar", () => {
        assert.equal(suggestService("billing", ["shop", "cart"]), "it has traces of cart, shop");
    });

    it("lists ten services and counts the others", () => {
        const known = Array.from({ length: 12 }, (_, i) => `service-number-${String(i).padStart(2, "0")}`);
        assert.match(
            suggestService("x", known),
            /^it has traces of service-number-00, .*service-number-09 and 2 more$/,
        );
    });

    it("reports that no service has a trace", () => {
        assert.equal(suggestService("shop", []), "it has no traces");
    });
});
