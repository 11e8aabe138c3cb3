import assert from "node:assert/strict";
import { forwardAll } from "../../../tools/commands/open";
import { createFakeKubectl, type FakeKubectl, isAlive } from "../support/fake-kubectl";

const JAEGER = {
    name: "jaeger",
    command: "kubectl port-forward -n ns service/jaeger 16686:16686",
    url: "http://localhost:16686",
};
const GRAFANA = {
    name: "grafana",
    command: "kubectl port-forward -n ns service/grafana 3000:3000",
    url: "http://localhost:3000",
};

describe("forwardAll", () => {
    let kubectl: FakeKubectl;
    let end: AbortController;
    let lines: string[];
    let running: Promise<void>;

    function start(...forwards: Parameters<typeof forwardAll>[0]): void {
        const print = (line: string): number => lines.push(line.trim().replace(/ +/g, " "));
        running = forwardAll(forwards, { env: kubectl.env, signal: end.signal, print, restartDelayMs: 20 });
    }

    async function waitFor(isReached: () => boolean): Promise<void> {
        while (!isReached()) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
    }

    beforeEach(() => {
        kubectl = createFakeKubectl({ 16686: 16686, 3000: 3000 }, "/dev/null");
        end = new AbortController();
        lines = [];
    });

    afterEach(async () => {
        end.abort();
        await running;
        assert.deepEqual(kubectl.pids().filter(isAlive), []);
        kubectl.remove();
    });

    it("runs the printed commands and prints each URL when it is ready", async () => {
        start(JAEGER, GRAFANA);
        await waitFor(() => lines.length === 2);
        assert.deepEqual(lines.sort(), ["http://localhost:16686 jaeger", "http://localhost:3000 grafana"]);
        assert.deepEqual(kubectl.calls().sort(), [
            "port-forward -n ns service/grafana 3000:3000",
            "port-forward -n ns service/jaeger 16686:16686",
        ]);
    });

    it("starts kubectl again when it ends, because the pod was replaced", async () => {
        start(JAEGER);
        await waitFor(() => lines.length === 1);
        process.kill(kubectl.pids()[0] ?? 0);
        await waitFor(() => lines.length === 3);
        assert.deepEqual(lines, [
            "http://localhost:16686 jaeger",
            "http://localhost:16686 jaeger: connecting again (kubectl ended)",
            "http://localhost:16686 jaeger",
        ]);
    });

    it("prints the same error of kubectl once", async () => {
        start({ ...JAEGER, command: "kubectl port-forward -n ns service/absent 1:1" });
        await waitFor(() => kubectl.calls().length >= 3);
        assert.deepEqual(lines, [
            'http://localhost:16686 jaeger: connecting again (error: services "nobody" not found)',
        ]);
    });
});
