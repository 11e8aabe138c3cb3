import assert from "node:assert/strict";
import * as path from "node:path";
import { execa } from "execa";
import { ROOT } from "../../../sandbox/directories";
import { removeDirectory, createTemporaryDirectory, writeCommands } from "../../support/fake-commands";
import { type FakeServer, startHttpServer } from "../support/fake-server";

const FORWARD = { command: "kubectl port-forward -n ns svc/it 16686:16686", url: "http://localhost:16686" };
const SPAN = { spanID: "a", operationName: "buy", processID: "p", startTime: 0, duration: 5 };
const TRACE = { traceID: "abc", spans: [SPAN], processes: { p: { serviceName: "shop" } } };

describe("make trace", () => {
    let work: string;
    let jaeger: FakeServer;

    beforeEach(async () => {
        work = createTemporaryDirectory();
        jaeger = await startHttpServer(() => ({ body: { data: [TRACE] } }));
    });

    afterEach(async () => {
        await jaeger.close();
        removeDirectory(work);
    });

    /** Runs it for stack dev on a cluster that is made up, with what Pulumi says of the stack. */
    async function trace(portForwards: object, ...args: readonly string[]): Promise<{ output: string; code: number }> {
        const outputs = {
            namespace: "ns",
            portForwards: { otelCollectorGrpc: FORWARD, otelCollectorHttp: FORWARD, ...portForwards },
            verification: { traces: [], metrics: [], logs: [] },
        };
        writeCommands(work, {
            pulumi: `[ "$1" = version ] || echo '${JSON.stringify(outputs)}'`,
            kubectl: `case "$1" in port-forward) echo "Forwarding from 127.0.0.1:${jaeger.port} -> 1"; exec sleep 60 ;; esac`,
        });
        const { all, exitCode } = await execa(
            process.execPath,
            ["--require", "ts-node/register/transpile-only", "tools/trace/main.ts", "dev", ...args],
            {
                cwd: ROOT,
                env: { PATH: `${work}${path.delimiter}${process.env.PATH ?? ""}` },
                all: true,
                reject: false,
            },
        );
        return { output: all, code: exitCode ?? -1 };
    }

    it("prints the trace with an id", async () => {
        const { output, code } = await trace({ jaeger: FORWARD }, "--id=abc", "--service=");
        assert.match(output, /^trace abc\n1 span, 1 service, 0 errors, 5 µs, .*\n\nshop: buy +5 µs {2}█+$/m);
        assert.equal(code, 0);
    });

    it("reports a stack without Jaeger", async () => {
        const { output, code } = await trace({}, "--id=", "--service=shop");
        assert.match(output, /^error: stack dev has no Jaeger/m);
        assert.equal(code, 1);
    });

    for (const args of [
        ["--id=", "--service="],
        ["--id=abc", "--service=shop"],
    ]) {
        it(`prints its usage when called with ${args.join(" ")}`, async () => {
            const { output, code } = await trace({ jaeger: FORWARD }, ...args);
            assert.match(output, /^error: Usage: make trace ID=<trace id> .*SERVICE=<name>/m);
            assert.equal(code, 1);
        });
    }
});
